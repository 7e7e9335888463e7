import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../shared/domain/profiles.ts'
import type { DispatchStore } from '../../dispatch/index.ts'
import type { JobStore, NewJob } from '../../jobs/index.ts'
import type { LeaseStore } from '../../leases/index.ts'
import { newJob, newSubmission } from '../testing/sample-jobs.ts'

interface Stores {
  dispatch: DispatchStore
  jobs: JobStore
  leases: LeaseStore
}

const facts = { targetCodec: 'libx264', jobSizeMb: 12.5, maxRetries: 3, resourceRequirements: { gpu: true } }

/** What every store of jobs by URL must do; `makeStores` gives empty ones on one database that the running test ends by itself. */
export function dispatchStoreContract(makeStores: () => Promise<Stores>): void {
  const day = newSubmission('day')
  const job = (id: string, over: Partial<NewJob> = {}): NewJob =>
    newJob(id, 'day', {
      source: { type: 'url', path: `/fetched/${id}/film.mp4`, url: `http://files/${id}.mp4` },
      sink: { type: 'blob', dir: `/results/${id}` },
      kind: 'video',
      profile: parseProfile('h264'),
      dispatch: facts,
      ...over
    })
  const withJobs = async (...ids: string[]) => {
    const stores = await makeStores()
    await Promise.all(ids.map((id) => stores.dispatch.add(day, job(id))))
    return stores
  }
  const lending = (jobId: string, epoch = 0, engine = 'e') => ({
    jobId,
    epoch,
    workerId: `engine:${engine}`,
    workerName: engine,
    startedAtMs: 5
  })
  const leaseOf = (epoch: number, task: 'done' | 'failed' | 'waiting', engine = 'e') => ({
    epoch,
    workerId: `engine:${engine}`,
    task,
    attempt: { outcome: 'completed' as const, endedAtMs: 9 }
  })

  describe('adding jobs by URL', () => {
    it('adds them one by one to a submission that it makes where it is missing, in the order in which they were asked for', async () => {
      const { dispatch, jobs } = await withJobs('b', 'a', 'c')
      const all = await dispatch.all()
      expect(all.map(({ id }) => id)).toEqual(['b', 'a', 'c'])
      expect(await jobs.submission('day')).toMatchObject({ total: 3 })
    })

    it('gives back what was added, to the face and to the core', async () => {
      const { dispatch, jobs, leases } = await makeStores()
      const sink = { type: 'url', dir: '/results/a', url: 'http://sink/a' } as const
      const sequence = await dispatch.add(day, job('a', { sink, priority: 'stat' }))
      const record = {
        ...{
          id: 'a',
          sequence,
          sourceUrl: 'http://files/a.mp4',
          sinkUrl: 'http://sink/a',
          profile: 'h264',
          priority: 'stat'
        },
        ...{ state: 'queued', attempts: 0, notBeforeMs: 0, facts, epoch: 0, createdAtMs: 1000 }
      }
      expect(await dispatch.all()).toMatchObject([record])
      expect(await dispatch.read(['a', 'nobody'])).toMatchObject([record])
      expect(await jobs.get('a')).toMatchObject({ dispatch: facts, sequence, sink })
      expect(await leases.task('a')).toMatchObject({ epoch: 0, state: 'waiting' })
    })

    it('makes a submission anew that went with its last job', async () => {
      const { dispatch, jobs } = await withJobs('a')
      await jobs.change('a', ['queued'], { state: 'cancelled', endedAtMs: 1 })
      await jobs.remove(['a'])
      expect(await jobs.submission('day')).toBeUndefined()
      await Promise.all([dispatch.add(day, job('b')), dispatch.add(day, job('c'))])
      expect(await jobs.submission('day')).toMatchObject({ total: 2 })
    })

    it('knows only jobs by URL', async () => {
      const { dispatch, jobs } = await withJobs('a')
      await jobs.addSubmission(newSubmission('drop'), [newJob('slide', 'drop')])
      expect((await dispatch.all()).map(({ id }) => id)).toEqual(['a'])
      expect(await dispatch.read(['slide'])).toEqual([])
    })

    it('lets one that is there already fail alone', async () => {
      const { dispatch } = await withJobs('a')
      const added = await Promise.allSettled(['b', 'a', 'c'].map((id) => dispatch.add(day, job(id))))
      expect(added.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect((await dispatch.all()).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    })
  })

  describe('lending to an outside engine', () => {
    it('makes job, lease and attempt run together', async () => {
      const { dispatch, jobs, leases } = await withJobs('a')
      expect(await dispatch.lend(lending('a'))).toBe(true)
      expect(await dispatch.all()).toMatchObject([
        { state: 'running', epoch: 1, workerId: 'engine:e', ranOnName: 'e', startedAtMs: 5 }
      ])
      expect(await leases.leases()).toMatchObject([{ taskId: 'a', epoch: 1, workerId: 'engine:e' }])
      expect(await jobs.attempts('a')).toMatchObject([{ epoch: 1, nodeId: 'engine:e', outcome: 'running' }])
    })

    it('lends a job to one of many that race', async () => {
      const { dispatch } = await withJobs('a')
      const lent = await Promise.all(['x', 'y', 'z'].map((engine) => dispatch.lend(lending('a', 0, engine))))
      expect(lent.filter(Boolean)).toHaveLength(1)
    })

    it('lends nothing that a node of the lab was lent, or that does not wait', async () => {
      const { dispatch, jobs, leases } = await withJobs('a', 'b')
      await leases.claim('a', 'node', 0)
      expect(await dispatch.lend(lending('a'))).toBe(false)
      await jobs.change('b', ['queued'], { state: 'held' })
      expect(await dispatch.lend(lending('b'))).toBe(false)
      expect(await leases.task('b')).toMatchObject({ state: 'waiting' })
      expect(await jobs.attempts('b')).toEqual([])
    })

    it('leaves leases of engines alone when it sweeps', async () => {
      const { dispatch, leases } = await withJobs('a', 'b')
      await dispatch.lend(lending('a'))
      await leases.claim('b', 'node', 0)
      expect(await leases.sweep(0, 'engine:')).toMatchObject([{ taskId: 'b' }])
      expect(await leases.leases()).toMatchObject([{ taskId: 'a' }])
    })
  })

  describe('moving a job', () => {
    const completed = { state: 'completed', attempts: 1, endedAtMs: 9 } as const

    it('ends lease, attempt and job together, and keeps what is said of the engine', async () => {
      const { dispatch, jobs, leases } = await withJobs('a')
      await dispatch.lend(lending('a'))
      const change = { ...completed, dispatch: { ...facts, outputUrl: 'http://out/a' } }
      const engine = () => ({ id: 'e', json: '{"jobsCompleted":1}' })
      const move = { jobId: 'a', from: 'running', change, lease: leaseOf(1, 'done'), engine } as const
      expect(await dispatch.move(move)).toBe(true)
      expect(await dispatch.all()).toMatchObject([
        { state: 'completed', endedAtMs: 9, facts: { outputUrl: 'http://out/a' }, workerId: undefined }
      ])
      expect(await leases.task('a')).toMatchObject({ state: 'done' })
      expect(await jobs.attempts('a')).toMatchObject([{ outcome: 'completed', endedAtMs: 9 }])
      expect(await dispatch.engines()).toEqual([engine()])
    })

    it('is done once, by the holder of the lease in force, from the state that was expected', async () => {
      const { dispatch } = await withJobs('a')
      await dispatch.lend(lending('a'))
      const move = { jobId: 'a', from: 'running', change: completed } as const
      expect(await dispatch.move({ ...move, lease: leaseOf(1, 'done', 'thief') })).toBe(false)
      expect(await dispatch.move({ ...move, lease: leaseOf(2, 'done') })).toBe(false)
      expect(await dispatch.move({ ...move, from: 'queued', lease: leaseOf(1, 'waiting') })).toBe(false)
    })

    it('lets a job wait again for a later lease, and a settled one after it was opened', async () => {
      const { dispatch, leases } = await withJobs('a')
      await dispatch.lend(lending('a'))
      const again = { state: 'queued', attempts: 1, notBeforeMs: 700 } as const
      await dispatch.move({ jobId: 'a', from: 'running', change: again, lease: leaseOf(1, 'waiting') })
      expect(await dispatch.all()).toMatchObject([{ ...again, epoch: 1 }])
      expect(await dispatch.lend(lending('a', 1))).toBe(true)
      const failed = { state: 'failed', endedAtMs: 9 } as const
      await dispatch.move({ jobId: 'a', from: 'running', change: failed, lease: leaseOf(2, 'failed') })
      expect(await leases.task('a')).toMatchObject({ state: 'failed' })
      await dispatch.move({
        jobId: 'a',
        from: 'failed',
        change: { state: 'queued', endedAtMs: undefined },
        reopen: true
      })
      expect(await dispatch.lend(lending('a', 2))).toBe(true)
    })
  })

  it('keeps engines by id until they are dropped', async () => {
    const { dispatch } = await makeStores()
    const [a, b] = [
      { id: 'a:1', json: '{"x":1}' },
      { id: 'b', json: '{}' }
    ]
    await Promise.all([dispatch.keepEngine(b), dispatch.keepEngine({ ...a, json: '{}' }), dispatch.keepEngine(a)])
    expect(await dispatch.engines()).toEqual([a, b])
    await dispatch.dropEngine('b')
    expect(await dispatch.engines()).toEqual([a])
  })
}
