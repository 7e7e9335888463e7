import { describe, expect, it } from 'vitest'
import { type Job, job as jobSchema } from '../../shared/domain/jobs.ts'
import type { NodeView } from '../../shared/domain/nodes.ts'
import { parseProfile } from '../../shared/domain/profiles.ts'
import { afterEvent, type LabState, selfFirst, useLab } from './lab-store.ts'

const job = (id: string, progress = 0): Job =>
  jobSchema.parse({
    id,
    submissionId: 's',
    file: id,
    name: id,
    kind: 'slide',
    sizeBytes: 1,
    profile: parseProfile('dzi'),
    priority: 'normal',
    state: 'running',
    progress,
    attempts: 1,
    createdAtMs: 0
  })
const state = (jobs: Job[]): LabState => ({ ...useLab.getState(), jobs: new Map(jobs.map((one) => [one.id, one])) })

describe('events of the engine', () => {
  it('changes the jobs that it names and leaves the others as they are', () => {
    const before = state([job('a'), job('b')])
    const { jobs } = afterEvent(before, { type: 'jobs', jobs: [job('b', 0.5), job('c')] })
    expect([...(jobs?.keys() ?? [])]).toEqual(['a', 'b', 'c'])
    expect(jobs?.get('a')).toBe(before.jobs.get('a'))
    expect(jobs?.get('b')?.progress).toBe(0.5)
  })

  it('takes removed jobs away without touching the map that others hold', () => {
    const before = state([job('a'), job('b')])
    const { jobs } = afterEvent(before, { type: 'jobs-removed', ids: ['a', 'unknown'] })
    expect([...(jobs?.keys() ?? [])]).toEqual(['b'])
    expect(before.jobs.size).toBe(2)
  })
})

it('lists this computer first, then by name', () => {
  const node = (name: string, isSelf = false) => ({ name, isSelf }) as NodeView
  expect(selfFirst([node('Zoo'), node('Bench'), node('Own', true)]).map(({ name }) => name)).toEqual([
    'Own',
    'Bench',
    'Zoo'
  ])
})
