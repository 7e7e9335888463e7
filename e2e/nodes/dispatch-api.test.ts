import { expect, test } from 'vitest'
import { createKey, startDispatchNode, withKey } from './support/dispatch-node.ts'

const wish = { source_url: 'http://127.0.0.1:9/input.mp4', target_codec: 'h264', job_size: 100.5, max_retries: 3 }
const idle = { args: ['--no-local-work'] }

test('a job is submitted, shown, listed, lent, completed and counted as the document says', async () => {
  const { face } = await startDispatchNode(idle)
  const submitted = await face.call('POST', '/jobs/', { ...wish, a_field_that_nobody_knows: [1] })
  expect(submitted.status).toBe(201)
  expect(submitted.json).toMatchObject({
    ...wish,
    status: 'pending',
    assigned_engine: null,
    output_url: null,
    retries: 0,
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/)
  })
  const { job_id: id } = await face.job((submitted.json as { job_id: string }).job_id)

  await face.heartbeat('engine-001', { supported_codecs: ['h264', 'h265'], benchmark_time: 125.5 })
  const lent = await face.call('POST', '/assign_job/', { engine_id: 'engine-001', capabilities: ['h264'] })
  expect([lent.status, lent.json]).toEqual([200, expect.objectContaining({ job_id: id, ...wish, max_retries: 3 })])
  expect((await face.call('POST', '/assign_job/', { engine_id: 'engine-001' })).status).toBe(204)

  await face.done('POST', `/jobs/${id}/progress`, { progress: 45.2, message: 'halfway' })
  expect(await face.job(id)).toMatchObject({ status: 'processing', assigned_engine: 'engine-001', progress: 45.2 })
  const outputUrl = 'http://storage.example.com/output.mp4'
  expect((await face.complete(id, outputUrl)).status).toBe(200)
  expect(await face.job(id)).toMatchObject({ status: 'completed', output_url: outputUrl })
  // A second time too, as deployed servers answer it.
  expect((await face.complete(id, outputUrl)).status).toBe(200)

  expect((await face.call('GET', '/engines/')).json).toMatchObject({
    engines: [{ engine_id: 'engine-001', status: 'idle', supported_codecs: ['h264', 'h265'], jobs_completed: 1 }]
  })
  expect((await face.call('GET', '/stats')).json).toMatchObject({
    jobs: { total: 1, pending: 0, processing: 0, completed: 1, failed: 0 },
    engines: { total: 1, active: 1, idle: 1, busy: 0, offline: 0 },
    performance: { success_rate: 100 }
  })
})

test('the list is filtered by state and cut into pages, newest first', async () => {
  const { face } = await startDispatchNode(idle)
  const ids: string[] = []
  for (let i = 0; i < 7; i++) ids.unshift((await face.submit({ ...wish, job_size: i })).job_id)
  await face.heartbeat('engine-001')
  const lent = await face.assign('engine-001')
  const all = await face.jobs()
  expect(all).toMatchObject({ total: 7, limit: 50, offset: 0 })
  expect(all.jobs.map(({ job_id }) => job_id)).toEqual(ids)
  const page = await face.jobs('?limit=2&offset=3')
  expect([page.total, page.jobs.map(({ job_id }) => job_id)]).toEqual([7, ids.slice(3, 5)])
  const processing = await face.jobs('?status=processing')
  expect(processing.jobs.map(({ job_id }) => job_id)).toEqual([lent?.job_id])
  expect((await face.jobs('?status=pending')).total).toBe(6)
})

test('health is open, all else wants a key, and a key does only what it was made for', async () => {
  const started = await startDispatchNode(idle)
  const { face, node } = started
  const nobody = withKey(started, 'mt_nothing-of-ours')
  expect((await nobody.call('GET', '/health')).json).toMatchObject({
    status: 'healthy',
    version: expect.any(String),
    uptime_seconds: expect.any(Number),
    jobs_queued: 0,
    engines_active: 0
  })
  const closed = [
    ['GET', '/jobs/'],
    ['POST', '/jobs/'],
    ['POST', '/assign_job/'],
    ['GET', '/engines/'],
    ['GET', '/stats']
  ] as const
  for (const [method, path] of closed) {
    const refused = await nobody.call(method, path, method === 'POST' ? {} : undefined)
    expect([path, refused.status, refused.text]).toEqual([path, 401, expect.stringContaining('Unauthorized')])
  }
  const without = await fetch(new URL('/jobs/', face.url))
  expect([without.status, await without.text()]).toEqual([
    401,
    expect.stringContaining("Unauthorized: Missing 'X-API-Key' header.")
  ])

  // Made while the node runs, and of force at once.
  const reader = withKey(started, await createKey(node.dataDir, 'read'))
  expect((await reader.call('GET', '/jobs/')).status).toBe(200)
  expect((await reader.call('POST', '/jobs/', wish)).status).toBe(403)
  const worker = withKey(started, await createKey(node.dataDir, 'work'))
  expect((await worker.call('POST', '/engines/heartbeat', { engine_id: 'engine-001' })).status).toBe(200)
  expect((await worker.call('POST', '/jobs/', wish)).status).toBe(403)
  const submitter = withKey(started, await createKey(node.dataDir, 'submit'))
  expect((await submitter.call('POST', '/jobs/', wish)).status).toBe(201)
  expect((await submitter.call('POST', '/assign_job/', { engine_id: 'engine-001' })).status).toBe(403)
})

test('a revoked key is refused from the next request on', async () => {
  const { face, node } = await startDispatchNode(idle)
  expect((await face.call('GET', '/jobs/')).status).toBe(200)
  const [listed] = (await node.cli('keys', 'list')).lines
  const revoked = await node.cli('keys', 'revoke', String(listed?.id))
  expect(revoked.code, revoked.stderr).toBe(0)
  expect((await face.call('GET', '/jobs/')).status).toBe(401)
})

test('metrics are in the form that Prometheus reads and count what happened', async () => {
  const { face } = await startDispatchNode(idle)
  await face.submit(wish)
  const { status, text, headers } = await face.call('GET', '/metrics')
  expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('text/plain')])
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  for (const line of lines) expect(line).toMatch(/^[a-z_][a-z_\d]*(\{.*\})? (-?[\d.e+-]+|NaN|\+Inf)$/i)
  expect(lines).toContain('microtome_dispatch_jobs{state="queued"} 1')
})

test('what nobody knows is 404, and the slash belongs to the path', async () => {
  const { face } = await startDispatchNode(idle)
  const unknown = '123e4567-e89b-42d3-a456-426614174000'
  const paths = [
    ['GET', `/jobs/${unknown}`],
    ['POST', `/jobs/${unknown}/cancel`],
    ['POST', `/jobs/${unknown}/retry`],
    ['GET', '/jobs'],
    ['GET', '/nothing-of-ours']
  ] as const
  for (const [method, path] of paths) expect([path, (await face.call(method, path)).status]).toEqual([path, 404])
  expect((await face.complete(unknown, 'http://storage.example.com/x')).status).toBe(404)
  expect((await face.fail(unknown, 'broken')).status).toBe(404)
  expect((await face.call('POST', '/assign_job/', { engine_id: 'never-heard-of' })).status).toBe(404)
  const result = await face.call('POST', '/engines/benchmark_result', {
    engine_id: 'never-heard-of',
    benchmark_time: 1
  })
  expect(result.status).toBe(404)
})

test('a face that is set to answer as deployed servers do is understood by their clients and engines', async () => {
  const { face } = await startDispatchNode({ ...idle, settings: { answers: 'deployed' } })
  // The submission client throws on anything but 200.
  const submitted = await face.call('POST', '/jobs/', wish)
  expect([submitted.status, submitted.json]).toEqual([
    200,
    expect.objectContaining({
      status: 'pending',
      created_at: expect.any(Number),
      priority: 0,
      resource_requirements: {}
    })
  ])
  const { job_id: id } = submitted.json as { job_id: string }
  expect(id).toMatch(/^[a-fA-F0-9-]{36}$/)
  const beat = await face.call('POST', '/engines/heartbeat', { engine_id: 'engine-001' })
  expect([beat.status, beat.text]).toEqual([200, 'Heartbeat received from engine engine-001'])
  expect((await face.call('POST', '/assign_job/', { engine_id: 'engine-001' })).json).toMatchObject({ job_id: id })
  expect((await face.call('GET', '/jobs/')).json).toEqual([
    expect.objectContaining({ job_id: id, status: 'assigned', assigned_engine: 'engine-001' })
  ])
  expect((await face.call('GET', '/engines/')).json).toEqual([expect.objectContaining({ engine_id: 'engine-001' })])
  const texts = [
    await face.call('POST', '/assign_job/', '{}'),
    await face.call('POST', '/assign_job/', '{'),
    await face.call('POST', '/assign_job/', { engine_id: 'never-heard-of' }),
    await face.call('GET', '/jobs/123e4567-e89b-42d3-a456-426614174000')
  ].map(({ status, text }) => [status, text])
  expect(texts).toEqual([
    [400, 'Missing engine_id'],
    [400, 'Invalid JSON'],
    [404, 'Engine not registered'],
    [404, 'Job not found']
  ])
  expect((await face.call('GET', '/health')).json).toEqual({ status: 'healthy' })
})
