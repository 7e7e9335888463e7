import { expect, test } from 'vitest'
import { toJobError } from '../../shared/errors.ts'
import { readFaceSettings } from './face-settings.ts'

const refusal = (settings: Record<string, unknown>) => {
  try {
    readFaceSettings(settings)
  } catch (thrown) {
    return toJobError(thrown)
  }
  return undefined
}

test('nothing said means: as the document says', () => {
  expect(readFaceSettings({})).toEqual({
    answers: 'documented',
    defaultMaxRetries: 3,
    jobTimeoutS: 0,
    metrics: 'read',
    retryDelayS: 30,
    unused: []
  })
})

test('an address of its own loses its last slash', () => {
  expect(readFaceSettings({ publicUrl: 'https://dispatch.example.org/lab/' }).publicUrl).toBe(
    'https://dispatch.example.org/lab'
  )
})

test('limits are taken one by one', () => {
  const limits = { perKey: { max: 500, windowMs: 1000 } }
  expect(readFaceSettings({ limits }).limits).toEqual(limits)
})

test.each([
  [{ answers: 'both' }, '"answers" is "both".', 'Allowed: one of documented, deployed.'],
  [{ maxRunning: 0 }, '"maxRunning" is 0.', 'Allowed: a whole number from 1 to 1000000.'],
  [{ defaultMaxRetries: 1.5 }, '"defaultMaxRetries" is 1.5.', 'Allowed: a whole number from 0 to 100.'],
  [{ retryDelayS: 3601 }, '"retryDelayS" is 3601.', 'Allowed: a whole number of seconds from 0 to 3600.'],
  [{ pendingTimeoutS: -1 }, '"pendingTimeoutS" is -1.', 'Allowed: a whole number of seconds from 0 to 31536000.'],
  [{ jobTimeoutS: '30m' }, '"jobTimeoutS" is "30m".', 'Allowed: a whole number of seconds from 0 to 31536000.'],
  [{ metrics: 'closed' }, '"metrics" is "closed".', 'Allowed: "read" or "open".'],
  [{ publicUrl: 'ftp://here' }, '"publicUrl" is "ftp://here".', 'Allowed: an http or https URL'],
  [{ limits: { perKey: 5 } }, '"limits" is {"perKey":5}.', 'Allowed: an object with max and windowMs.'],
  [{ apiKey: 5 }, '"apiKey" is (not shown).', 'Allowed: env:NAME or file:PATH.'],
  [{ anwsers: 'deployed' }, '"anwsers" is no setting of the dispatch face.', 'Allowed: answers, apiKey']
])('%j is refused with key, value and what is allowed', (settings, message, hint) => {
  expect(refusal(settings)).toMatchObject({ code: 'bad-setting', class: 'input', message })
  expect(refusal(settings)?.hint).toContain(hint)
})
