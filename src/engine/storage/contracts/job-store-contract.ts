import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../shared/domain/profiles.ts'
import type { JobStore } from '../../jobs/index.ts'
import { newJob, newSubmission } from '../testing/sample-jobs.ts'
import { jobHistoryContract } from './job-history-contract.ts'
import { submissionContract } from './submission-contract.ts'

/** What every job store must do; `makeStore` gives an empty one that the running test ends by itself. */
export function jobStoreContract(makeStore: () => Promise<JobStore>): void {
  const withJobs = async (...ids: string[]) => {
    const store = await makeStore()
    await store.addSubmission(
      newSubmission('s'),
      ids.map((id) => newJob(id, 's'))
    )
    return store
  }
  const idsOf = (jobs: { id: string }[]) => jobs.map((job) => job.id)

  describe('adding and reading jobs', () => {
    it('gives back a job as it was added, numbered in the order of submission', async () => {
      const store = await makeStore()
      const job = newJob('a', 's', { error: undefined, report: undefined })
      const [added, second] = await store.addSubmission(newSubmission('s'), [job, newJob('b', 's')])
      expect(added).toMatchObject({ ...job, attempts: 0, notBeforeMs: 0, failedNodeIds: [] })
      expect(await store.get('a')).toEqual(added)
      expect(second?.sequence).toBeGreaterThan(added?.sequence ?? Number.POSITIVE_INFINITY)
    })

    it('knows nothing of a job that was never added', async () => {
      expect(await (await makeStore()).get('nobody')).toBeUndefined()
    })

    it('adds all jobs of a submission or none', async () => {
      const store = await withJobs('a')
      await expect(
        store.addSubmission(newSubmission('t'), [newJob('b', 't'), newJob('a', 't'), newJob('c', 't')])
      ).rejects.toThrow()
      expect(await store.get('b')).toBeUndefined()
      expect(await store.submission('t')).toBeUndefined()
    })

    it('keeps paths and names of any script as they are', async () => {
      const store = await makeStore()
      const name = `Prüfung "3" 🔬 e\u0301 ' ; DROP TABLE jobs.svs`
      await store.addSubmission(newSubmission('s'), [
        newJob('a', 's', { name, source: { type: 'file', path: `/${name}` } })
      ])
      expect(await store.get('a')).toMatchObject({ name, source: { path: `/${name}` } })
    })
  })

  describe('changing many at once', () => {
    it('changes those that may be, and answers them in order', async () => {
      const store = await withJobs('a', 'b', 'c')
      await store.change('b', ['queued'], { state: 'running' })
      expect(idsOf(await store.changeAll(['c', 'b', 'nobody', 'a'], ['queued'], { state: 'held' }))).toEqual(['c', 'a'])
      expect(await store.counts()).toMatchObject({ held: 2, running: 1, queued: 0 })
    })

    it('changes none where the machine forbids one', async () => {
      const store = await withJobs('a', 'b')
      await store.change('b', ['queued'], { state: 'running' })
      await expect(store.changeAll(['a', 'b'], ['queued', 'running'], { state: 'held' })).rejects.toMatchObject({
        code: 'forbidden-transition'
      })
      expect(await store.counts()).toMatchObject({ held: 0, queued: 1, running: 1 })
    })
  })

  describe('listing', () => {
    it('lists the newest first, page by page, to the end', async () => {
      const store = await withJobs('a', 'b', 'c', 'd', 'e')
      const seen: string[][] = []
      let cursor: string | undefined
      do {
        const page = await store.list({ cursor, limit: 2 })
        seen.push(idsOf(page.jobs))
        cursor = page.next
      } while (cursor !== undefined)
      expect(seen).toEqual([['e', 'd'], ['c', 'b'], ['a']])
    })

    it('ends a list whose last page is full without an empty one', async () => {
      const store = await withJobs('a', 'b')
      expect((await store.list({ limit: 2 })).next).toBeUndefined()
    })

    it('lists one submission alone', async () => {
      const store = await withJobs('a', 'b')
      await store.addSubmission(newSubmission('t'), [newJob('c', 't'), newJob('d', 't')])
      const first = await store.list({ submissionId: 's', limit: 1 })
      expect(idsOf(first.jobs)).toEqual(['b'])
      expect(idsOf((await store.list({ submissionId: 's', limit: 9, cursor: first.next })).jobs)).toEqual(['a'])
    })

    it('refuses a cursor that it did not give', async () => {
      const store = await withJobs('a')
      await expect(store.list({ cursor: 'sequence', limit: 1 })).rejects.toMatchObject({
        code: 'bad-cursor',
        class: 'input'
      })
    })
  })

  describe('looking at many at once', () => {
    it('tells ids and states without the jobs, and leaves out those that are gone', async () => {
      const store = await withJobs('a', 'b', 'c')
      await store.change('b', ['queued'], { state: 'running', ranOn: { nodeId: 'n', nodeName: 'PC' } })
      await store.change('c', ['queued'], { state: 'running', ranOn: { nodeId: 'engine:e', nodeName: 'e' } })
      expect(await store.idsInState(['running'], 'engine:')).toEqual(['b'])
      expect(await store.idsInState(['queued', 'running'], 'engine:')).toHaveLength(2)
      const states = await store.states(['b', 'nobody', 'c'])
      expect(states.sort((x, y) => (x.id < y.id ? -1 : 1))).toEqual([
        { id: 'b', submissionId: 's', state: 'running' },
        { id: 'c', submissionId: 's', state: 'running' }
      ])
    })

    it('counts by state, kind and the node of the newest try', async () => {
      const store = await withJobs('a', 'b', 'c')
      await store.change('b', ['queued'], { state: 'running', ranOn: { nodeId: 'n', nodeName: 'PC' } })
      const counts = await store.countsByNode()
      expect(counts).toHaveLength(2)
      expect(counts).toContainEqual({ state: 'queued', kind: 'slide', node: '', count: 2 })
      expect(counts).toContainEqual({ state: 'running', kind: 'slide', node: 'PC', count: 1 })
    })

    it('tells where something may be staged, but not of jobs by URL that no node had', async () => {
      const store = await makeStore()
      const dispatch = { targetCodec: 'h264', jobSizeMb: 1, maxRetries: 0 }
      const at = (id: string, over = {}) => newJob(id, 's', { sink: { type: 'blob', dir: `/results/${id}` }, ...over })
      const ids = ['drop', 'fresh', 'engine', 'node', 'done']
      await store.addSubmission(
        newSubmission('s'),
        ids.map((id) => at(id, id === 'drop' ? {} : { dispatch }))
      )
      for (const [id, nodeId] of Object.entries({ engine: 'engine:e', node: 'n', done: 'n' }))
        await store.change(id, ['queued'], { state: 'running', ranOn: { nodeId, nodeName: id } })
      await store.change('done', ['running'], { state: 'failed' })
      const found = await store.destinationsInState(['queued', 'running'], 'engine:')
      expect(found.sort()).toEqual(['/results/drop', '/results/node'])
    })

    it('tells which uploads are read', async () => {
      const store = await makeStore()
      const upload = (id: string) =>
        newJob(id, 's', { source: { type: 'upload', path: `/up/${id}`, uploadId: `u-${id}` } })
      await store.addSubmission(newSubmission('s'), [upload('a'), upload('b'), newJob('c', 's')])
      await store.change('b', ['queued'], { state: 'cancelled' })
      expect(await store.uploadsInState(['queued'])).toEqual(['u-a'])
    })
  })

  describe('what waits', () => {
    it('can be asked for some profiles only', async () => {
      const store = await makeStore()
      const jobs = (['dzi', 'h264', 'webp', 'dzi'] as const).map((name, index) =>
        newJob(`${name}-${index}`, 's', { profile: parseProfile(name) })
      )
      await store.addSubmission(newSubmission('s'), jobs)
      expect(idsOf(await store.waiting(10, 0, ['dzi', 'webp']))).toEqual(['dzi-0', 'webp-2', 'dzi-3'])
      expect(idsOf(await store.waiting(1, 0, ['webp', 'h264']))).toEqual(['h264-1'])
      expect(await store.waiting(10, 0, [])).toEqual([])
    })

    it('answers queued jobs by priority, then by order of submission', async () => {
      const store = await makeStore()
      const jobs = (['low', 'normal', 'stat', 'high', 'normal', 'stat'] as const).map((priority, i) =>
        newJob(`${priority}-${i}`, 's', { priority })
      )
      await store.addSubmission(newSubmission('s'), [...jobs, newJob('held', 's', { state: 'held', priority: 'stat' })])
      expect(idsOf(await store.waiting(10, 0))).toEqual(['stat-2', 'stat-5', 'high-3', 'normal-1', 'normal-4', 'low-0'])
      expect(idsOf(await store.waiting(2, 0))).toEqual(['stat-2', 'stat-5'])
    })

    it('leaves out jobs until their backoff is over, and tells when the next is due', async () => {
      const store = await withJobs('a', 'b', 'c')
      await store.change('a', ['queued'], { notBeforeMs: 500 })
      await store.change('b', ['queued'], { notBeforeMs: 300 })
      expect(idsOf(await store.waiting(10, 299))).toEqual(['c'])
      expect(await store.nextDueMs(299)).toBe(300)
      expect(idsOf(await store.waiting(10, 300))).toEqual(['b', 'c'])
      expect(await store.nextDueMs(300)).toBe(500)
      expect(await store.nextDueMs(500)).toBeUndefined()
    })

    it('follows a changed priority', async () => {
      const store = await withJobs('a', 'b')
      await store.change('b', ['queued'], { priority: 'stat' })
      expect(idsOf(await store.waiting(10, 0))).toEqual(['b', 'a'])
    })
  })

  describe('changing', () => {
    it('changes what is named, clears what is named as undefined, and leaves the rest', async () => {
      const store = await withJobs('a')
      const error = { code: 'x', class: 'node', message: 'It broke.' } as const
      await store.change('a', ['queued'], { error, attempts: 1, failedNodeIds: ['n1'], notBeforeMs: 7 })
      const ranOn = { nodeId: 'n2', nodeName: 'PC 2' }
      const changed = await store.change('a', ['queued'], { state: 'running', error: undefined, startedAtMs: 5, ranOn })
      expect(changed).toMatchObject({ state: 'running', attempts: 1, failedNodeIds: ['n1'], startedAtMs: 5, ranOn })
      expect(changed?.error).toBeUndefined()
      expect(await store.get('a')).toEqual(changed)
    })

    it('keeps journal, report and output for the time after a crash', async () => {
      const store = await withJobs('a')
      await store.change('a', ['queued'], { state: 'running' })
      const commit = {
        epoch: 3,
        stagingDir: '/r/.s',
        moves: [{ from: '/r/.s/result.dzi', to: '/r/a.dzi' }],
        output: '/r/a.dzi'
      }
      const change = { state: 'verifying', commit, report: { levels: [1, 2], mpp: 0.499 }, output: '/r/a.dzi' } as const
      await store.change('a', ['running'], change)
      expect(await store.get('a')).toMatchObject(change)
    })

    it('answers undefined and changes nothing if the state is another or the job unknown', async () => {
      const store = await withJobs('a')
      expect(await store.change('a', ['running', 'held'], { state: 'queued', attempts: 9 })).toBeUndefined()
      expect(await store.change('nobody', ['queued'], { state: 'held' })).toBeUndefined()
      expect(await store.get('a')).toMatchObject({ state: 'queued', attempts: 0 })
    })

    it('lets one of two that race win', async () => {
      const store = await withJobs('a')
      const race = ['running', 'held'] as const
      const won = await Promise.all(race.map((state) => store.change('a', ['queued'], { state })))
      expect(won.filter((job) => job !== undefined)).toHaveLength(1)
    })

    it('throws on a move that the machine forbids, and changes nothing', async () => {
      const store = await withJobs('a')
      await expect(store.change('a', ['queued'], { state: 'verifying', attempts: 4 })).rejects.toMatchObject({
        code: 'forbidden-transition',
        class: 'bug'
      })
      expect(await store.get('a')).toMatchObject({ state: 'queued', attempts: 0 })
    })

    it('answers the jobs in some states, in order, and counts all', async () => {
      const store = await withJobs('a', 'b', 'c')
      await store.change('c', ['queued'], { state: 'running' })
      await store.change('a', ['queued'], { state: 'held' })
      expect(idsOf(await store.inState(['running', 'held']))).toEqual(['a', 'c'])
      expect(await store.inState([])).toEqual([])
      const none = { verifying: 0, completed: 0, failed: 0, cancelled: 0 }
      expect(await store.counts()).toEqual({ queued: 1, held: 1, running: 1, ...none })
    })
  })

  describe('claims on files', () => {
    it('knows sources of the submission and of jobs that have not ended, and outputs of the submission', async () => {
      const store = await withJobs('a', 'b')
      await store.addSubmission(newSubmission('t'), [newJob('c', 't')])
      await store.change('a', ['queued'], { state: 'completed', output: '/results/a.dzi' })
      expect(await store.claimOn('/slides/a.svs', 's')).toBe('source')
      expect(await store.claimOn('/slides/a.svs', 't')).toBeUndefined()
      expect(await store.claimOn('/slides/b.svs', 't')).toBe('source')
      expect(await store.claimOn('/results/a.dzi', 's')).toBe('output')
      expect(await store.claimOn('/results/a.dzi', 't')).toBeUndefined()
    })
  })

  jobHistoryContract(makeStore)
  submissionContract(makeStore)
}
