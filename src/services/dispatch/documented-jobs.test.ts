import { expect, test } from 'vitest'
import {
  engineListAnswer,
  healthAnswer,
  jobAnswer,
  jobListAnswer,
  problemAnswer,
  statsAnswer
} from './answer-schemas.ts'
import { documentedFace, nobody, wish } from './testing/documented-face.ts'

const { face, post, get, submit, assign, lend } = documentedFace()

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
    face().call('PUT', `/jobs/${nobody}`, { body: {} }),
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
