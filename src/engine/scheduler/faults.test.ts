import { readdirSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseProfile } from '../../shared/domain/profiles.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import type { JobStore } from '../jobs/index.ts'
import type { LeaseStore } from '../leases/index.ts'
import { FakeWorker } from './testing/fake-worker.ts'
import { eventually, MasterBench } from './testing/test-master.ts'

let bench: MasterBench

beforeEach(async () => {
  bench = await MasterBench.open()
})

afterEach(() => bench.close())

const diskFull = new MicrotomeError({ code: 'storage-full', class: 'node', message: 'The disk is full.' })

/** The store, but for the methods that `over` replaces. */
function storeWith<T extends object>(store: T, over: Partial<T>): T {
  return { ...store, ...over }
}

/** Throws at its first call, then does what it should. */
function failingOnce<A extends unknown[], R>(method: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  let failed = false
  return async (...args) => {
    if (failed) return method(...args)
    failed = true
    throw diskFull
  }
}

describe('a cancel', () => {
  it('that comes while the destination is made ready leaves nothing there and offers nothing', async () => {
    const worker = new FakeWorker('a')
    const outputs = bench.outputs()
    const reached = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const stage = outputs.stage.bind(outputs)
    outputs.stage = async (job, epoch) => {
      reached.resolve()
      await go.promise
      return stage(job, epoch)
    }
    const { dispatcher, edits } = bench.master([worker], { outputs })
    const [id = ''] = await bench.submit()
    await bench.start(dispatcher)
    await reached.promise
    await edits.cancel([id])
    go.resolve()
    await dispatcher.stop()
    expect(await readdir(bench.out)).toEqual([])
    expect(worker.offers).toBe(0)
    expect(await bench.outcomesOf(id)).toEqual(['cancelled'])
  })

  it('that overtakes the offer is told to the worker once it has the task', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher, edits } = bench.master([worker])
    const [id = ''] = await bench.submit()
    worker.onOffer = async () => void (await edits.cancel([id]))
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    await dispatcher.stop()
    expect(worker.cancelled).toEqual([1, 1])
    expect(await bench.stateOf(id)).toBe('cancelled')
  })

  it('of a whole drop lends none of its jobs while it works through them', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher, edits } = bench.master([worker])
    const ids = await bench.submit(20)
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    expect(await edits.cancel(ids)).toEqual({ changed: 20, refused: [] })
    await dispatcher.stop()
    expect(worker.offers).toBe(1)
  })

  it('that comes while the result is being accepted ends the attempt too', async () => {
    const worker = new FakeWorker('a')
    const outputs = bench.outputs()
    const plan = outputs.plan.bind(outputs)
    const { dispatcher, edits } = bench.master([worker], { outputs })
    const [id = ''] = await bench.submit()
    outputs.plan = async (...args) => {
      await edits.cancel([id])
      return plan(...args)
    }
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    await bench.finish(dispatcher, worker, worker.lent[0])
    expect(await bench.stateOf(id)).toBe('cancelled')
    expect(await bench.outcomesOf(id)).toEqual(['cancelled'])
    expect(await readdir(bench.out)).toEqual([])
  })

  it('cleans up although the job was taken off the list before its worker had stopped', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher, edits, live } = bench.master([worker])
    const [id = ''] = await bench.submit()
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    worker.cancel = async () => void (await bench.storage.jobs.remove([id]))
    await edits.cancel([id])
    expect(await bench.stateOf(id)).toBeUndefined()
    expect(await readdir(bench.out)).toEqual([])
    expect(live.all()).toEqual([])
  })
})

describe('a full disk', () => {
  const broken = (over: { leases?: Partial<LeaseStore>; jobs?: Partial<JobStore> }) => ({
    leases: storeWith(bench.storage.leases, over.leases ?? {}),
    jobs: storeWith(bench.storage.jobs, over.jobs ?? {})
  })

  it('that refuses a verdict leaves the lease to run out, and the job is tried again', async () => {
    const worker = new FakeWorker('a')
    const { leases } = bench.storage
    const { dispatcher } = bench.master([worker], broken({ leases: { settle: failingOnce(leases.settle) } }))
    const [id = ''] = await bench.submit()
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    await expect(bench.finish(dispatcher, worker, worker.lent[0])).rejects.toBe(diskFull)
    await bench.soonLentTo(worker, 2)
    expect(await bench.outcomesOf(id)).toEqual(['lost', 'running'])
  })

  it('that breaks off how a lease ends leaves no job running for ever', async () => {
    const worker = new FakeWorker('a')
    const { jobs } = bench.storage
    const { dispatcher } = bench.master([worker], broken({ jobs: { endAttempt: failingOnce(jobs.endAttempt) } }))
    const [id = ''] = await bench.submit()
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    const crashed = { code: 'crashed', class: 'node', message: 'It crashed.' } as const
    await expect(dispatcher.desk.failed('a', { taskId: id, epoch: 1 }, crashed)).rejects.toBe(diskFull)
    expect(await bench.stateOf(id)).toBe('running')
    await bench.soonLentTo(worker, 2)
    expect(await bench.outcomesOf(id)).toEqual(['lost', 'running'])
  })
})

describe('the sweep', () => {
  it('sees a lease through that it took back, though its result arrives in the same moment', async () => {
    const worker = new FakeWorker('a')
    const { leases } = bench.storage
    let late: Promise<string> | undefined
    const sweep: LeaseStore['sweep'] = async (maxAgeMs) => {
      const lost = await leases.sweep(maxAgeMs)
      if (lost.length > 0) late = bench.finish(dispatcher, worker, worker.lent[0])
      return lost
    }
    const { dispatcher } = bench.master([worker], { leases: storeWith(leases, { sweep }) })
    const [id = ''] = await bench.submit()
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    await bench.soonLentTo(worker, 2)
    expect(await late).toBe('stale')
    expect(await bench.outcomesOf(id)).toEqual(['lost', 'running'])
  })

  it('goes on for other workers while one that lost its lease does not answer', async () => {
    const [stuck, silent] = [new FakeWorker('stuck'), new FakeWorker('silent')]
    const asked = Promise.withResolvers<void>()
    stuck.cancel = () => asked.promise
    const { dispatcher } = bench.master([stuck, silent])
    await bench.submit(2)
    await bench.start(dispatcher)
    await bench.lentTo(stuck, 1)
    await bench.lentTo(silent, 1)
    stuck.online = false
    try {
      await bench.soonLentTo(silent, 2)
      await bench.soonLentTo(silent, 3)
    } finally {
      asked.resolve()
    }
  })

  it('takes nothing back in the first ten seconds, however long the start took', async () => {
    const peer = new FakeWorker('peer')
    const before = bench.master([peer])
    const [id = ''] = await bench.submit()
    await bench.start(before.dispatcher)
    await bench.lentTo(peer, 1)
    await bench.end(before.dispatcher)
    const after = bench.master([peer])
    await after.dispatcher.recover('self')
    bench.clock.advance(60_000)
    after.dispatcher.start()
    await bench.pass(5)
    const progress = { progress: 0.5, stage: 'converting' } as const
    expect(await after.dispatcher.desk.heartbeat('peer', [{ taskId: id, epoch: 1, progress }])).toEqual([])
    expect(await bench.outcomesOf(id)).toEqual(['running'])
  })
})

describe('a worker', () => {
  it('that refuses is left alone, its reason is shown, and it is asked at once when it changes', async () => {
    const worker = new FakeWorker('a')
    worker.accepts = false
    const { dispatcher } = bench.master([worker])
    const [id = ''] = await bench.submit()
    await bench.start(dispatcher)
    await eventually(() => expect(dispatcher.whyWaiting(id)).toBe('computer a: Its disk is full.'))
    expect(await bench.outcomesOf(id)).toEqual(['refused'])
    dispatcher.poke()
    await bench.pass(1)
    expect(worker.offers).toBe(1)
    worker.accepts = true
    dispatcher.desk.workerChanged('a')
    await bench.lentTo(worker, 1)
  })

  it('keeps a task that is being offered while it is linked, though it does not name it yet', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher } = bench.master([worker])
    const [id = ''] = await bench.submit()
    worker.onOffer = () => dispatcher.workerLinked(worker)
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    expect(await bench.outcomesOf(id)).toEqual(['running'])
  })

  it('that is gone before it can say what it holds is no bug', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher } = bench.master([worker])
    await bench.submit()
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    worker.held = () => Promise.reject(new Error('closed'))
    await dispatcher.workerLinked(worker)
    expect(bench.bugs).toEqual([])
  })
})

describe('the queue', () => {
  it('is not held up by hundreds of jobs that nobody can make', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher } = bench.master([worker])
    await bench.submit(250, { submissionId: 'films', profile: parseProfile('h264'), kind: 'video', priority: 'high' })
    await bench.submit(1, { id: 'photo', submissionId: 'photos' })
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    expect(worker.lent[0]?.taskId).toBe('photo')
    expect(dispatcher.whyWaiting('job-0')).toBe('No computer in the lab can make h264.')
  })
})

describe('files', () => {
  it('a destination that does not answer keeps no other job waiting', async () => {
    const worker = new FakeWorker('a')
    worker.slots = 2
    const outputs = bench.outputs()
    const stage = outputs.stage.bind(outputs)
    const hung = Promise.withResolvers<void>()
    outputs.stage = async (job, epoch) => {
      if (job.id === 'job-0') await hung.promise
      return stage(job, epoch)
    }
    const { dispatcher } = bench.master([worker], { outputs })
    await bench.submit(2)
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    expect(worker.lent[0]?.taskId).toBe('job-1')
    hung.resolve()
    await bench.lentTo(worker, 2)
  })

  it('an earlier result that can’t be looked at does not hold the queue up', async () => {
    const worker = new FakeWorker('a')
    const outputs = bench.outputs()
    outputs.sameResult = async () => {
      throw Object.assign(new Error('EACCES'), { code: 'EACCES' })
    }
    const { dispatcher } = bench.master([worker], { outputs })
    await bench.submit(1, { onExists: 'skip' })
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    expect(bench.bugs).toEqual([])
  })

  it('nothing but the result is left by the time a job is said to be completed', async () => {
    const worker = new FakeWorker('a')
    const { jobs } = bench.storage
    const seen: string[][] = []
    const change: JobStore['change'] = (id, from, to) => {
      if (to.state === 'completed') seen.push(readdirSync(bench.out))
      return jobs.change(id, from, to)
    }
    const { dispatcher } = bench.master([worker], { jobs: storeWith(jobs, { change }) })
    await bench.submit()
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    await bench.finish(dispatcher, worker, worker.lent[0])
    expect(seen).toEqual([['photo-0.webp']])
  })

  it('a staging folder that something holds on to costs the job nothing', async () => {
    const worker = new FakeWorker('a')
    const outputs = bench.outputs()
    outputs.discard = async () => {
      throw Object.assign(new Error('EBUSY'), { code: 'EBUSY' })
    }
    const { dispatcher } = bench.master([worker], { outputs })
    const [id = ''] = await bench.submit()
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    expect(await bench.finish(dispatcher, worker, worker.lent[0])).toBe('ok')
    expect(await bench.stateOf(id)).toBe('completed')
    expect(bench.warnings).toEqual(['a staging folder could not be removed'])
  })
})

describe('the end of a run', () => {
  it('waits for a result that is just being given its name', async () => {
    const worker = new FakeWorker('a')
    const outputs = bench.outputs()
    const commit = outputs.commit.bind(outputs)
    const go = Promise.withResolvers<void>()
    outputs.commit = async (...args) => {
      await go.promise
      return commit(...args)
    }
    const { dispatcher } = bench.master([worker], { outputs })
    const [id = ''] = await bench.submit()
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    const finished = bench.finish(dispatcher, worker, worker.lent[0])
    await eventually(async () => expect(await bench.stateOf(id)).toBe('verifying'))
    const ended = bench.end(dispatcher)
    go.resolve()
    await ended
    expect(await bench.stateOf(id)).toBe('completed')
    await finished
  })

  it('nothing is lent before what an earlier run left is taken up', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher } = bench.master([worker])
    await bench.submit()
    dispatcher.poke()
    await bench.pass(3)
    expect(worker.offers).toBe(0)
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
  })

  it('a result that can’t be put in its place after a crash is made again', async () => {
    const worker = new FakeWorker('a')
    const { id } = await bench.restartWhileNaming(worker, join(bench.out, 'gone', 'photo-0.webp'))
    await bench.lentTo(worker, 2)
    expect(await bench.outcomesOf(id)).toEqual(['lost', 'running'])
    expect(bench.bugs).toEqual([])
  })
})
