import { z } from 'zod'
import { MicrotomeError } from '../../shared/errors.ts'
import { authLimitsSchema } from '../host/auth/index.ts'
import { answerStyles } from './states.ts'

const allowed = (error: string) => ({ error })
const wholeNumber = (most: number) => {
  const words = allowed(`a whole number from 1 to ${most}`)
  return z.int(words).min(1, words).max(most, words)
}
const styleWords = allowed(`one of ${answerStyles.join(', ')}`)
const retryWords = allowed('a whole number from 0 to 100')
const seconds = (most: number) => {
  const words = allowed(`a whole number of seconds from 0 to ${most}`)
  return z.int(words).min(0, words).max(most, words)
}
const mostTimeoutS = 365 * 86_400
const urlWords = allowed('an http or https URL, such as https://dispatch.example.org')
const metricsWords = allowed('"read" or "open"')
const keyWords = allowed('env:NAME or file:PATH')

/** The key `settings` of the dispatch face's entry in `servers.config.json`. */
export const faceSettingsSchema = z.strictObject({
  answers: z.enum(answerStyles, styleWords).default('documented').describe('Which callers are answered in their way'),
  apiKey: z.string(keyWords).min(1, keyWords).optional().describe('A key of all scopes besides those of "keys create"'),
  defaultMaxRetries: z
    .int(retryWords)
    .min(0, retryWords)
    .max(100, retryWords)
    .default(3)
    .describe('Where a job names none'),
  jobTimeoutS: seconds(mostTimeoutS)
    .default(0)
    .describe('How long an engine may get no further with a job before others get it; 0 is for ever'),
  limits: authLimitsSchema
    .optional()
    .describe('How often a key and an address may ask, and how often with a wrong key'),
  maxRunning: wholeNumber(1_000_000).optional().describe('Jobs that run at once; engines get none beyond it'),
  maxWaiting: wholeNumber(10_000_000).optional().describe('Jobs that wait; more are refused'),
  metrics: z
    .enum(['read', 'open'], metricsWords)
    .default('read')
    .describe('Who is answered at /metrics: keys that may read, or everybody who reaches this face'),
  pendingTimeoutS: seconds(mostTimeoutS)
    .optional()
    .describe(
      'How long a job may wait before it fails; 0 is for ever. A day where "answers" is "deployed", else for ever'
    ),
  retryDelayS: seconds(3600)
    .default(30)
    .describe('Pause before the first retry; doubled before each later one, up to 60 times as long'),
  unused: z
    .array(z.string(), allowed('a list of names'))
    .default([])
    .describe('Names of keys of another program that mean nothing here; they are logged once'),
  publicUrl: z
    .url({ protocol: /^https?$/, ...urlWords })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe('How callers reach this face, where it is not as their requests say')
})
export type FaceSettings = z.output<typeof faceSettingsSchema>

/** Throws `bad-setting`, class `input`, with the key, its value and what is allowed. */
export function readFaceSettings(settings: Record<string, unknown>): FaceSettings {
  const parsed = faceSettingsSchema.safeParse(settings)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const key = unknown ?? String(issue?.path[0] ?? '')
  const value = key === 'apiKey' ? '(not shown)' : JSON.stringify(settings[key])
  throw new MicrotomeError({
    code: 'bad-setting',
    class: 'input',
    message: unknown === undefined ? `"${key}" is ${value}.` : `"${key}" is no setting of the dispatch face.`,
    hint: `Allowed: ${unknown === undefined ? issue?.message : Object.keys(faceSettingsSchema.shape).join(', ')}.`
  })
}
