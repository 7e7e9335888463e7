import fastify, { type FastifyInstance } from 'fastify'
import parsePrometheus from 'parse-prometheus-text-format'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NodeFigures } from '../../engine/service-api.ts'
import type { ApiKey } from '../../shared/domain/keys.ts'
import { type AuthOptions, addApiKeyAuth } from '../host/auth/index.ts'
import { engineMetrics } from './engine-metrics.ts'
import { type MetricsOptions, metricsRoutes } from './index.ts'
import { FakeEngine, idleEngine } from './testing/fake-service-api.ts'

const apps: FastifyInstance[] = []
let engine: FakeEngine
let nowMs: number
beforeEach(() => {
  engine = new FakeEngine()
  nowMs = 0
  engineMetrics(engine.api, () => nowMs)
})
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()))
})

/** A service of the engine that listens on loopback, with `auth` for keys only; answers its address. */
async function serve(auth?: AuthOptions, options: Partial<MetricsOptions> = {}): Promise<string> {
  const app = fastify()
  apps.push(app)
  if (auth) await addApiKeyAuth(app, auth)
  await app.register(metricsRoutes, { api: engine.api, ...options })
  await app.register(async (scope) => {
    scope.get('/jobs/:id', async () => ({ status: 'pending' }))
    scope.get('/events', async (_request, reply) => reply.type('text/event-stream').send('data: 1\n\n'))
  })
  return app.listen({ host: '127.0.0.1', port: 0 })
}

/** As Prometheus does, 15 s after the scrape before. */
async function scrape(address: string): Promise<string> {
  nowMs += 15_000
  return (await fetch(`${address}/metrics`)).text()
}

/** Value of the sample with these labels, in any order; undefined where there is none. */
function sampleOf(text: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const samples = parsePrometheus(text).find((family) => family.name === name)?.metrics ?? []
  const sample = samples.find((one) => same(one.labels ?? {}, labels))
  return sample && Number(sample.value)
}

const same = (a: Record<string, string>, b: Record<string, string>) =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())

const ended = (more: Partial<NodeFigures['ended'][number]> = {}): NodeFigures['ended'][number] => ({
  kind: 'slide',
  outcome: 'completed',
  queuedMs: 2000,
  runMs: 30_000,
  transferMs: 0,
  sourceBytes: 1000,
  resultBytes: 400,
  ...more
})

describe('the metrics of a node', () => {
  it('are answered in the text format, as nothing to keep', async () => {
    const answer = await fetch(`${await serve()}/metrics`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const names = parsePrometheus(await answer.text()).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['process_resident_memory_bytes', 'nodejs_eventloop_lag_seconds']))
  })

  it('tell of jobs by state, kind and node, and of those that nobody runs yet', async () => {
    engine.figures.jobs = [
      { state: 'running', kind: 'slide', node: 'Pathology 3', count: 2 },
      { state: 'queued', kind: 'video', node: '', count: 7 }
    ]
    engine.dispatchJobs.queued = 5
    const text = await scrape(await serve())
    expect(sampleOf(text, 'microtome_jobs', { state: 'running', kind: 'slide', node: 'Pathology 3' })).toBe(2)
    expect(sampleOf(text, 'microtome_jobs', { state: 'queued', kind: 'video', node: '(none)' })).toBe(7)
    expect(sampleOf(text, 'microtome_dispatch_jobs', { state: 'queued' })).toBe(5)
    expect(sampleOf(text, 'microtome_dispatch_jobs', { state: 'failed' })).toBe(0)
  })

  it('forget what is over at the next scrape', async () => {
    const address = await serve()
    engine.figures.jobs = [{ state: 'running', kind: 'slide', node: 'a', count: 1 }]
    engine.figures.workers = [{ name: 'a', state: 'working', slots: 4, busy: 1 }]
    expect(sampleOf(await scrape(address), 'microtome_worker_state', { node: 'a', state: 'working' })).toBe(1)
    engine.figures.jobs = []
    engine.figures.workers = [{ name: 'a', state: 'offline', slots: 4, busy: 0 }]
    const text = await scrape(address)
    expect(sampleOf(text, 'microtome_jobs', { state: 'running', kind: 'slide', node: 'a' })).toBeUndefined()
    expect(sampleOf(text, 'microtome_worker_state', { node: 'a', state: 'working' })).toBeUndefined()
    expect(sampleOf(text, 'microtome_worker_state', { node: 'a', state: 'offline' })).toBe(1)
    expect(sampleOf(text, 'microtome_worker_slots', { node: 'a' })).toBe(4)
  })

  it('count nodes of one name together', async () => {
    engine.figures.workers = [
      { name: 'twin', state: 'working', slots: 4, busy: 1 },
      { name: 'twin', state: 'idle', slots: 2, busy: 0 }
    ]
    const text = await scrape(await serve())
    expect(sampleOf(text, 'microtome_worker_slots', { node: 'twin' })).toBe(6)
    expect(sampleOf(text, 'microtome_worker_busy_slots', { node: 'twin' })).toBe(1)
  })

  it('add up what ended jobs took, in seconds and bytes', async () => {
    engine.figures.ended = [
      ended(),
      ended({ transferMs: 1500 }),
      ended({ kind: 'image', outcome: 'failed', runMs: -5 })
    ]
    const text = await scrape(await serve())
    expect(sampleOf(text, 'microtome_jobs_ended_total', { kind: 'slide', outcome: 'completed' })).toBe(2)
    expect(sampleOf(text, 'microtome_source_bytes_total', { kind: 'slide' })).toBe(2000)
    expect(sampleOf(text, 'microtome_result_bytes_total', { kind: 'slide' })).toBe(800)
    expect(text).toContain('microtome_job_run_seconds_sum{kind="slide",outcome="completed"} 60\n')
    expect(text).toContain('microtome_job_run_seconds_sum{kind="image",outcome="failed"} 0\n')
    expect(text).toContain('microtome_job_queue_seconds_bucket{le="5",kind="slide"} 2\n')
    expect(text).toContain('microtome_job_transfer_seconds_count{kind="slide"} 1\n')
  })

  it('have a series at 0 for each kind before the first job ended', async () => {
    const text = await scrape(await serve())
    expect(sampleOf(text, 'microtome_jobs_ended_total', { kind: 'video', outcome: 'failed' })).toBe(0)
    expect(text).toContain('microtome_job_queue_seconds_count{kind="video"} 0\n')
  })

  it('count a job once, whichever service is asked first and how often', async () => {
    const [one, two] = [await serve(), await serve()]
    engine.figures.ended = [ended()]
    for (const address of [one, two, one])
      expect(
        sampleOf(await scrape(address), 'microtome_jobs_ended_total', { kind: 'slide', outcome: 'completed' })
      ).toBe(1)
  })

  it('cost one look at the engine a second, however many ask', async () => {
    const { refresh } = engineMetrics(engine.api)
    await Promise.all([refresh(), refresh(), refresh()])
    nowMs = 999
    await refresh()
    expect(engine.looks).toBe(1)
    nowMs = 1000
    await Promise.all([refresh(), refresh()])
    expect(engine.looks).toBe(2)
  })

  it('are as many as the lab has nodes, at most: names beyond a limit share one', async () => {
    engine.figures.jobs = Array.from({ length: 1000 }, (_, index) => ({
      state: 'completed' as const,
      kind: 'video' as const,
      node: `engine-${index}`,
      count: 1
    }))
    const text = await scrape(await serve())
    const nodes = parsePrometheus(text).find(({ name }) => name === 'microtome_jobs')?.metrics ?? []
    expect(nodes).toHaveLength(201)
    expect(sampleOf(text, 'microtome_jobs', { state: 'completed', kind: 'video', node: '(others)' })).toBe(800)
  })

  it('keep the line whatever a node is called', async () => {
    const name = `a"b\\c\nd${'x'.repeat(200)}`
    engine.figures.workers = [{ name, state: 'idle', slots: 3, busy: 0 }]
    expect(sampleOf(await scrape(await serve()), 'microtome_worker_slots', { node: name.slice(0, 80) })).toBe(3)
  })

  it('count outside engines by state, without their ids', async () => {
    engine.engines = [
      idleEngine('secret-1'),
      { ...idleEngine('secret-2'), said: 'idle', jobIds: ['job-1', 'job-2'] },
      { ...idleEngine('secret-3'), online: false, jobIds: ['job-3'] }
    ]
    // The engine's core counts them among those who work.
    engine.figures.workers = engine.engines.map(({ id }) => ({ name: id, state: 'idle', slots: 1, busy: 0 }))
    engine.figures.jobs = engine.engines.map(({ id }) => ({ state: 'running', kind: 'video', node: id, count: 2 }))
    const text = await scrape(await serve())
    for (const state of ['idle', 'busy', 'offline']) expect(sampleOf(text, 'microtome_engines', { state })).toBe(1)
    expect(sampleOf(text, 'microtome_engine_jobs')).toBe(3)
    expect(sampleOf(text, 'microtome_jobs', { state: 'running', kind: 'video', node: '(engines)' })).toBe(6)
    expect(text).not.toMatch(/secret-|job-\d/)
  })

  it('measure requests by the pattern of their route, not by their address', async () => {
    const address = await serve()
    for (const path of ['/jobs/1', '/jobs/2', '/no/such/place?key=secret', '/events'])
      await (await fetch(address + path)).text()
    const text = await scrape(address)
    const name = 'microtome_http_request_duration_seconds_count'
    expect(text).toContain(`${name}{method="GET",route="/jobs/:id",status="200"} 2\n`)
    expect(text).toContain(`${name}{method="GET",route="(none)",status="404"} 1\n`)
    // How long an event stream was open is not how long an answer took.
    expect(text).not.toMatch(/events|secret/)
  })

  it('are for keys that may read, also as Prometheus shows them', async () => {
    const reader: ApiKey = { id: '1', label: '', scopes: ['read'], createdAtMs: 0 }
    const known = new Map<string, ApiKey>([
      ['r', reader],
      ['s', { ...reader, scopes: ['submit'] }]
    ])
    const address = await serve({ keys: { check: (key) => known.get(key) }, places: ['x-api-key', 'bearer'] })
    const status = async (headers: Record<string, string>) => (await fetch(`${address}/metrics`, { headers })).status
    expect(await status({})).toBe(401)
    expect(await status({ 'x-api-key': 's' })).toBe(403)
    expect(engine.looks).toBe(0)
    expect(await status({ 'x-api-key': 'r' })).toBe(200)
    expect(await status({ authorization: 'Bearer r' })).toBe(200)
  })

  it('are for everybody where that is set', async () => {
    const address = await serve({ keys: { check: () => undefined } }, { scopes: 'open' })
    expect((await fetch(`${address}/metrics`)).status).toBe(200)
    expect((await fetch(`${address}/jobs/1`)).status).toBe(401)
  })

  it('fail as a whole where the engine does not answer, and come back with it', async () => {
    const address = await serve()
    const { figures } = engine.api
    Object.assign(engine.api, { figures: () => Promise.reject(new Error('closed')) })
    expect((await fetch(`${address}/metrics`)).status).toBe(500)
    Object.assign(engine.api, { figures })
    expect((await fetch(`${address}/metrics`)).status).toBe(200)
  })
})
