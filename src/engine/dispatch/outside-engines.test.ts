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

const refused = (code: string) => expect.objectContaining({ code, class: 'input' })
const submit = async (over = {}) => (await bench.api.submit({ ...wish, ...over })).id
const known = async (...ids: string[]) => {
  for (const id of ids) await bench.api.heartbeat({ id })
}
const engine = (id: string) => bench.api.engines().find((one) => one.id === id)
/** A running job of engine `e`. */
const lent = async (over = {}) => {
  const id = await submit(over)
  await known('e')
  expect(await bench.api.assign('e')).toMatchObject({ id })
  return id
}
/** Seconds in which whatever is due is done. */
const pass = async (seconds: number) => {
  for (let second = 0; second < seconds; second++) {
    bench.clock.advance(1000)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** This computer: no timer fires. */
const sleep = (ms: number) => {
  const awakeMs = bench.clock.monotonicMs
  bench.clock.monotonicMs = () => awakeMs() + ms
}

describe('an engine that asks for work', () => {
  it('gets what has priority, then what came first', async () => {
    const [normal, high, urgent, later] = [
      await submit(),
      await submit({ priority: 'high' }),
      await submit({ priority: 'stat' }),
      await submit({ priority: 'high' })
    ]
    await known('e')
    const got: (string | undefined)[] = []
    for (let i = 0; i < 5; i++) got.push((await bench.api.assign('e'))?.id)
    expect(got).toEqual([urgent, high, later, normal, undefined])
  })

  it('gets only what it can make: by what it says now, else by what it said, else all', async () => {
    const [av1, h265] = [await submit({ profile: 'av1', targetCodec: 'av1' }), await submit({ profile: 'h265' })]
    await bench.api.heartbeat({ id: 'e', supportedCodecs: ['libx264', 'hevc_nvenc'] })
    await known('any')
    expect(await bench.api.assign('e', ['vp9'])).toBeUndefined()
    expect(await bench.api.assign('e')).toMatchObject({ id: h265 })
    expect(await bench.api.assign('e')).toBeUndefined()
    expect(await bench.api.assign('any')).toMatchObject({ id: av1 })
  })

  it('must have said who it is', async () => {
    await submit()
    await expect(bench.api.assign('nobody')).rejects.toThrow(refused('unknown-engine'))
    await expect(bench.api.benchmark('nobody', 1)).rejects.toThrow(refused('unknown-engine'))
    expect(await bench.api.removeEngine('nobody')).toBe(false)
  })

  it('holds the job by a lease of the core, under its own name', async () => {
    const id = await lent()
    expect(bench.api.get(id)).toMatchObject({ state: 'running', assignedEngine: 'e', progress: undefined })
    expect(await bench.storage.leases.leases()).toMatchObject([{ taskId: id, epoch: 1, workerId: 'engine:e' }])
    expect(bench.live.ofTask(id)).toMatchObject({ workerId: 'engine:e', workerName: 'e', lent: { epoch: 1 } })
    expect(engine('e')).toMatchObject({ jobIds: [id] })
  })

  it('leaves a job that suits another better, but not for long', async () => {
    await bench.api.heartbeat({ id: 'slow', benchmarkS: 300 })
    await bench.api.heartbeat({ id: 'fast', benchmarkS: 10 })
    for (const id of ['slow', 'fast']) expect(await bench.api.assign(id)).toBeUndefined()
    bench.clock.advance(5000)
    const first = await submit({ jobSizeMb: 10 })
    expect(await bench.api.assign('slow')).toMatchObject({ id: first })
    await bench.api.complete(first, 'http://out')
    bench.clock.advance(5000)
    const second = await submit({ jobSizeMb: 10 })
    expect(await bench.api.assign('fast')).toBeUndefined()
    bench.clock.advance(5000)
    // The slow one did not come back in between: it is not waited for.
    expect(await bench.api.assign('fast')).toMatchObject({ id: second })
  })

  it('is not left waiting for one that works already', async () => {
    await bench.api.heartbeat({ id: 'slow', benchmarkS: 300 })
    await bench.api.heartbeat({ id: 'fast', benchmarkS: 10 })
    const [first, second] = [await submit({ jobSizeMb: 10 }), await submit({ jobSizeMb: 10 })]
    expect(await bench.api.assign('slow')).toMatchObject({ id: first })
    expect(await bench.api.assign('fast')).toMatchObject({ id: second })
  })

  it('never gets a job that another gets: 50 that ask at once, 2,000 jobs', async () => {
    const ids = await Promise.all(Array.from({ length: 2000 }, (_, i) => submit({ jobSizeMb: i % 200 })))
    const engines = Array.from({ length: 50 }, (_, i) => `engine-${i}`)
    await Promise.all(engines.map((id, i) => bench.api.heartbeat({ id, benchmarkS: i, streamingSupport: i % 2 === 0 })))
    const handed: string[] = []
    const takeAll = async (id: string) => {
      for (let job = await bench.api.assign(id); job; job = await bench.api.assign(id)) handed.push(job.id)
    }
    await Promise.all(engines.map(takeAll))
    expect(handed).toHaveLength(2000)
    expect(new Set(handed)).toEqual(new Set(ids))
    expect(await bench.storage.leases.leases()).toHaveLength(2000)
  })

  it('gets the next job where a node of the lab was faster', async () => {
    const [first, second] = [await submit(), await submit()]
    await known('e')
    const asking = bench.api.assign('e')
    // As the dispatcher lends: the book is not told before it is done.
    await bench.storage.leases.claim(first, 'node', 0)
    await bench.storage.jobs.change(first, ['queued'], {
      state: 'running',
      ranOn: { nodeId: 'node', nodeName: 'PC 2' }
    })
    expect(await asking).toMatchObject({ id: second })
    expect(bench.api.get(first)).toMatchObject({ state: 'running', assignedEngine: 'PC 2' })
  })
})

describe('an engine that reports', () => {
  it('tells how far it is, as long as it holds the job', async () => {
    const id = await lent()
    expect(await bench.api.report(id, 45.2, 'second pass')).toMatchObject({
      progress: 0.452,
      progressMessage: 'second pass'
    })
    expect(await bench.api.report(id, 460)).toMatchObject({ progress: 1 })
    await expect(bench.api.report(id, 50, undefined, 'other')).rejects.toThrow(refused('wrong-state'))
    await expect(bench.api.report(await submit(), 1)).rejects.toThrow(refused('wrong-state'))
  })

  it('completes its job once, and may say so again', async () => {
    const id = await lent()
    const completed = await bench.api.complete(id, 'http://out/x', 'e')
    expect(completed).toMatchObject({
      state: 'completed',
      outputUrl: 'http://out/x',
      assignedEngine: undefined,
      retries: 0
    })
    expect(await bench.api.complete(id, 'http://out/another')).toBe(completed)
    expect(engine('e')).toMatchObject({ jobIds: [], jobsCompleted: 1 })
    expect(await bench.storage.jobs.get(id)).toMatchObject({ state: 'completed', attempts: 1 })
    await expect(bench.api.fail(id, 'late')).rejects.toThrow(refused('wrong-state'))
  })

  it('may bring the result of a job that nobody holds any more', async () => {
    const id = await submit()
    expect(await bench.api.complete(id, 'http://out/x')).toMatchObject({ state: 'completed' })
    await known('e')
    expect(await bench.api.assign('e')).toBeUndefined()
  })

  it('can not end what another engine holds, or a node of the lab', async () => {
    const id = await lent()
    await expect(bench.api.complete(id, 'http://out', 'other')).rejects.toThrow(refused('wrong-state'))
    await expect(bench.api.fail(id, 'no', 'other')).rejects.toThrow(refused('wrong-state'))
    const ours = await submit()
    await bench.storage.leases.claim(ours, 'node', 0)
    await bench.storage.jobs.change(ours, ['queued'], { state: 'running', ranOn: { nodeId: 'node', nodeName: 'PC 2' } })
    bench.events.emit('job', ours)
    await new Promise((resolve) => setImmediate(resolve))
    await expect(bench.api.complete(ours, 'http://out')).rejects.toThrow(refused('wrong-state'))
  })

  it('that fails has its job tried again after a pause, twice as long each time, until the retries are used up', async () => {
    const id = await lent({ maxRetries: 2 })
    for (const [retry, pauseMs] of [500, 1000].entries()) {
      expect(await bench.api.fail(id, 'It broke.')).toMatchObject({ state: 'queued', retries: retry + 1 })
      bench.clock.advance(pauseMs - 1)
      expect(await bench.api.assign('e')).toBeUndefined()
      bench.clock.advance(1)
      expect(await bench.api.assign('e')).toMatchObject({ id })
    }
    const failed = await bench.api.fail(id, 'It broke.')
    expect(failed).toMatchObject({
      state: 'failed',
      retries: 2,
      error: { code: 'engine-failed', message: 'It broke.' }
    })
    expect(await bench.api.fail(id, 'again')).toBe(failed)
    expect(engine('e')).toMatchObject({ jobsFailed: 3 })
    const outcomes = (await bench.storage.jobs.attempts(id)).map(({ outcome }) => outcome)
    expect(outcomes).toEqual(['failed', 'failed', 'failed'])
    expect(await bench.api.retry(id)).toMatchObject({ state: 'queued', retries: 0, error: undefined })
  })

  it('has its job tried again after the pause that was chosen for it', async () => {
    const id = await lent({ times: { retryDelayMs: 30_000 } })
    for (const pauseMs of [15_000, 30_000, 60_000]) {
      await bench.api.fail(id, 'It broke.')
      bench.clock.advance(pauseMs - 1)
      expect(await bench.api.assign('e')).toBeUndefined()
      bench.clock.advance(1)
      expect(await bench.api.assign('e')).toMatchObject({ id })
    }
  })

  it('is one of many callers of which one decides', async () => {
    for (let round = 0; round < 10; round++) {
      const id = await lent({ maxRetries: 0 })
      const { api } = bench
      await Promise.allSettled([api.cancel(id), api.complete(id, 'http://out'), api.fail(id, 'x'), api.cancel(id)])
      const job = api.get(id)
      expect(job?.state).toBe('cancelled')
      expect((await bench.storage.jobs.get(id))?.state).toBe(job?.state)
      expect(await bench.storage.jobs.attempts(id)).toHaveLength(1)
    }
    expect(await bench.storage.leases.leases()).toEqual([])
  })
})

describe('what is known of engines', () => {
  it('is merged: what a heartbeat leaves out stays, and "idle" frees nothing', async () => {
    const said = {
      engineType: 'transcoder',
      supportedCodecs: ['h264'],
      benchmarkS: 12,
      hostname: 'pc',
      other: { a: 1 }
    }
    await bench.api.heartbeat({ id: 'e', ...said })
    const id = await submit()
    await bench.api.assign('e')
    const merged = await bench.api.heartbeat({ id: 'e', said: 'idle', supportedCodecs: undefined, other: { b: 2 } })
    expect(merged).toMatchObject({ ...said, said: 'idle', other: { a: 1, b: 2 }, jobIds: [id], online: true })
    expect(bench.api.get(id)).toMatchObject({ state: 'running', assignedEngine: 'e' })
  })

  it('counts benchmarks, one that a heartbeat repeats once', async () => {
    await bench.api.heartbeat({ id: 'e', benchmarkS: 10 })
    await bench.api.heartbeat({ id: 'e', benchmarkS: 10 })
    expect(await bench.api.benchmark('e', 20)).toMatchObject({ benchmarkS: 20, avgBenchmarkS: 15 })
  })

  it('outlasts a restart with what they hold, and the jobs are theirs to end', async () => {
    await bench.api.heartbeat({ id: 'e', supportedCodecs: ['h264'], streamingSupport: true, other: { x: [1] } })
    const [id, done] = [await submit(), await submit()]
    await bench.api.assign('e')
    await bench.api.assign('e')
    await bench.api.complete(done, 'http://out')
    const before = engine('e')
    const jobs = bench.api.list({ limit: 10, offset: 0 })
    await bench.restart()
    expect(engine('e')).toEqual(before)
    expect(bench.api.list({ limit: 10, offset: 0 })).toEqual(jobs)
    expect(await bench.api.assign('e')).toBeUndefined()
    expect(await bench.api.complete(id, 'http://out/x', 'e')).toMatchObject({ state: 'completed' })
    expect(engine('e')).toMatchObject({ jobsCompleted: 2 })
  })

  it('is that one is offline when it was silent for long, and back with the next heartbeat', async () => {
    await known('e')
    bench.clock.advance(179_999)
    expect(engine('e')).toMatchObject({ online: true })
    bench.clock.advance(1)
    expect(engine('e')).toMatchObject({ online: false })
    await known('e')
    expect(engine('e')).toMatchObject({ online: true })
  })
})

describe('an engine that was given a job and did not hear of it', () => {
  /** Engine `e` names what it works on; it was given `lost`, and that answer never came. */
  const withLostAnswer = async () => {
    const first = await lent()
    await bench.api.heartbeat({ id: 'e', localJobQueue: [first] })
    await bench.api.complete(first, 'http://out')
    return lent()
  }
  const beat = async (localJobQueue?: string[], ms = 5000) => {
    bench.clock.advance(ms)
    await bench.api.heartbeat({ id: 'e', ...(localJobQueue && { localJobQueue }) })
  }

  it('loses it at no cost of a try, once it has not named it for two heartbeats and ten seconds', async () => {
    const lost = await withLostAnswer()
    await beat([])
    await beat([])
    expect(bench.api.get(lost)).toMatchObject({ state: 'running', assignedEngine: 'e' })
    await beat(['another'])
    expect(bench.api.get(lost)).toMatchObject({ state: 'queued', retries: 0 })
    expect(await bench.storage.jobs.attempts(lost)).toMatchObject([{ outcome: 'released' }])
    await known('next')
    expect(await bench.api.assign('next')).toMatchObject({ id: lost })
    for (let i = 0; i < 4; i++) await beat([])
    expect(bench.api.get(lost)).toMatchObject({ assignedEngine: 'next' })
  })

  it('loses it also after a restart, from its next two heartbeats on', async () => {
    const lost = await withLostAnswer()
    await beat([])
    await bench.restart()
    await beat([])
    expect(bench.api.get(lost)).toMatchObject({ state: 'running' })
    await beat([], 10_000)
    expect(bench.api.get(lost)).toMatchObject({ state: 'queued', retries: 0 })
  })

  it('keeps what it names, what it reported of, and what a heartbeat without a queue says nothing of', async () => {
    const [named, reported] = [await withLostAnswer(), await lent()]
    await bench.api.report(reported, 0)
    for (let i = 0; i < 6; i++) await beat([named], 10_000)
    for (let i = 0; i < 6; i++) await beat(undefined, 10_000)
    for (const id of [named, reported]) expect(bench.api.get(id)).toMatchObject({ state: 'running' })
  })

  it('is not meant where an engine never names what it works on', async () => {
    const id = await lent()
    for (let i = 0; i < 6; i++) await beat([], 10_000)
    expect(bench.api.get(id)).toMatchObject({ state: 'running', assignedEngine: 'e' })
  })

  it('loses it at once where the answer could not be sent, unless something was heard of it since', async () => {
    const id = await submit()
    await known('e', 'other')
    const job = await bench.api.assign('e')
    if (!job) throw new Error('nothing was lent')
    await bench.api.unheard(job, 'other')
    expect(bench.api.get(id)).toMatchObject({ state: 'running', assignedEngine: 'e' })
    await bench.api.unheard(job, 'e')
    expect(bench.api.get(id)).toMatchObject({ state: 'queued', retries: 0 })
    expect(await bench.api.assign('e')).toMatchObject({ id })
    await bench.api.unheard(job, 'e')
    expect(bench.api.get(id)).toMatchObject({ state: 'running' })
  })
})

describe('an engine that is silent', () => {
  it('keeps its jobs as long as it beats, however short the leases of nodes are', async () => {
    const id = await lent()
    for (let minute = 0; minute < 6; minute++) {
      await pass(60)
      await known('e')
    }
    expect(bench.api.get(id)).toMatchObject({ state: 'running', assignedEngine: 'e', retries: 0 })
  })

  it('loses them after the time that is set; they wait again, one try more', async () => {
    const [id, other] = [await lent({ maxRetries: 0 }), await lent()]
    await known('next')
    await pass(179)
    expect(bench.api.get(id)).toMatchObject({ state: 'running' })
    await pass(2)
    expect(bench.api.get(id)).toMatchObject({ state: 'queued', retries: 1, error: { code: 'worker-lost' } })
    expect(await bench.storage.jobs.attempts(id)).toMatchObject([{ outcome: 'lost' }])
    expect(bench.live.all()).toEqual([])
    await expect(bench.api.complete(id, 'http://late', 'e')).rejects.toThrow(refused('wrong-state'))
    expect(await bench.api.assign('next')).toMatchObject({ id })
    expect(await bench.storage.leases.task(id)).toMatchObject({ epoch: 2, workerId: 'engine:next' })
    expect(await bench.api.assign('next')).toMatchObject({ id: other })
  })

  it('is given the full time again after a restart and after this computer slept', async () => {
    const id = await lent()
    bench.clock.advance(170_000)
    await bench.restart()
    await pass(170)
    expect(bench.api.get(id)).toMatchObject({ state: 'running' })
    sleep(3_600_000)
    await pass(170)
    expect(bench.api.get(id)).toMatchObject({ state: 'running' })
    await pass(11)
    expect(bench.api.get(id)).toMatchObject({ state: 'queued', retries: 1 })
  })

  it('stops a job in the end that takes every engine down', async () => {
    const id = await submit({ maxRetries: 0 })
    for (let loss = 0; loss < 10; loss++) {
      await known('e')
      expect(await bench.api.assign('e')).toMatchObject({ id })
      await pass(181)
    }
    expect(bench.api.get(id)).toMatchObject({ state: 'failed', error: { code: 'worker-lost' } })
  })

  it('can be forgotten: its jobs wait again at no cost of a try, also after a restart', async () => {
    const id = await lent()
    expect(await bench.api.removeEngine('e')).toBe(true)
    expect(bench.api.get(id)).toMatchObject({ state: 'queued', retries: 0 })
    await bench.restart()
    expect(bench.api.engines()).toEqual([])
    await known('next')
    expect(await bench.api.assign('next')).toMatchObject({ id })
  })
})
