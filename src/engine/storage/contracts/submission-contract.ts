import { describe, expect, it } from 'vitest'
import type { JobStore } from '../../jobs/index.ts'
import { newJob, newSubmission } from '../testing/sample-jobs.ts'

/** Part of the job store's contract: submissions, and how jobs leave. */
export function submissionContract(makeStore: () => Promise<JobStore>): void {
  const end = (store: JobStore, id: string, state: 'failed' | 'cancelled', endedAtMs: number) =>
    store.change(id, ['queued'], { state, endedAtMs })
  const idsOf = (rows: { id: string }[]) => rows.map((row) => row.id)

  describe('submissions', () => {
    it('counts its jobs by how they ended, skipped ones among the completed', async () => {
      const store = await makeStore()
      await store.addSubmission(newSubmission('s', { priority: 'stat', onExists: 'skip', createdAtMs: 7 }), [
        newJob('a', 's'),
        newJob('b', 's'),
        newJob('c', 's'),
        newJob('d', 's')
      ])
      await end(store, 'a', 'failed', 20)
      await end(store, 'b', 'cancelled', 90)
      await store.change('c', ['queued'], { state: 'completed', skipped: true, endedAtMs: 40 })
      const open = await store.submission('s')
      const kept = { id: 's', createdAtMs: 7, destination: '/results', priority: 'stat', onExists: 'skip' }
      expect(open).toEqual({
        ...kept,
        total: 4,
        completed: 1,
        failed: 1,
        cancelled: 1,
        skipped: 1,
        endedAtMs: undefined
      })
      await store.change('d', ['queued'], { state: 'held' })
      expect((await store.submission('s'))?.endedAtMs).toBeUndefined()
      await store.change('d', ['held'], { state: 'cancelled', endedAtMs: 60 })
      expect(await store.submission('s')).toMatchObject({ cancelled: 2, endedAtMs: 90 })
    })

    it('lists the newest first, those without jobs too', async () => {
      const store = await makeStore()
      for (const id of ['s', 't', 'u'])
        await store.addSubmission(newSubmission(id), id === 'u' ? [] : [newJob(`${id}1`, id)])
      const newest = await store.submissions(2)
      expect(newest.map(({ id, total, completed }) => [id, total, completed])).toEqual([
        ['u', 0, 0],
        ['t', 1, 0]
      ])
      expect(await store.submission('nobody')).toBeUndefined()
    })
  })

  describe('leaving', () => {
    it('removes ended jobs only, with all that belongs to them', async () => {
      const store = await makeStore()
      await store.addSubmission(newSubmission('s'), [newJob('a', 's'), newJob('b', 's')])
      await store.startAttempt('a', { epoch: 1, nodeId: 'n', nodeName: 'PC', startedAtMs: 1 })
      await store.addLogLine('a', { atMs: 1, level: 'info', message: 'line' })
      await end(store, 'a', 'failed', 20)
      expect(await store.remove(['a', 'b', 'nobody'])).toEqual(['a'])
      expect(await store.get('a')).toBeUndefined()
      expect([...(await store.attempts('a')), ...(await store.logLines('a'))]).toEqual([])
      expect(await store.submission('s')).toMatchObject({ total: 1 })
    })

    it('removes a submission with its last job', async () => {
      const store = await makeStore()
      await store.addSubmission(newSubmission('s'), [newJob('a', 's')])
      await end(store, 'a', 'cancelled', 20)
      await store.remove(['a'])
      expect(await store.submission('s')).toBeUndefined()
    })

    it('expires what ended before, and nothing else', async () => {
      const store = await makeStore()
      await store.addSubmission(
        newSubmission('s', { createdAtMs: 1 }),
        ['a', 'b', 'c'].map((id) => newJob(id, 's'))
      )
      await store.addSubmission(newSubmission('empty', { createdAtMs: 1 }), [])
      await end(store, 'a', 'failed', 20)
      await end(store, 'b', 'failed', 21)
      expect(await store.expire(21)).toEqual(['a'])
      expect(idsOf((await store.list({ limit: 9 })).jobs)).toEqual(['c', 'b'])
      expect(idsOf(await store.submissions(9))).toEqual(['s'])
    })

    it('never gives the number of a removed job to another', async () => {
      const store = await makeStore()
      const [a] = await store.addSubmission(newSubmission('s'), [newJob('a', 's')])
      await end(store, 'a', 'failed', 20)
      await store.remove(['a'])
      const [b] = await store.addSubmission(newSubmission('t'), [newJob('b', 't')])
      expect(b?.sequence).toBeGreaterThan(a?.sequence ?? Number.POSITIVE_INFINITY)
    })
  })
}
