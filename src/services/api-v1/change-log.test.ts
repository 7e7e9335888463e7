import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ChangeLog } from './change-log.ts'

test('who reads along sees the last change of each job, in order, and none twice', () => {
  const changes = fc.array(fc.integer({ min: 0, max: 5 }).map(String), { maxLength: 60 })
  fc.assert(
    fc.property(changes, fc.nat(60), fc.integer({ min: 1, max: 20 }), (jobs, from, size) => {
      const log = new ChangeLog(size)
      for (const job of jobs) log.note(job)
      const start = Math.max(Math.min(from, jobs.length), log.oldest)
      const last = new Map(jobs.map((job, index) => [job, index + 1]))
      const expected = [...last].filter(([, number]) => number > start).sort(([, a], [, b]) => a - b)
      const seen: [string, number][] = []
      for (let change = log.next(start); change; change = log.next(change.number))
        seen.push([change.jobId, change.number])
      expect(seen).toEqual(expected)
      expect(log.newest).toBe(jobs.length)
    })
  )
})

test('it remembers no more than it is told to', () => {
  const log = new ChangeLog(2)
  for (const job of ['a', 'b', 'c']) log.note(job)
  expect([log.oldest, log.lastOf('a'), log.lastOf('b'), log.lastOf('c')]).toEqual([1, 0, 2, 3])
})
