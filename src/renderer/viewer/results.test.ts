import { describe, expect, test } from 'vitest'
import type { Job } from '../../shared/domain/jobs.ts'
import { neighboursOf } from './results.ts'

function job(id: string, createdAtMs: number, change: Partial<Job> = {}): Job {
  return {
    id,
    submissionId: 's',
    file: `/in/${id}`,
    name: id,
    kind: 'image',
    sizeBytes: 1,
    profile: { name: 'webp', options: {} },
    priority: 'normal',
    state: 'completed',
    progress: 1,
    attempts: 1,
    output: `/out/${id}`,
    createdAtMs,
    ...change
  }
}

describe('the results beside one', () => {
  const b = job('b', 20)
  const jobs = [job('c', 30), job('a', 10), b, job('d', 40), job('x', 25, { state: 'failed' })]

  test('are the nearest in time, failures left out', () => {
    expect(neighboursOf(jobs, b)).toEqual({ previous: 'a', next: 'c', place: 2, total: 4 })
  })

  test('end at the first and the last', () => {
    expect(neighboursOf(jobs, job('a', 10)).previous).toBeUndefined()
    expect(neighboursOf(jobs, job('d', 40)).next).toBeUndefined()
  })

  test('of one drop are told apart by their ids', () => {
    const twins = [job('2', 5), job('1', 5), job('3', 5)]
    expect(neighboursOf(twins, job('2', 5))).toEqual({ previous: '1', next: '3', place: 2, total: 3 })
  })
})
