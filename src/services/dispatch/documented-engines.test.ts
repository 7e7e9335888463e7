import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { documentedFace } from './testing/documented-face.ts'

const { face, post, get, submit, assign, lend } = documentedFace()

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
  ['local_job_queue', {}],
  ['local_job_queue', 'job1'],
  ['local_job_queue', '{"a":1}']
])('a heartbeat with %s = %j is 400 and names the field', async (field, value) => {
  const answer = await post('/engines/heartbeat', { engine_id: 'e', [field]: value })
  expect([answer.status, answer.json<{ error: string }>().error]).toEqual([400, expect.stringContaining(`'${field}`)])
  expect(face().dispatch.engines()).toEqual([])
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

test('a job goes back where its engine hung up before it was answered, and never where it was answered', async () => {
  const [first, second] = [await submit(), await submit()]
  await post('/engines/heartbeat', { engine_id: 'engine-001' })
  const { dispatch, url } = face()
  const answering = Promise.withResolvers<void>()
  const lend = dispatch.assign.bind(dispatch)
  vi.spyOn(dispatch, 'assign').mockImplementationOnce(async (engineId) => {
    const job = await lend(engineId)
    await answering.promise
    return job
  })
  const body = '{"engine_id":"engine-001"}'
  const caller = connect(Number(new URL(url).port), '127.0.0.1')
  caller.write(
    `POST /assign_job/ HTTP/1.1\r\nHost: x\r\nX-API-Key: full\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  )
  await vi.waitFor(() => expect(dispatch.get(first)).toMatchObject({ assignedEngine: 'engine-001' }))
  const gone = once(caller, 'close')
  caller.end()
  await gone
  answering.resolve()
  await vi.waitFor(() => expect(dispatch.get(first)).toMatchObject({ state: 'queued', retries: 0 }))
  expect(await assign('engine-001')).toBe(first)
  expect(await assign('engine-001')).toBe(second)
  expect(dispatch.get(first)).toMatchObject({ state: 'running', assignedEngine: 'engine-001' })
})

test.each([
  ['["job1"]', ['job1']],
  [' ', undefined]
])('a queue that comes as the text %j, as older engines write it, is read', async (text, queue) => {
  expect((await post('/engines/heartbeat', { engine_id: 'old', local_job_queue: text })).status).toBe(200)
  expect(
    face()
      .dispatch.engines()
      .map(({ localJobQueue }) => localJobQueue)
  ).toEqual([queue])
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
  expect((await face().call('DELETE', '/engines/engine-001')).json()).toEqual({ message: 'Engine deregistered' })
  expect((await get(`/jobs/${id}`)).json()).toMatchObject({ status: 'pending', assigned_engine: null })
  expect((await face().call('DELETE', '/engines/engine-001')).status).toBe(404)
})
