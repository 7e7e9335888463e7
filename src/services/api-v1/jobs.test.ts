import { afterEach, beforeEach, expect, test } from 'vitest'
import { type OpenApi, openApi } from './testing/open-api.ts'

let api: OpenApi
const source_url = 'https://media.example.org/a.mov'

beforeEach(async () => {
  api = await openApi()
})
afterEach(() => api.close())

const submit = async (body: object = {}) => {
  const answer = await api.call('POST', '/api/v1/jobs', { body: { source_url, ...body } })
  return { ...answer, job: answer.json as Record<string, unknown> & { job_id: string } }
}
const error = (code: string) => ({ error: expect.objectContaining({ code, message: expect.any(String) }) })

test('a job that is submitted is answered 201 with its id, its states and where it is', async () => {
  const { status, headers, job } = await submit()
  expect(status).toBe(201)
  expect(headers.get('location')).toBe(`/api/v1/jobs/${job.job_id}`)
  expect(job).toMatchObject({
    state: 'queued',
    status: 'pending',
    source_url,
    target_codec: 'h264',
    profile: 'h264',
    priority: 'normal',
    max_retries: 3,
    sink: { type: 'blob' },
    assigned_engine: null,
    output_url: null
  })
  expect(job.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  expect((await api.call('GET', `/api/v1/jobs/${job.job_id}`)).json).toEqual(job)
})

test('what deployed programs send is taken: an encoder of ffmpeg, a priority as a number, fields that nobody knows', async () => {
  const { job } = await submit({ target_codec: 'libx265', priority: 2, job_size: 100.5, max_retries: 0, colour: 'red' })
  expect(job).toMatchObject({
    target_codec: 'libx265',
    profile: 'h265',
    priority: 'stat',
    job_size: 100.5,
    max_retries: 0
  })
})

test('a profile, a priority in words and a place for the result are taken', async () => {
  const sink = { type: 'url', url: 'https://media.example.org/out' }
  const { job } = await submit({ profile: 'szi', priority: 'low', sink })
  expect(job).toMatchObject({ target_codec: 'szi', profile: 'szi', priority: 'low', sink })
})

test('a wrong value is answered 400 with the name of its field, and never with the value', async () => {
  const wrong = {
    source_url: ['secret', 7, 'ftp://secret/a', null],
    target_codec: ['secret', 5, ''],
    profile: ['secret'],
    job_size: ['1', -1],
    max_retries: [1.5, -1, '3'],
    priority: [3, 'secret'],
    sink: [{ type: 'secret' }, { type: 'url', url: 'secret' }, 'blob'],
    resource_requirements: ['secret']
  }
  for (const [field, values] of Object.entries(wrong))
    for (const value of values) {
      const { status, json, text } = await submit({ [field]: value })
      expect([field, value, status]).toEqual([field, value, 400])
      expect(JSON.stringify(json)).toContain(field)
      if (field !== 'target_codec') expect(text).not.toContain('secret')
    }
  expect((await submit({ target_codec: 'vp9', profile: 'h264' })).json).toEqual(error('two-profiles'))
  expect((await api.call('POST', '/api/v1/jobs', { body: '[]' })).json).toEqual(error('invalid-request'))
})

test('a body that is no JSON, is of another type, is missing or is too large is refused in the one form', async () => {
  const post = (body: string | undefined, headers = {}) => api.call('POST', '/api/v1/jobs', { body, headers })
  expect(await post('{')).toMatchObject({ status: 400, json: error('invalid-json') })
  expect(await post('{"__proto__":{}}')).toMatchObject({ status: 400, json: error('invalid-json') })
  expect(await post('a=b', { 'content-type': 'text/plain' })).toMatchObject({
    status: 415,
    json: error('unsupported-media-type')
  })
  expect(await post(undefined)).toMatchObject({ status: 400, json: error('invalid-request') })
  expect(await post(`"${'x'.repeat(1 << 20)}"`)).toMatchObject({ status: 413, json: error('body-too-large') })
})

test('what the core refuses is answered in the one form, too', async () => {
  const { status, json } = await submit({ source_url: 'http://169.254.169.254/latest' })
  expect([status, json]).toEqual([400, error('url-refused')])
})

test('a job is cancelled and retried, with an empty body of whatever type; in another state that is a 409', async () => {
  const { job } = await submit()
  const at = `/api/v1/jobs/${job.job_id}`
  expect(await api.call('POST', `${at}/retry`)).toMatchObject({ status: 409, json: error('wrong-state') })
  expect(await api.call('POST', `${at}/cancel`, { body: '' })).toMatchObject({
    status: 200,
    json: { state: 'cancelled' }
  })
  expect(await api.call('POST', `${at}/cancel`)).toMatchObject({ status: 409, json: error('wrong-state') })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  expect(await api.call('POST', `${at}/retry`, { headers })).toMatchObject({ status: 200, json: { state: 'queued' } })
})

test('a job that nobody knows is a 404 on every route', async () => {
  for (const [method, path] of [
    ['GET', ''],
    ['POST', '/cancel'],
    ['POST', '/retry'],
    ['GET', '/result'],
    ['GET', '/events']
  ] as const)
    for (const id of ['7', 'a%20b', '%2e%2e%2fjobs', 'x'.repeat(90)])
      expect(await api.call(method, `/api/v1/jobs/${id}${path}`)).toMatchObject({
        status: 404,
        json: error('unknown-job')
      })
})

test('an address that is not there is a 404 in the one form', async () => {
  expect(await api.call('GET', '/api/v1/nothing')).toMatchObject({ status: 404, json: error('not-found') })
  expect(await api.call('PATCH', '/api/v1/jobs')).toMatchObject({ status: 404, json: error('not-found') })
})

test('pages neither repeat nor leave out a job while others come in', async () => {
  const ids: string[] = []
  for (let at = 0; at < 7; at += 1) ids.unshift((await submit()).job.job_id)
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const query: string = cursor === null ? '' : `&cursor=${cursor}`
    const { json } = await api.call('GET', `/api/v1/jobs?limit=3${query}`)
    const page = json as { jobs: { job_id: string }[]; next_cursor: string | null; total: number }
    seen.push(...page.jobs.map(({ job_id }) => job_id))
    cursor = page.next_cursor
    if (cursor !== null) await submit()
  } while (cursor !== null)
  expect(seen).toEqual(ids)
})

test('a page goes on after a job that has left the state that is listed', async () => {
  const [first, second, third] = [await submit(), await submit(), await submit()]
  const page = await api.call('GET', '/api/v1/jobs?state=queued,running&limit=1')
  expect(page.json).toMatchObject({ jobs: [{ job_id: third.job.job_id }], total: 3 })
  await api.dispatch.cancel(third.job.job_id)
  const { next_cursor } = page.json as { next_cursor: string }
  const rest = await api.call('GET', `/api/v1/jobs?state=queued,running&cursor=${next_cursor}`)
  expect(rest.json).toMatchObject({
    jobs: [{ job_id: second.job.job_id }, { job_id: first.job.job_id }],
    total: 2,
    next_cursor: null
  })
})

test('a list is asked for with a known state, a limit of 1 to 1000 and a cursor of ours, or answered 400', async () => {
  for (const query of ['state=pending', 'state=', 'limit=0', 'limit=1001', 'limit=x', 'limit=1&limit=2'])
    expect([query, await api.call('GET', `/api/v1/jobs?${query}`)]).toMatchObject([query, { status: 400 }])
  const ofNobody = Buffer.from('after:nobody').toString('base64url')
  for (const cursor of ['x', 'YQ', `${ofNobody}=`, ofNobody])
    expect((await api.call('GET', `/api/v1/jobs?cursor=${cursor}`)).json).toEqual(error('bad-cursor'))
  expect(await api.call('GET', '/api/v1/jobs?colour=red')).toMatchObject({ status: 200, json: { jobs: [], total: 0 } })
})

test('a running job says who has it and how far it is, and a failed one why', async () => {
  const { job } = await submit({ max_retries: 0 })
  await api.dispatch.heartbeat({ id: 'e1' })
  await api.dispatch.assign('e1')
  await api.dispatch.report(job.job_id, 45.25, 'second pass')
  expect((await api.call('GET', `/api/v1/jobs/${job.job_id}`)).json).toMatchObject({
    state: 'running',
    status: 'assigned',
    assigned_engine: 'e1',
    progress: 45.3,
    progress_message: 'second pass'
  })
  await api.dispatch.fail(job.job_id, 'no such codec')
  expect((await api.call('GET', `/api/v1/jobs/${job.job_id}`)).json).toMatchObject({
    state: 'failed',
    status: 'failed_permanently',
    assigned_engine: null,
    error: { code: expect.any(String), message: 'no such codec' }
  })
})

test('user and password of a source are answered to nobody', async () => {
  const { job } = await submit({
    source_url: 'https://anna:secret@media.example.org/a.mov?x=1',
    sink: { type: 'url', url: 'https://anna:secret@media.example.org/out' }
  })
  expect(job.source_url).toBe('https://media.example.org/a.mov?x=1')
  expect(JSON.stringify(job)).not.toContain('secret')
})

test('a fault of ours is a 500 that tells nothing but is logged without its words', async () => {
  api.dispatch.get = () => {
    throw new Error('https://anna:secret@media.example.org')
  }
  const { status, json, text } = await api.call('GET', '/api/v1/jobs/7')
  expect([status, json]).toEqual([500, error('internal')])
  expect(text + api.lines.join()).not.toContain('secret')
  expect(api.lines).toEqual([expect.stringContaining('/api/v1/jobs/:id')])
})
