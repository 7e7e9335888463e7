import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../shared/domain/profiles.ts'
import type { JobStore, KnownResult } from '../../jobs/index.ts'
import { newJob, newSubmission } from '../testing/sample-jobs.ts'

/** Part of the job store's contract: attempts, log lines, known results. */
export function jobHistoryContract(makeStore: () => Promise<JobStore>): void {
  const withJob = async () => {
    const store = await makeStore()
    await store.addSubmission(newSubmission('s'), [newJob('a', 's')])
    return store
  }
  const attempt = (epoch: number) => ({ epoch, nodeId: 'n', nodeName: 'PC 1', startedAtMs: 10 * epoch })

  describe('attempts', () => {
    it('runs from its start to its first end', async () => {
      const store = await withJob()
      const error = { code: 'worker-lost', class: 'transport', message: 'It left.' } as const
      await store.startAttempt('a', attempt(2))
      await store.startAttempt('a', attempt(1))
      await store.endAttempt('a', 1, { outcome: 'lost', error, endedAtMs: 15 })
      await store.endAttempt('a', 1, { outcome: 'completed', endedAtMs: 99 })
      expect(await store.attempts('a')).toEqual([
        { ...attempt(1), endedAtMs: 15, outcome: 'lost', error },
        { ...attempt(2), outcome: 'running' }
      ])
    })

    it('refuses an attempt of a job that is not there, and a second one of the same epoch', async () => {
      const store = await withJob()
      await expect(store.startAttempt('nobody', attempt(1))).rejects.toMatchObject({ code: 'no-such-job' })
      await store.startAttempt('a', attempt(1))
      await expect(store.startAttempt('a', attempt(1))).rejects.toMatchObject({ class: 'bug' })
    })
  })

  describe('log lines', () => {
    it('keeps the newest 200 of a job, in order', async () => {
      const store = await withJob()
      for (let atMs = 1; atMs <= 205; atMs += 1)
        await store.addLogLine('a', { atMs, level: 'info', message: `line ${atMs}` })
      const lines = await store.logLines('a')
      expect(lines).toHaveLength(200)
      expect(lines[0]).toEqual({ atMs: 6, level: 'info', message: 'line 6' })
      expect(lines.at(-1)?.message).toBe('line 205')
    })

    it('drops a line of a job that was removed meanwhile', async () => {
      const store = await withJob()
      await store.addLogLine('nobody', { atMs: 1, level: 'warn', message: 'late' })
      expect(await store.logLines('nobody')).toEqual([])
    })
  })

  describe('known results', () => {
    const result = (output: string, over: Partial<KnownResult> = {}): KnownResult => ({
      output,
      sourcePath: '/slides/a.svs',
      sourceSizeBytes: 1,
      sourceModifiedAtMs: 2.5,
      profile: parseProfile('dzi'),
      outputSizeBytes: 3,
      outputModifiedAtMs: 4.5,
      ...over
    })

    it('remembers the newest that made an output', async () => {
      const store = await makeStore()
      await store.recordResult(result('/r/a.dzi', { sourcePath: '/slides/old.svs' }))
      await store.recordResult(result('/r/a.dzi'))
      expect(await store.knownResult('/r/a.dzi')).toEqual(result('/r/a.dzi'))
      expect(await store.resultsOf('/slides/old.svs', parseProfile('dzi'))).toEqual([])
      expect(await store.knownResult('/r/b.dzi')).toBeUndefined()
    })

    it('finds the results of one source with one profile, newest first, whatever the order of its options', async () => {
      const store = await makeStore()
      const { name, options } = parseProfile('dzi')
      for (const output of ['/r/1.dzi', '/r/2.dzi', '/r/1.dzi']) await store.recordResult(result(output))
      await store.recordResult(result('/r/3.dzi', { profile: parseProfile('dzi', { quality: 50 }) }))
      const reversed = { name, options: Object.fromEntries(Object.entries(options).reverse()) }
      const found = await store.resultsOf('/slides/a.svs', reversed)
      expect(found.map((one) => one.output)).toEqual(['/r/1.dzi', '/r/2.dzi'])
    })

    it('forgets those whose files were made too long ago', async () => {
      const store = await makeStore()
      await store.recordResult(result('/r/old.dzi', { outputModifiedAtMs: 99 }))
      await store.recordResult(result('/r/new.dzi', { outputModifiedAtMs: 100 }))
      await store.expireResults(100)
      const found = await store.resultsOf('/slides/a.svs', parseProfile('dzi'))
      expect(found.map((one) => one.output)).toEqual(['/r/new.dzi'])
    })
  })
}
