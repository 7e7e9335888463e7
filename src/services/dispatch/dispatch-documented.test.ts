import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import {
  engineListAnswer,
  healthAnswer,
  jobAnswer,
  jobListAnswer,
  problemAnswer,
  progressAnswer,
  statsAnswer
} from './answer-schemas.ts'
import { type CallOptions, type OpenFace, openFace } from './testing/open-face.ts'

const wish = { source_url: 'http://example.com/input.mp4', target_codec: 'h264', job_size: 100.5, max_retries: 3 }
const nobody = '123e4567-e89b-42d3-a456-426614174000'
let face: OpenFace

beforeEach(async () => {
  face = await openFace()
})
afterEach(() => face.close())

const post = (path: string, body?: unknown, options?: CallOptions) => face.call('POST', path, { body, ...options })
const get = (path: string, options?: CallOptions) => face.call('GET', path, options)

async function submit(more: Record<string, unknown> = {}): Promise<string> {
  const answer = await post('/jobs/', { ...wish, ...more })
  expect(answer.status).toBe(201)
  return answer.json<{ job_id: string }>().job_id
}

async function assign(engineId: string): Promise<string | undefined> {
  const answer = await post('/assign_job/', { engine_id: engineId })
  return answer.status === 204 ? undefined : answer.json<{ job_id: string }>().job_id
}

async function lend(more: Record<string, unknown> = {}): Promise<string> {
  const id = await submit(more)
  await post('/engines/heartbeat', { engine_id: 'engine-001' })
  expect(await assign('engine-001')).toBe(id)
  return id
}

test('a submission is answered with 201 and the job as the document shows it', async () => {
  const answer = await post('/jobs/', wish)
  expect([answer.status, answer.type]).toEqual([201, 'application/json; charset=utf-8'])
  expect(answer.json()).toEqual({
    ...wish,
    job_id: expect.stringMatching(/^[a-f0-9-]{36}$/),
    status: 'pending',
    assigned_engine: null,
    output_url: null,
    retries: 0,
    priority: 0,
    resource_requirements: {},
    created_at: expect.stringMatching(/^2024-01-01T12:00:\d\dZ$/),
    updated_at: expect.stringMatching(/^2024-01-01T12:00:\d\dZ$/)
  })
})

test('what is left out has a default, what is null counts as left out, what nobody knows is tolerated', async () => {
  const { source_url, target_codec } = wish
  const answer = await post('/jobs/', {
    source_url,
    target_codec,
    job_size: null,
    priority: null,
    more: [1, { deep: true }]
  })
  expect(answer.status).toBe(201)
  expect(answer.json()).toMatchObject({ job_size: 0, max_retries: 3, priority: 0 })
})

test('requirements and priority come back as they were sent', async () => {
  const resource_requirements = { gpu: true, note: 'ü €' }
  const answer = await post('/jobs/', { ...wish, priority: 2, resource_requirements })
  expect(answer.json()).toMatchObject({ priority: 2, resource_requirements })
})

test.each([
  ['source_url', 5],
  ['source_url', undefined],
  ['source_url', 'no url'],
  ['source_url', 'file:///etc/passwd'],
  ['source_url', 'http://'],
  ['source_url', `http://example.com/${'x'.repeat(9000)}`],
  ['source_url', 'http://example.com/\u0000'],
  ['target_codec', 7],
  ['target_codec', 'h999'],
  ['target_codec', ''],
  ['job_size', 'big'],
  ['job_size', -1],
  ['max_retries', 1.5],
  ['max_retries', -1],
  ['max_retries', 1e300],
  ['priority', 3],
  ['priority', '1'],
  ['resource_requirements', 'much'],
  ['sink_url', 'ftp://example.com/']
])('a submission with %s = %j is 400 and names the field', async (field, value) => {
  const answer = await post('/jobs/', { ...wish, [field]: value })
  expect(answer.status).toBe(400)
  const problem = problemAnswer.parse(answer.json())
  expect(problem).toMatchObject({ error_type: 'validation_error', status: 400 })
  expect(problem.error).toContain(`'${field}'`)
})

test('an unknown codec is refused with what is allowed', async () => {
  const { error } = (await post('/jobs/', { ...wish, target_codec: 'vp8' })).json<{ error: string }>()
  expect(error).toContain('h264, h265 (hevc), vp9, av1')
})

test('what the engine refuses is 400 in its words', async () => {
  const answer = await post('/jobs/', { ...wish, source_url: 'http://169.254.169.254/latest' })
  expect(answer.status).toBe(400)
  expect(answer.json<{ error: string }>().error).toMatch(/169\.254\.169\.254/)
})

test('a job is looked at by its id, and every answer fits its schema', async () => {
  const id = await lend()
  await post(`/jobs/${id}/progress`, { progress: 45.24, message: 'halfway' })
  const job = jobAnswer.parse((await get(`/jobs/${id}`)).json())
  expect(job).toMatchObject({
    job_id: id,
    status: 'processing',
    assigned_engine: 'engine-001',
    progress: 45.2,
    progress_message: 'halfway'
  })
  jobListAnswer.parse((await get('/jobs/')).json())
  engineListAnswer.parse((await get('/engines/')).json())
  healthAnswer.required().parse((await get('/health')).json())
  statsAnswer.parse((await get('/stats')).json())
})

test('a job that was changed is not shown as it was', async () => {
  const id = await submit()
  expect((await get(`/jobs/${id}`)).json()).toMatchObject({ status: 'pending' })
  await post('/engines/heartbeat', { engine_id: 'e' })
  await assign('e')
  expect((await get(`/jobs/${id}`)).json()).toMatchObject({ status: 'processing' })
})

test('unknown jobs are 404 everywhere', async () => {
  const answers = await Promise.all([
    get(`/jobs/${nobody}`),
    get(`/jobs/${nobody}/output`),
    face.call('PUT', `/jobs/${nobody}`, { body: {} }),
    post(`/jobs/${nobody}/cancel`),
    post(`/jobs/${nobody}/retry`),
    post(`/jobs/${nobody}/complete`, { output_url: 'http://x/' }),
    post(`/jobs/${nobody}/fail`, { error_message: 'x' }),
    post(`/jobs/${nobody}/progress`, { progress: 5 }),
    get('/jobs/1704067200123456_0')
  ])
  for (const answer of answers) {
    expect(answer.status).toBe(404)
    expect(problemAnswer.parse(answer.json())).toMatchObject({ error: 'Job not found', error_type: 'not_found' })
  }
})

test('the list is the newest first, in pages, with the number of all', async () => {
  const ids: string[] = []
  for (let i = 0; i < 5; i++) ids.unshift(await submit())
  const idsOf = (list: Record<string, unknown>) => (list.jobs as { job_id: string }[]).map(({ job_id }) => job_id)
  const all = (await get('/jobs/')).json()
  expect(all).toMatchObject({ total: 5, limit: 50, offset: 0 })
  expect(idsOf(all)).toEqual(ids)
  const page = (await get('/jobs/?limit=2&offset=1')).json()
  expect(page).toMatchObject({ total: 5, limit: 2, offset: 1 })
  expect(idsOf(page)).toEqual(ids.slice(1, 3))
  expect((await get('/jobs/?limit=0')).json()).toEqual({ jobs: [], total: 5, limit: 0, offset: 0 })
})

test('the list is filtered by the words of the document', async () => {
  const id = await lend()
  await submit()
  const processing = (await get('/jobs/?status=processing')).json<{ jobs: { job_id: string }[]; total: number }>()
  expect([processing.total, processing.jobs[0]?.job_id]).toEqual([1, id])
  expect((await get('/jobs/?status=pending&nothing=of-ours')).json()).toMatchObject({ total: 1 })
})

test.each([
  'limit=-1',
  'limit=ten',
  'limit=1e3',
  'limit=10001',
  'limit=1&limit=2',
  'offset=-1',
  'status=done',
  'status=a&status=b'
])('a list with %s is 400 and names the parameter', async (query) => {
  const answer = await get(`/jobs/?${query}`)
  expect(answer.status).toBe(400)
  expect(answer.json<{ error: string }>().error).toContain(`'${query.split('=')[0]}'`)
})

test('engines complete jobs, once and again', async () => {
  const id = await lend()
  const first = await post(`/jobs/${id}/complete`, { output_url: 'http://storage.example.com/output.mp4' })
  expect([first.status, first.json()]).toEqual([
    200,
    expect.objectContaining({
      status: 'completed',
      assigned_engine: null,
      output_url: 'http://storage.example.com/output.mp4'
    })
  ])
  const again = await post(`/jobs/${id}/complete`, { output_url: 'http://elsewhere.example.com/' })
  expect([again.status, again.json()]).toEqual([200, first.json()])
})

test('complete needs an address, in both senses', async () => {
  const id = await lend()
  for (const body of [undefined, {}, { output_url: null }, { output_url: 5 }])
    expect((await post(`/jobs/${id}/complete`, body)).json<{ error: string }>().error).toContain("'output_url'")
  expect((await get(`/jobs/${id}`)).json()).toMatchObject({ status: 'processing' })
})

test('a failed try is repeated while retries are left', async () => {
  const id = await lend({ max_retries: 1 })
  const first = await post(`/jobs/${id}/fail`, { error_message: 'codec not supported' })
  expect(first.json()).toMatchObject({ status: 'pending', retries: 1, error_message: 'codec not supported' })
  await assign('engine-001')
  expect((await post(`/jobs/${id}/fail`)).json()).toMatchObject({
    status: 'failed',
    error_message: 'Job reported failure'
  })
  expect((await post(`/jobs/${id}/retry`)).json()).toMatchObject({ status: 'pending', retries: 0 })
})

test('cancel and retry in the wrong state are 400 and say which', async () => {
  const id = await submit()
  const early = await post(`/jobs/${id}/retry`)
  expect([early.status, early.json()]).toEqual([
    400,
    {
      error: 'Job is not in a failed or cancelled state',
      error_type: 'validation_error',
      details: `Job ID: ${id}`,
      status: 400
    }
  ])
  expect((await post(`/jobs/${id}/cancel`)).json()).toMatchObject({ status: 'cancelled' })
  const twice = await post(`/jobs/${id}/cancel`)
  expect([twice.status, twice.json()]).toEqual([
    400,
    expect.objectContaining({ error: 'Job cannot be cancelled in current state', details: 'Current status: cancelled' })
  ])
  expect((await post(`/jobs/${id}/complete`, { output_url: 'http://x/' })).status).toBe(400)
  expect((await post(`/jobs/${id}/progress`, { progress: 5 })).status).toBe(400)
})

test('an engine that names itself reports only of what it holds', async () => {
  const id = await lend()
  const stranger = { engine_id: 'engine-002' }
  expect((await post(`/jobs/${id}/complete`, { output_url: 'http://x/', ...stranger })).status).toBe(400)
  expect((await post(`/jobs/${id}/fail`, stranger)).status).toBe(400)
  expect((await post(`/jobs/${id}/progress`, { progress: 1, ...stranger })).status).toBe(400)
  expect((await post(`/jobs/${id}/complete`, { output_url: 'http://x/', engine_id: 'engine-001' })).status).toBe(200)
})

test('progress is a percentage', async () => {
  const id = await lend()
  const answer = await post(`/jobs/${id}/progress`, { progress: 45.2 })
  expect(progressAnswer.parse(answer.json())).toEqual({ job_id: id, progress: 45.2, message: '' })
  for (const progress of [-1, 100.1, 'half', null, undefined])
    expect((await post(`/jobs/${id}/progress`, { progress })).json<{ error: string }>().error).toContain("'progress'")
})

test('PUT changes what can be changed, lets a record come back as it was read, and says what it does not do', async () => {
  const id = await submit()
  const read = (await get(`/jobs/${id}`)).json()
  const changed = await face.call('PUT', `/jobs/${id}`, { body: { ...read, priority: 2, max_retries: 7 } })
  expect([changed.status, changed.json()]).toEqual([200, expect.objectContaining({ priority: 2, max_retries: 7 })])
  const refused = await face.call('PUT', `/jobs/${id}`, { body: { status: 'completed' } })
  expect([refused.status, refused.json<{ error: string }>().error]).toEqual([
    400,
    "Bad Request: 'status' cannot be changed."
  ])
  expect((await face.call('PUT', `/jobs/${id}`, { body: { priority: 'high' } })).status).toBe(400)
  expect((await face.call('PUT', `/jobs/${id}`)).status).toBe(400)
})

test('heartbeats are merged, and "idle" frees nothing', async () => {
  const full = {
    engine_id: 'engine-001',
    engine_type: 'transcoder',
    supported_codecs: ['h264', 'h265'],
    status: 'idle',
    storage_capacity_gb: 500,
    streaming_support: true,
    hostname: 'worker-01.example.com',
    benchmark_time: 125.5,
    local_job_queue: ['job1'],
    cpu_temperature: 60
  }
  const registered = await post('/engines/heartbeat', full)
  expect([registered.status, registered.text]).toEqual([200, 'Heartbeat received from engine engine-001'])
  const id = await submit()
  expect(await assign('engine-001')).toBe(id)
  await post('/engines/heartbeat', { engine_id: 'engine-001', status: 'idle' })
  expect((await get('/engines/')).json()).toMatchObject({
    engines: [{ ...full, status: 'busy', current_job_id: id, last_heartbeat: expect.stringMatching(/^2024-01-01T12:/) }]
  })
  expect((await get(`/jobs/${id}`)).json()).toMatchObject({ status: 'processing' })
  expect(await assign('engine-001')).toBeUndefined()
})

test.each([
  ['engine_id', undefined],
  ['engine_id', ''],
  ['engine_id', 'a\nb'],
  ['engine_id', 'x'.repeat(201)],
  ['supported_codecs', 'h264'],
  ['supported_codecs', [1]],
  ['storage_capacity_gb', -1],
  ['streaming_support', 'yes'],
  ['hostname', 5],
  ['benchmark_time', 'fast'],
  ['local_job_queue', {}]
])('a heartbeat with %s = %j is 400 and names the field', async (field, value) => {
  const answer = await post('/engines/heartbeat', { engine_id: 'e', [field]: value })
  expect([answer.status, answer.json<{ error: string }>().error]).toEqual([400, expect.stringContaining(`'${field}`)])
  expect(face.dispatch.engines()).toEqual([])
})

test('an engine gets what it can do, and 204 where there is nothing', async () => {
  await submit({ target_codec: 'libsvtav1' })
  await post('/engines/heartbeat', { engine_id: 'old', supported_codecs: ['h264'] })
  const none = await post('/assign_job/', { engine_id: 'old' })
  expect([none.status, none.text]).toEqual([204, ''])
  const some = await post('/assign_job/', { engine_id: 'old', capabilities: ['av1'] })
  expect([some.status, some.json()]).toEqual([200, expect.objectContaining({ target_codec: 'libsvtav1' })])
})

test('an engine that never said anything gets 404, one without a name 400', async () => {
  expect((await post('/assign_job/', { engine_id: 'unheard-of' })).json()).toEqual({
    error: 'Engine not registered',
    error_type: 'not_found',
    status: 404
  })
  expect((await post('/assign_job/', {})).json<{ error: string }>().error).toContain("'engine_id'")
  expect((await post('/assign_job/', '{')).json()).toMatchObject({ error: 'Invalid JSON in request body', status: 400 })
})

test('a benchmark is noted for engines that are known', async () => {
  const result = { engine_id: 'engine-001', benchmark_time: 12.5 }
  expect((await post('/engines/benchmark_result', result)).status).toBe(404)
  await post('/engines/heartbeat', { engine_id: 'engine-001' })
  expect((await post('/engines/benchmark_result', result)).text).toBe(
    'Benchmark result received from engine engine-001'
  )
  expect((await get('/engines/')).json()).toMatchObject({
    engines: [{ benchmark_time: 12.5, avg_benchmark_time: 12.5 }]
  })
  expect((await post('/engines/benchmark_result', { engine_id: 'engine-001' })).status).toBe(400)
})

test('an engine is forgotten, and its jobs wait again', async () => {
  const id = await lend()
  expect((await face.call('DELETE', '/engines/engine-001')).json()).toEqual({ message: 'Engine deregistered' })
  expect((await get(`/jobs/${id}`)).json()).toMatchObject({ status: 'pending', assigned_engine: null })
  expect((await face.call('DELETE', '/engines/engine-001')).status).toBe(404)
})

test('health and stats count', async () => {
  await lend()
  await submit()
  await post('/engines/heartbeat', { engine_id: 'gone' })
  face.dispatch.silence('gone')
  expect((await get('/health', { key: null })).json()).toEqual({
    status: 'healthy',
    version: '1.2.3',
    uptime_seconds: expect.any(Number),
    jobs_queued: 1,
    engines_active: 1
  })
  expect((await get('/stats')).json()).toEqual({
    jobs: { total: 2, pending: 1, processing: 1, completed: 0, failed: 0, cancelled: 0 },
    engines: { total: 2, active: 1, idle: 0, busy: 1, offline: 1 },
    performance: { avg_job_time: 0, jobs_per_hour: 0, success_rate: 100 }
  })
})

test('the slash belongs to the path', async () => {
  for (const path of ['/jobs', '/engines', '/health/', '/stats/']) expect((await get(path)).status).toBe(404)
  expect((await post('/assign_job', { engine_id: 'e' })).status).toBe(404)
  expect((await post('/jobs', wish)).status).toBe(404)
})

test('without a key there is nothing but / and /health', async () => {
  const nothing = { key: null }
  expect((await get('/', nothing)).text).toBe('OK')
  expect((await get('/health', nothing)).status).toBe(200)
  const refused = await get('/jobs/', nothing)
  expect([refused.status, refused.text]).toEqual([401, "Unauthorized: Missing 'X-API-Key' header."])
  const wrong = await get('/jobs/', { key: 'wrong' })
  expect([wrong.status, wrong.text]).toEqual([401, 'Unauthorized'])
})

test('a key does what it was made for', async () => {
  const id = await submit()
  const table: [method: string, path: string, allowed: string[]][] = [
    ['GET', '/jobs/', ['read', 'submit']],
    ['GET', `/jobs/${id}`, ['read', 'submit', 'work']],
    ['GET', `/jobs/${id}/output`, ['read', 'submit']],
    ['POST', '/jobs/', ['submit']],
    ['PUT', `/jobs/${id}`, ['submit']],
    ['POST', `/jobs/${id}/cancel`, ['submit']],
    ['POST', `/jobs/${id}/retry`, ['submit']],
    ['POST', `/jobs/${id}/complete`, ['work']],
    ['POST', `/jobs/${id}/fail`, ['work']],
    ['POST', `/jobs/${id}/progress`, ['work']],
    ['POST', '/engines/heartbeat', ['work']],
    ['POST', '/engines/benchmark_result', ['work']],
    ['POST', '/assign_job/', ['work']],
    ['GET', '/engines/', ['read', 'work']],
    ['GET', '/stats', ['read']],
    ['DELETE', '/engines/e', []]
  ]
  for (const [method, path, allowed] of table)
    for (const key of ['submit', 'work', 'read']) {
      // What is not JSON is refused after the key: nothing changes.
      const { status } = await face.call(method, path, { key, ...(method !== 'GET' && { body: '{' }) })
      expect([method, path, key, status === 403]).toEqual([method, path, key, !allowed.includes(key)])
    }
})

test('a refusal for the scope says which one it takes', async () => {
  const refused = await post('/jobs/', wish, { key: 'read' })
  expect(problemAnswer.parse(refused.json())).toMatchObject({
    error: 'Forbidden: the key needs the scope submit',
    status: 403
  })
})

test('what is answered is described: every JSON answer has a schema', () => {
  for (const schema of [jobAnswer, jobListAnswer, engineListAnswer, statsAnswer])
    expect(z.toJSONSchema(schema)).toBeDefined()
})
