import { describe, expect, it } from 'vitest'
import { type Job, type JobState, job as jobSchema } from '../../shared/domain/jobs.ts'
import { parseProfile } from '../../shared/domain/profiles.ts'
import { allows, idsFor } from '../jobs/job-actions.ts'
import { overallOf } from '../jobs/overall.ts'
import { countFilters, inScope, ofState } from './job-filter.ts'
import { sortJobs } from './job-order.ts'
import {
  afterClick,
  afterMove,
  afterSelectAll,
  afterToggle,
  keepExisting,
  nothingSelected,
  type Selection
} from './selection.ts'

function job(id: string, change: Partial<Job> = {}): Job {
  return jobSchema.parse({
    id,
    submissionId: 's1',
    file: `/in/${id}.svs`,
    name: `${id}.svs`,
    kind: 'slide',
    sizeBytes: 100,
    profile: parseProfile('dzi'),
    priority: 'normal',
    state: 'queued',
    progress: 0,
    attempts: 0,
    createdAtMs: 1,
    ...change
  })
}

describe('filtering', () => {
  const jobs = [
    job('a', { state: 'running', nodeName: 'Scanner room' }),
    job('b', { state: 'verifying' }),
    job('c', {
      state: 'failed',
      submissionId: 's2',
      error: { code: 'x', class: 'input', message: 'The slide ends early.' }
    }),
    job('d')
  ]

  it('counts verifying among what runs', () => {
    expect(countFilters(jobs)).toEqual({ all: 4, running: 2, waiting: 1, held: 0, failed: 1, done: 0, cancelled: 0 })
    expect(ofState(jobs, 'running').map(({ id }) => id)).toEqual(['a', 'b'])
  })

  it('finds by name, computer and failure, every word, whatever the case', () => {
    const found = (search: string) => inScope(jobs, { search, submissionId: undefined }).map(({ id }) => id)
    expect(found('SCANNER a.svs')).toEqual(['a'])
    expect(found('ends EARLY')).toEqual(['c'])
    expect(found('  ')).toEqual(['a', 'b', 'c', 'd'])
    expect(found('scanner early')).toEqual([])
  })

  it('narrows to one submission', () => {
    expect(inScope(jobs, { search: '', submissionId: 's2' }).map(({ id }) => id)).toEqual(['c'])
  })
})

describe('ordering', () => {
  const ids = (jobs: readonly Job[]) => jobs.map(({ id }) => id)

  it('shows what runs, then failures, then what waits by priority, then what ended last', () => {
    const jobs = [
      job('old', { state: 'completed', endedAtMs: 5 }),
      job('low', { priority: 'low' }),
      job('stat', { priority: 'stat' }),
      job('new', { state: 'completed', endedAtMs: 9 }),
      job('bad', { state: 'failed', endedAtMs: 3 }),
      job('run', { state: 'running' })
    ]
    expect(ids(sortJobs(jobs, { key: 'activity', descending: false }))).toEqual([
      'run',
      'bad',
      'stat',
      'low',
      'new',
      'old'
    ])
  })

  it('keeps the places of running jobs while their progress changes', () => {
    const at = (progress: number) => [job('b', { state: 'running', progress }), job('a', { state: 'running' })]
    const order = (progress: number) => ids(sortJobs(at(progress), { key: 'activity', descending: false }))
    expect(order(0.9)).toEqual(order(0.1))
  })

  it('sorts names as people count', () => {
    const jobs = [job('S10'), job('S9'), job('s1')]
    expect(ids(sortJobs(jobs, { key: 'name', descending: false }))).toEqual(['s1', 'S9', 'S10'])
    expect(ids(sortJobs(jobs, { key: 'name', descending: true }))).toEqual(['S10', 'S9', 's1'])
  })

  it('puts jobs without a computer last', () => {
    const jobs = [job('none'), job('z', { nodeName: 'Z' }), job('a', { nodeName: 'A' })]
    expect(ids(sortJobs(jobs, { key: 'computer', descending: false }))).toEqual(['a', 'z', 'none'])
  })
})

describe('selecting', () => {
  const order = ['a', 'b', 'c', 'd', 'e']
  const plain = { range: false, toggle: false }
  const shift = { range: true, toggle: false }
  const ctrl = { range: false, toggle: true }
  const ids = (selection: Selection) => [...selection.ids].sort()

  it('selects one by a click, a range by Shift, single ones by Ctrl', () => {
    const one = afterClick(nothingSelected, order, 'b', plain)
    expect(ids(one)).toEqual(['b'])
    const range = afterClick(one, order, 'd', shift)
    expect(ids(range)).toEqual(['b', 'c', 'd'])
    expect(ids(afterClick(range, order, 'a', shift))).toEqual(['a', 'b'])
    expect(ids(afterClick(range, order, 'c', ctrl))).toEqual(['b', 'd'])
  })

  it('moves with the arrows, extends with Shift, and stops at the ends', () => {
    const start = afterMove(nothingSelected, order, 1, plain)
    expect(start.activeId).toBe('a')
    const down = afterMove(start, order, 1, shift)
    expect(ids(down)).toEqual(['a', 'b'])
    expect(ids(afterMove(down, order, -1, shift))).toEqual(['a'])
    expect(afterMove(start, order, -1, plain).activeId).toBe('a')
    expect(afterMove(start, order, 99, plain).activeId).toBe('e')
  })

  it('goes to the ends with Home and End even where nothing is active', () => {
    expect(afterMove(nothingSelected, order, order.length, plain).activeId).toBe('e')
    expect(afterMove(nothingSelected, order, -order.length, plain).activeId).toBe('a')
    expect(afterMove(nothingSelected, order, -1, plain).activeId).toBe('e')
    expect(afterMove(nothingSelected, [], 1, plain)).toBe(nothingSelected)
  })

  it('selects everything shown, and nothing the second time', () => {
    const all = afterSelectAll(nothingSelected, order)
    expect(ids(all)).toEqual(order)
    expect(ids(afterSelectAll(all, order))).toEqual([])
  })

  it('forgets rows that left the list, and changes nothing while none did', () => {
    const selection = afterToggle(afterToggle(nothingSelected, 'a'), 'b')
    expect(keepExisting(selection, () => true)).toBe(selection)
    expect(keepExisting(selection, (id) => id === 'a')).toEqual({
      ids: new Set(['a']),
      activeId: undefined,
      anchorId: undefined
    })
  })
})

describe('acting', () => {
  it.each<[JobState, Partial<Job>, string[]]>([
    ['queued', {}, ['cancel', 'hold', 'set-priority']],
    ['held', {}, ['cancel', 'release', 'set-priority']],
    ['running', {}, ['cancel']],
    ['running', { viewable: 'now' }, ['cancel', 'view']],
    ['verifying', {}, ['cancel']],
    ['completed', {}, ['remove']],
    ['completed', { output: '/out/a.dzi' }, ['remove', 'view']],
    ['failed', {}, ['remove', 'retry']],
    ['cancelled', {}, ['remove', 'retry']]
  ])('offers what a %s job allows: %o', (state, facts, actions) => {
    const all = ['cancel', 'hold', 'release', 'remove', 'retry', 'set-priority', 'view'] as const
    expect(all.filter((action) => allows(job('a', { state, ...facts }), action))).toEqual(actions)
  })

  it('applies to those of a selection that allow it', () => {
    expect(idsFor([job('a', { state: 'failed' }), job('b'), job('c', { state: 'failed' })], 'retry')).toEqual([
      'a',
      'c'
    ])
  })
})

describe('overall progress', () => {
  it('weighs by size and counts only submissions that still have work', () => {
    const jobs = [
      job('done', { state: 'completed', sizeBytes: 300, progress: 1 }),
      job('run', { state: 'running', sizeBytes: 100, progress: 0.5, speed: { value: 10, unit: 'Mpx/s' } }),
      job('elsewhere', { state: 'completed', submissionId: 's2', sizeBytes: 9000 })
    ]
    expect(overallOf(jobs)).toEqual({
      running: 1,
      waiting: 0,
      progress: 0.875,
      speeds: [{ value: 10, unit: 'Mpx/s' }]
    })
  })

  it('knows no progress where nothing is left to do', () => {
    expect(overallOf([job('a', { state: 'completed' }), job('b', { state: 'held' })]).progress).toBeUndefined()
  })

  it('adds up speeds of one unit and keeps units apart', () => {
    const running = (id: string, value: number, unit: 'Mpx/s' | 'x') =>
      job(id, { state: 'running', speed: { value, unit } })
    const jobs = [running('a', 10, 'Mpx/s'), running('b', 5, 'Mpx/s'), running('c', 2, 'x')]
    expect(overallOf(jobs).speeds).toEqual([
      { value: 15, unit: 'Mpx/s' },
      { value: 2, unit: 'x' }
    ])
  })
})
