import { afterEach, beforeEach, expect, test } from 'vitest'
import { engineListAnswer, healthAnswer, jobAnswer, jobListAnswer } from './answer-schemas.ts'
import { type OpenFace, openFace } from './testing/open-face.ts'

const wish = { source_url: 'http://example.com/input.mp4', target_codec: 'h264', job_size: 100.5, max_retries: 3 }
const nobody = '123e4567-e89b-42d3-a456-426614174000'
let face: OpenFace

beforeEach(async () => {
  face = await openFace({ answers: 'deployed' })
})
afterEach(() => face.close())

const post = (path: string, body?: unknown) => face.call('POST', path, { body })
const get = (path: string) => face.call('GET', path)

async function lend(): Promise<string> {
  const id = (await post('/jobs/', wish)).json<{ job_id: string }>().job_id
  await post('/engines/heartbeat', { engine_id: 'e1', status: 'idle' })
  await post('/assign_job/', { engine_id: 'e1' })
  return id
}

test('a submission is 200, which the deployed client insists on, with times in ms', async () => {
  const answer = await post('/jobs/', wish)
  expect(answer.status).toBe(200)
  expect(jobAnswer.parse(answer.json())).toMatchObject({
    status: 'pending',
    created_at: Date.UTC(2024, 0, 1, 12, 0, 1)
  })
})

test('lists are bare arrays, of all jobs', async () => {
  for (let i = 0; i < 60; i++) await post('/jobs/', wish)
  const jobs = jobListAnswer.parse((await get('/jobs/')).json())
  expect(jobs).toHaveLength(60)
  expect((await get('/jobs/?limit=2')).json()).toHaveLength(2)
})

test('a lent job is "assigned", its progress is whole', async () => {
  const id = await lend()
  await post(`/jobs/${id}/progress`, { progress: 45.6 })
  expect((await get(`/jobs/${id}`)).json()).toMatchObject({ status: 'assigned', assigned_engine: 'e1', progress: 46 })
  expect((await get('/jobs/?status=assigned')).json()).toHaveLength(1)
})

test('a job without retries left has "failed_permanently"', async () => {
  const id = (await post('/jobs/', { ...wish, max_retries: 0 })).json<{ job_id: string }>().job_id
  await post('/engines/heartbeat', { engine_id: 'e1' })
  await post('/assign_job/', { engine_id: 'e1' })
  expect((await post(`/jobs/${id}/fail`, { error_message: 'broken' })).json()).toMatchObject({
    status: 'failed_permanently'
  })
})

test('a job that nobody took is "expired", found as such, counted among the failed ones, and can be tried again', async () => {
  const id = (await post('/jobs/', wish)).json<{ job_id: string }>().job_id
  face.dispatch.expire(id)
  expect((await get(`/jobs/${id}`)).json()).toMatchObject({
    status: 'expired',
    error_message: 'Nobody took this job within 24 h.'
  })
  expect((await get('/jobs/?status=expired')).json()).toHaveLength(1)
  expect((await get('/jobs/?status=failed')).json()).toHaveLength(1)
  expect((await get('/jobs/?status=failed_permanently')).json()).toEqual([])
  expect((await get('/stats')).json()).toMatchObject({ jobs: { failed: 1 } })
  expect((await get('/api/v1/jobs?state=failed')).json()).toMatchObject({ jobs: [{ status: 'expired' }] })
  expect((await get('/api/v1/status')).json()).toMatchObject({
    jobs: { failed: 1 },
    job_statistics: { expired: 1, failed_permanently: 0 }
  })
  expect((await post(`/jobs/${id}/retry`)).json()).toMatchObject({ status: 'pending' })
})

test('complete takes a body without address, or none', async () => {
  const id = await lend()
  expect((await post(`/jobs/${id}/complete`)).json()).toMatchObject({ status: 'completed', output_url: '' })
})

test('engines are an array of what they said, with what is known', async () => {
  await post('/engines/heartbeat', { engine_id: 'e1', supported_codecs: ['h264'], benchmark_time: 3, anything: 'else' })
  const engines = engineListAnswer.parse((await get('/engines/')).json())
  expect(engines).toEqual([
    expect.objectContaining({
      engine_id: 'e1',
      supported_codecs: ['h264'],
      benchmark_time: 3,
      anything: 'else',
      last_heartbeat: expect.any(Number)
    })
  ])
})

test('health is one word', async () => {
  expect(healthAnswer.parse((await get('/health')).json())).toEqual({ status: 'healthy' })
})

test('errors are text where deployed programs have text', async () => {
  const plain = 'text/plain; charset=utf-8'
  const id = await lend()
  const answers = [
    [await get(`/jobs/${nobody}`), 404, 'Job not found'],
    [await post(`/jobs/${nobody}/complete`, { output_url: 'x' }), 404, 'Job not found'],
    [await post(`/jobs/${nobody}/cancel`), 404, 'Job not found'],
    [await post('/assign_job/', { engine_id: 'e2' }), 404, 'Engine not registered'],
    [await post('/assign_job/', {}), 400, 'Missing engine_id'],
    [await post('/assign_job/', { engine_id: 5 }), 400, 'Missing engine_id'],
    [await post('/assign_job/', '{'), 400, 'Invalid JSON'],
    [await post('/engines/benchmark_result', { engine_id: 'e2', benchmark_time: 1 }), 404, 'Engine not found'],
    [await get(`/jobs/${id}/output`), 404, 'Job has no output here']
  ] as const
  for (const [answer, status, text] of answers)
    expect([answer.status, answer.type, answer.text]).toEqual([status, plain, text])
})

test('errors are JSON where those have JSON', async () => {
  const id = (await post('/jobs/', wish)).json<{ job_id: string }>().job_id
  const answers = [
    [
      await post('/jobs/', '{'),
      400,
      { error: 'Invalid JSON in request body', error_type: 'json_parse_error', status: 400 }
    ],
    [
      await post('/jobs/', { target_codec: 'h264' }),
      400,
      { error: "Bad Request: 'source_url' is missing or not a string.", error_type: 'validation_error', status: 400 }
    ],
    [
      await post('/engines/heartbeat', {}),
      400,
      { error: "Bad Request: 'engine_id' is missing or not a string.", error_type: 'validation_error', status: 400 }
    ],
    [
      await post(`/jobs/${nobody}/progress`, { progress: 1 }),
      404,
      { error: 'Job not found', error_type: 'not_found', details: `Job ID: ${nobody}`, status: 404 }
    ],
    [
      await post(`/jobs/${id}/retry`),
      400,
      {
        error: 'Job is not in a failed or cancelled state',
        error_type: 'validation_error',
        details: `Job ID: ${id}`,
        status: 400
      }
    ]
  ] as const
  for (const [answer, status, body] of answers) expect([answer.status, answer.json()]).toEqual([status, body])
})
