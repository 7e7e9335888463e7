import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { type OpenFace, openFace } from './testing/open-face.ts'

const wish = { source_url: 'http://example.com/input.mp4', target_codec: 'h264' }
let face: OpenFace
let folder: string | undefined

afterEach(async () => {
  await face.close()
  if (folder !== undefined) await rm(folder, { recursive: true })
  folder = undefined
})

const submit = async () =>
  (await face.call('POST', '/jobs/', { body: wish })).json<{ job_id: string; max_retries: number }>()
const assign = () => face.call('POST', '/assign_job/', { body: { engine_id: 'e1' } })

test('more jobs than may wait are refused for now', async () => {
  face = await openFace({ maxWaiting: 2 })
  await submit()
  await submit()
  const refused = await face.call('POST', '/jobs/', { body: wish })
  expect([refused.status, refused.headers.get('retry-after'), refused.json()]).toEqual([
    503,
    '30',
    expect.objectContaining({ error_type: 'queue_full', error: '2 jobs wait already; more than 2 may not.' })
  ])
})

test('no more jobs wait than may, whoever submits at the same moment and by whichever route', async () => {
  face = await openFace({ maxWaiting: 3 })
  const { call, dispatch } = face
  const submit = dispatch.submit.bind(dispatch)
  // Those that were let in are stored when all others were refused, or when one too many was let in.
  const decided = Promise.withResolvers<void>()
  let entered = 0
  let turnedAway = 0
  vi.spyOn(dispatch, 'submit').mockImplementation(async (submitted) => {
    if (++entered > 3) decided.resolve()
    await decided.promise
    return submit(submitted)
  })
  const ask = async (path: string) => {
    const answer = await call('POST', path, { body: wish })
    if (answer.status === 503 && ++turnedAway === 9) decided.resolve()
    return answer
  }
  const asked = Array.from({ length: 12 }, (_, i) => ask(i % 2 === 0 ? '/jobs/' : '/api/v1/jobs'))
  const answers = await Promise.all(asked)
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
  const refused = answers.filter(({ status }) => status === 503)
  expect(refused).toHaveLength(9)
  expect(refused.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true)
  expect(face.dispatch.figures().jobs.queued).toBe(3)
})

test('no more jobs run at once than may, whoever asks at the same moment', async () => {
  face = await openFace({ maxRunning: 3 })
  const { call } = face
  for (let i = 0; i < 10; i++) await submit()
  await call('POST', '/engines/heartbeat', { body: { engine_id: 'e1' } })
  const statuses = (await Promise.all(Array.from({ length: 8 }, assign))).map(({ status }) => status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(3)
  const [running] = face.dispatch.list({ states: ['running'], limit: 1, offset: 0 }).jobs
  await call('POST', `/jobs/${running?.id}/complete`, { body: { output_url: 'http://x/' } })
  expect((await assign()).status).toBe(200)
  expect((await assign()).status).toBe(204)
})

test('a rate limit of the configuration counts here as with every service, in the words of the face', async () => {
  face = await openFace({}, { rateLimit: { max: 2, windowMs: 60_000 } })
  const asked = async (path: string) => (await face.call('GET', path)).status
  expect([await asked('/jobs/'), await asked('/api/v1/jobs'), await asked('/api/v1/jobs')]).toEqual([200, 200, 429])
  const refused = await face.call('GET', '/jobs/')
  expect([refused.status, refused.headers.get('retry-after'), refused.json()]).toEqual([
    429,
    '60',
    expect.objectContaining({ error_type: 'rate_limited' })
  ])
})

test('retries are those of the settings where a job names none', async () => {
  face = await openFace({ defaultMaxRetries: 7 })
  expect((await submit()).max_retries).toBe(7)
})

test.each([
  [{}, { retryDelayMs: 30_000 }],
  [{ answers: 'deployed' }, { retryDelayMs: 30_000, waitMs: 86_400_000 }],
  [{ answers: 'deployed', pendingTimeoutS: 0 }, { retryDelayMs: 30_000 }],
  [
    { retryDelayS: 0, pendingTimeoutS: 60, jobTimeoutS: 1800 },
    { retryDelayMs: 0, waitMs: 60_000, tryMs: 1_800_000 }
  ]
])('a face that is set to %j gives its jobs the times %j, by whichever route they come', async (settings, times) => {
  face = await openFace(settings)
  await submit()
  await face.call('POST', '/api/v1/jobs', { body: { source_url: wish.source_url } })
  const { jobs } = face.dispatch.list({ limit: 2, offset: 0 })
  expect(jobs.map((job) => job.times)).toEqual([times, times])
})

test('a configured key opens everything and is not among the stored ones', async () => {
  face = await openFace({ apiKey: 'openssl-rand-hex-32' })
  expect((await face.call('GET', '/stats', { key: 'openssl-rand-hex-32' })).status).toBe(200)
  expect((await face.call('DELETE', '/engines/e', { key: 'openssl-rand-hex-32' })).status).toBe(404)
  expect((await face.call('GET', '/stats', { key: 'openssl-rand-hex-33' })).status).toBe(401)
})

test('names without a meaning are logged, once', async () => {
  face = await openFace({ unused: ['state_file', 'thread_pool_size'] })
  await submit()
  expect(face.lines).toEqual([expect.stringContaining('state_file, thread_pool_size')])
})

test('a result that lies here is fetched where the job says, whole or in part', async () => {
  folder = await mkdtemp(join(tmpdir(), 'microtome-output-'))
  const path = join(folder, 'ein film 100%.mp4')
  await writeFile(path, '0123456789')
  face = await openFace()
  const { job_id } = await submit()
  expect((await face.call('GET', `/jobs/${job_id}/output`)).status).toBe(404)
  face.dispatch.completeHere(job_id, path)
  const { output_url } = (await face.call('GET', `/jobs/${job_id}`)).json<{ output_url: string }>()
  expect(output_url).toBe(`${face.url}/jobs/${job_id}/output`)
  const whole = await face.call('GET', new URL(output_url).pathname)
  expect([whole.status, whole.type, whole.text]).toEqual([200, 'video/mp4', '0123456789'])
  expect(whole.headers.get('content-disposition')).toBe(
    `attachment; filename="ein film 100_.mp4"; filename*=UTF-8''ein%20film%20100%25.mp4`
  )
  const part = await face.call('GET', `/jobs/${job_id}/output`, { headers: { range: 'bytes=2-4' } })
  expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, '234', 'bytes 2-4/10'])
  const changed = { headers: { range: 'bytes=2-4', 'if-range': '"of-another-file"' } }
  expect((await face.call('GET', `/jobs/${job_id}/output`, changed)).text).toBe('0123456789')
  expect((await face.call('GET', `/jobs/${job_id}/output`, { headers: { range: 'bytes=99-' } })).status).toBe(416)
})

test('a result whose file is gone is 404', async () => {
  face = await openFace()
  const { job_id } = await submit()
  face.dispatch.completeHere(job_id, join(tmpdir(), 'microtome-is-not-there', 'film.mp4'))
  expect((await face.call('GET', `/jobs/${job_id}/output`)).status).toBe(404)
  // As one that goes after it was found: only sending it shows that there is nothing to send.
  face.dispatch.completeHere(job_id, tmpdir())
  const late = await face.call('GET', `/jobs/${job_id}/output`)
  expect([late.status, late.type]).toEqual([404, expect.stringContaining('application/json')])
})

test('addresses of results begin as configured, and as the caller reached us otherwise', async () => {
  face = await openFace({ publicUrl: 'https://dispatch.example.org/' })
  const { job_id } = await submit()
  face.dispatch.completeHere(job_id, '/nowhere')
  const { output_url } = (await face.call('GET', `/jobs/${job_id}`)).json<{ output_url: string }>()
  expect(output_url).toBe(`https://dispatch.example.org/jobs/${job_id}/output`)
})
