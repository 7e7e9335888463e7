import { z } from 'zod'
import { maxListLimit } from './answers.ts'
import { allowedCodecs, profileOfCodec } from './codecs.ts'
import { filterWords, statesOf } from './states.ts'

/** Text without control characters, so that it can be a key, a label and a line of a log. */
const plainText = (maxLength: number) =>
  z
    .string({ error: 'is missing or not a string' })
    .min(1, 'is empty')
    .max(maxLength, `is longer than ${maxLength} characters`)
    .regex(/^\P{Cc}*$/u, 'has control characters')

/** Free text; what cannot be written down as UTF-8 is replaced. */
const freeText = (maxLength: number) =>
  z
    .string({ error: 'is not a string' })
    .max(maxLength, `is longer than ${maxLength} characters`)
    .transform((text) => text.toWellFormed().replaceAll('\0', '�'))

const amount = z.number({ error: 'is not a number' }).min(0, 'is below 0').max(1e15, 'is too large')
const wholeNumber = (max: number) =>
  z
    .number({ error: 'is not a number' })
    .int(`is not a whole number from 0 to ${max}`)
    .min(0, `is not a whole number from 0 to ${max}`)
    .max(max, `is not a whole number from 0 to ${max}`)

/** A field that may be left out or null, which deployed programs write for what they do not know. */
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined)

const webUrl = plainText(8192).refine(isWebUrl, 'is no http or https URL')
const engineId = plainText(200)
const words = (max: number) =>
  z.array(plainText(200), { error: 'is not a list of strings' }).max(max, `has more than ${max} entries`)
const requirements = z.record(z.string(), z.unknown(), { error: 'is not an object' })
const priorityNumber = z.union([z.literal(0), z.literal(1), z.literal(2)], {
  error: 'is none of 0 (normal), 1 (high), 2 (urgent)'
})

const objectError = { error: 'the body is not a JSON object' }

export const submitBody = z
  .looseObject(
    {
      source_url: webUrl.describe('What is to be converted, by http or https'),
      target_codec: plainText(64)
        .refine((codec) => profileOfCodec(codec) !== undefined, `is unknown; allowed are ${allowedCodecs}`)
        .describe('h264, h265, vp9, av1, or the name of an ffmpeg encoder of these'),
      job_size: optional(amount).describe('Of the source in MB (10^6 bytes): a hint for scheduling'),
      max_retries: optional(wholeNumber(100)).describe('How often a failed try is repeated'),
      priority: optional(priorityNumber).describe('0 normal, 1 high, 2 urgent'),
      resource_requirements: optional(requirements).describe('Kept and answered as it came'),
      sink_url: optional(webUrl).describe('Where the result is PUT; without it the result is fetched from here')
    },
    objectError
  )
  .meta({ id: 'DispatchSubmission' })
export type SubmitBody = z.infer<typeof submitBody>

export const changeBody = z
  .looseObject(
    {
      priority: optional(priorityNumber),
      max_retries: optional(wholeNumber(100)),
      resource_requirements: optional(requirements)
    },
    objectError
  )
  .meta({ id: 'DispatchChange' })
export type ChangeBody = z.infer<typeof changeBody>

/** Which engine speaks; deployed ones do not say it here, and then nobody asks. */
const speaker = { engine_id: optional(engineId).describe('With it only if that engine holds the job') }

/** No body is one without fields: fields that are needed are then missing. */
const orNothing = <T extends z.ZodType>(schema: T) => z.preprocess((body) => body ?? {}, schema)

export const completeBody = orNothing(
  z.looseObject(
    { ...speaker, output_url: optional(freeText(8192)).describe('Where the engine put the result') },
    objectError
  )
)
export type CompleteBody = z.infer<typeof completeBody>

export const failBody = orNothing(
  z.looseObject({ ...speaker, error_message: optional(freeText(10_000)).describe('What went wrong') }, objectError)
)
export type FailBody = z.infer<typeof failBody>

export const progressBody = z
  .looseObject(
    {
      ...speaker,
      progress: z
        .number({ error: 'is missing or not a number' })
        .min(0, 'is not between 0 and 100')
        .max(100, 'is not between 0 and 100'),
      message: optional(freeText(10_000))
    },
    objectError
  )
  .meta({ id: 'DispatchProgress' })
export type ProgressBody = z.infer<typeof progressBody>

export const heartbeatBody = z
  .looseObject(
    {
      engine_id: engineId,
      engine_type: optional(freeText(200)),
      supported_codecs: optional(words(1000)),
      status: optional(freeText(200)),
      storage_capacity_gb: optional(amount),
      streaming_support: optional(z.boolean({ error: 'is not true or false' })),
      hostname: optional(freeText(1000)),
      benchmark_time: optional(amount).describe('Seconds of its benchmark: less is faster'),
      local_job_queue: optional(z.preprocess(listOf, words(10_000).nullable())).describe(
        'Jobs that it works on. An engine that names them here keeps none whose assignment it did not hear of'
      )
    },
    objectError
  )
  .meta({ id: 'EngineHeartbeat' })
export type HeartbeatBody = z.infer<typeof heartbeatBody>

export const assignBody = z
  .looseObject(
    { engine_id: engineId, capabilities: optional(words(1000)).describe('Instead of its codecs, for this call') },
    objectError
  )
  .meta({ id: 'EngineAssignment' })
export type AssignBody = z.infer<typeof assignBody>

export const benchmarkBody = z
  .looseObject({ engine_id: engineId, benchmark_time: amount.describe('Seconds') }, objectError)
  .meta({ id: 'EngineBenchmark' })
export type BenchmarkBody = z.infer<typeof benchmarkBody>

export const storagePoolBody = z
  .looseObject(
    {
      name: plainText(200),
      capacity_gb: z.number({ error: 'is missing or not a number' }).min(0, 'is below 0').max(1e15, 'is too large'),
      used_gb: optional(amount),
      path: optional(freeText(4096))
    },
    objectError
  )
  .meta({ id: 'StoragePoolWish' })
export type StoragePoolBody = z.infer<typeof storagePoolBody>

const count = (max: number) =>
  z
    .string({ error: 'is given more than once' })
    .regex(/^\d{1,15}$/, `is not a whole number from 0 to ${max}`)
    .transform(Number)
    .refine((number) => number <= max, `is not a whole number from 0 to ${max}`)
    .optional()

export const listQuery = z.looseObject({
  status: z
    .string({ error: 'is given more than once' })
    .refine((word) => statesOf(word) !== undefined, `is none of ${filterWords.join(', ')}`)
    .optional(),
  limit: count(maxListLimit),
  offset: count(Number.MAX_SAFE_INTEGER)
})
export type ListQuery = z.infer<typeof listQuery>

/** Older engines write the list as a text of JSON. */
function listOf(value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (value.trim() === '') return null
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text)
}
