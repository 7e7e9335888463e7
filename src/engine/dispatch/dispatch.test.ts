import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DispatchBench } from './testing/dispatch-bench.ts'
import { wish } from './testing/wish.ts'

let bench: DispatchBench

beforeEach(async () => {
  bench = await DispatchBench.open()
})

afterEach(async () => {
  await bench.close()
  expect(bench.bugs).toEqual([])
})

const refused = (code: string) => expect.objectContaining({ code, class: 'input', hint: expect.any(String) })
/** What the core tells is read in the same turn, after it. */
const told = () => new Promise((resolve) => setImmediate(resolve))
const submit = async (over = {}) => (await bench.api.submit({ ...wish, ...over })).id
const idsOf = ({ jobs }: { jobs: readonly { id: string }[] }) => jobs.map(({ id }) => id)

describe('jobs by URL', () => {
  it('are answered as they were asked for, and as jobs of the core', async () => {
    const asked = {
      ...wish,
      targetCodec: 'libx264',
      jobSizeMb: 12.5,
      resourceRequirements: { gpu: true },
      sinkUrl: 'http://sink/x'
    }
    const job = await bench.api.submit({ ...asked, priority: 'high' })
    expect(job).toMatchObject({ ...asked, priority: 'high', state: 'queued', retries: 0, hasResult: false })
    expect(bench.api.get(job.id)).toBe(job)
    expect(await bench.storage.jobs.get(job.id)).toMatchObject({
      name: 'film.mp4',
      kind: 'video',
      sizeBytes: 12_500_000,
      profile: { name: 'h264' },
      priority: 'high',
      source: { type: 'url', url: wish.sourceUrl },
      sink: { type: 'url', url: 'http://sink/x' }
    })
  })

  it('of one day are one submission', async () => {
    await Promise.all([submit(), submit()])
    bench.clock.advance(24 * 3_600_000)
    await submit()
    const totals = (await bench.storage.jobs.submissions(10)).map(({ total }) => total)
    expect(totals).toEqual([1, 2])
  })

  it('are refused where the URL is, or that of the result, and leave nothing', async () => {
    await expect(submit({ sourceUrl: 'file:///etc/passwd' })).rejects.toMatchObject({ code: 'url-refused' })
    await expect(submit({ sinkUrl: 'ftp://sink/x' })).rejects.toMatchObject({ code: 'url-refused' })
    expect(bench.api.list({ limit: 10, offset: 0 })).toEqual({ jobs: [], total: 0 })
  })

  it('are listed newest first, by state, from an offset or after a job', async () => {
    const ids: string[] = []
    for (let i = 0; i < 7; i++) ids.unshift(await submit())
    await bench.api.cancel(ids[2] ?? '')
    const list = (query = {}) => bench.api.list({ limit: 100, offset: 0, ...query })
    expect(idsOf(list())).toEqual(ids)
    expect(idsOf(list({ limit: 2, offset: 3 }))).toEqual(ids.slice(3, 5))
    expect(idsOf(list({ after: ids[3], limit: 2 }))).toEqual(ids.slice(4, 6))
    expect(list({ states: ['cancelled'] })).toMatchObject({ total: 1, jobs: [{ id: ids[2] }] })
    expect(idsOf(list({ states: ['queued'], offset: 1, limit: 2 }))).toEqual([ids[1], ids[3]])
    expect(list({ states: ['queued'], limit: 1 }).total).toBe(6)
    expect(list({ offset: 99 })).toEqual({ jobs: [], total: 7 })
    expect(() => list({ after: 'nobody' })).toThrow(refused('unknown-job'))
  })

  it('stay the same object until something of them changes', async () => {
    const id = await submit()
    const [before] = bench.api.list({ limit: 1, offset: 0 }).jobs
    bench.events.emit('job', id)
    await told()
    expect(bench.api.get(id)).toBe(before)
    await bench.api.change(id, { priority: 'stat' })
    expect(bench.api.get(id)).not.toBe(before)
  })

  it('change their priority, retries and requirements until they end', async () => {
    const id = await submit()
    const changes = { priority: 'low', maxRetries: 9, resourceRequirements: { cores: 8 } } as const
    expect(await bench.api.change(id, changes)).toMatchObject({ ...changes, targetCodec: 'h264' })
    await bench.restart()
    expect(bench.api.get(id)).toMatchObject(changes)
    await bench.api.cancel(id)
    await expect(bench.api.change(id, { priority: 'high' })).rejects.toThrow(refused('wrong-state'))
  })

  it('are cancelled while they wait or run, and retried afterwards', async () => {
    const id = await submit()
    expect(await bench.api.cancel(id)).toMatchObject({ state: 'cancelled', endedAtMs: bench.clock.wallMs() })
    await expect(bench.api.cancel(id)).rejects.toThrow(refused('wrong-state'))
    expect(await bench.api.retry(id)).toMatchObject({ state: 'queued', endedAtMs: undefined })
    await expect(bench.api.retry(id)).rejects.toThrow(refused('wrong-state'))
    await bench.api.heartbeat({ id: 'e' })
    expect(await bench.api.assign('e')).toMatchObject({ id })
    expect(await bench.api.cancel(id)).toMatchObject({ state: 'cancelled', assignedEngine: undefined })
    expect(bench.live.all()).toEqual([])
    expect(await bench.storage.leases.leases()).toEqual([])
    expect(await bench.storage.jobs.attempts(id)).toMatchObject([{ outcome: 'cancelled' }])
    await bench.api.retry(id)
    expect(await bench.api.assign('e')).toMatchObject({ id, state: 'running' })
  })

  it('that nobody knows are said to be unknown', async () => {
    const { api } = bench
    expect(api.get('nobody')).toBeUndefined()
    const calls = [
      () => api.cancel('nobody'),
      () => api.retry('nobody'),
      () => api.change('nobody', {}),
      () => api.complete('nobody', 'http://out'),
      () => api.fail('nobody', ''),
      () => api.report('nobody', 1),
      () => api.result('nobody')
    ]
    for (const call of calls) await expect(call()).rejects.toThrow(refused('unknown-job'))
  })

  it('follow what the window does to them', async () => {
    const id = await submit()
    await bench.api.heartbeat({ id: 'e' })
    const edits = bench.edits()
    await edits.hold([id])
    await told()
    expect(bench.api.get(id)).toMatchObject({ state: 'held' })
    expect(await bench.api.assign('e')).toBeUndefined()
    await edits.release([id])
    await edits.setPriority([id], 'stat')
    await told()
    expect(await bench.api.assign('e')).toMatchObject({ id, priority: 'stat' })
  })

  it('leave the book when they are removed from the list', async () => {
    const ids = [await submit(), await submit(), await submit()]
    await bench.api.cancel(ids[1] ?? '')
    for (const id of await bench.storage.jobs.remove([ids[1] ?? ''])) bench.events.emit('job-removed', id)
    expect(bench.api.list({ limit: 10, offset: 0 })).toMatchObject({ total: 2, jobs: [{ id: ids[2] }, { id: ids[0] }] })
    expect(bench.api.get(ids[1] ?? '')).toBeUndefined()
    expect(bench.api.figures().jobs).toMatchObject({ queued: 2, cancelled: 0 })
  })

  it('tell whoever follows them of each change', async () => {
    const heard: (string | undefined)[] = []
    const stop = bench.api.onChange((id) => heard.push(bench.api.get(id)?.state))
    const id = await submit()
    await bench.api.heartbeat({ id: 'e' })
    await bench.api.assign('e')
    await bench.api.report(id, 50)
    await bench.api.complete(id, 'http://out/x')
    stop()
    await submit()
    expect(heard).toEqual(['queued', 'running', 'running', 'completed'])
  })

  it('say where the result lies that a node of the lab made', async () => {
    const id = await submit()
    expect(await bench.api.result(id)).toBeUndefined()
    await bench.storage.jobs.change(id, ['queued'], { state: 'completed', output: '/results/film.mp4', endedAtMs: 1 })
    bench.events.emit('job', id)
    await told()
    expect(bench.api.get(id)).toMatchObject({ state: 'completed', hasResult: true, outputUrl: undefined })
    expect(await bench.api.result(id)).toMatchObject({ path: '/results/film.mp4', type: 'video/mp4' })
  })

  it('say where a result was sent', async () => {
    const id = await submit({ sinkUrl: 'http://sink/x' })
    const facts = { targetCodec: 'h264', jobSizeMb: 1, maxRetries: 1, outputUrl: 'http://sink/x' }
    const change = { state: 'completed', output: '/results/film.mp4', dispatch: facts, endedAtMs: 1 } as const
    await bench.storage.jobs.change(id, ['queued'], change)
    bench.events.emit('job', id)
    await told()
    expect(bench.api.get(id)).toMatchObject({ state: 'completed', hasResult: false, outputUrl: 'http://sink/x' })
  })

  it('are counted by state and timed', async () => {
    await bench.api.heartbeat({ id: 'e' })
    for (const ms of [1000, 3000]) {
      await submit()
      const job = await bench.api.assign('e')
      bench.clock.advance(ms)
      await bench.api.complete(job?.id ?? '', 'http://out')
    }
    await submit()
    expect(bench.api.figures()).toMatchObject({
      jobs: { queued: 1, completed: 2 },
      avgJobMs: 2000,
      completedLastHour: 2
    })
    expect(bench.ended).toMatchObject([{ outcome: 'completed', runMs: 1000 }, { runMs: 3000 }])
    bench.clock.advance(2 * 3_600_000)
    expect(bench.api.figures().completedLastHour).toBe(0)
  })

  it('poke the lab once for many, and rarely where nobody there could begin', async () => {
    await Promise.all(Array.from({ length: 50 }, () => submit()))
    bench.clock.advance(0)
    expect(bench.pokes).toBe(1)
    await submit()
    bench.clock.advance(4999)
    expect(bench.pokes).toBe(1)
    bench.clock.advance(1)
    expect(bench.pokes).toBe(2)
    bench.free = true
    await submit()
    bench.clock.advance(250)
    expect(bench.pokes).toBe(3)
  })
})
