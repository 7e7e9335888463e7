import { describe, expect, it } from 'vitest'
import { plan } from './plan.ts'
import type { PlanWorker, WaitingTask } from './plan-input.ts'
import { GB, MB, task, worker } from './testing/plan-input-samples.ts'

const decide = (waiting: WaitingTask[], workers: PlanWorker[]) => plan({ waiting, workers })
const nodeOf = (waiting: WaitingTask, workers: PlanWorker[]) => decide([waiting], workers).assignments[0]?.nodeId
const runsBecause = (waiting: WaitingTask, workers: PlanWorker[]) => decide([waiting], workers).assignments[0]?.why
const waitsBecause = (waiting: WaitingTask, workers: PlanWorker[]) => decide([waiting], workers).waiting[0]?.why
/** Runs a slide of 97 MB since `elapsedMs`, to be done in `leftMs` if it goes on like that. */
const busyFor = (leftMs: number, elapsedMs = 10_000) => ({
  freeSlots: 0,
  running: [{ profile: 'dzi' as const, sizeBytes: 97 * MB, elapsedMs, progress: elapsedMs / (elapsedMs + leftMs) }]
})
const slow = { rates: { runBytesPerS: { dzi: 1 * MB } } }
const fast = { rates: { runBytesPerS: { dzi: 50 * MB } } }

describe('where a task runs', () => {
  it('runs at home when nobody else is there', () => {
    expect(runsBecause(task('t'), [worker('self')])).toBe('Runs here: no other computer is connected.')
  })

  it('keeps a small job at home and says why', () => {
    const small = task('t', { sizeBytes: 0.2 * MB })
    expect(nodeOf(small, [worker('a', fast), worker('self')])).toBe('self')
    expect(
      runsBecause(small, [
        worker('self', { rates: { runBytesPerS: { dzi: 20 * MB } } }),
        worker('a', { rates: { runBytesPerS: {}, linkBytesPerS: MB } })
      ])
    ).toBe('Runs here: sending it would take longer than converting it.')
  })

  it('keeps a slide at home whose tiles are only copied, though another computer encodes faster, and says why', () => {
    const [self, other] = [worker('self', slow), worker('a', fast)]
    expect(nodeOf(task('t'), [self, other])).toBe('a')
    const copied = task('t', { copied: true })
    expect(nodeOf(copied, [self, other])).toBe('self')
    expect(runsBecause(copied, [self, other])).toBe(
      'Runs here: its tiles are only copied, sending it would take longer.'
    )
    const soonFree = worker('self', {
      freeSlots: 0,
      running: [{ profile: 'dzi', copied: true, sizeBytes: 97 * MB, elapsedMs: 500, progress: 0.5 }]
    })
    expect(waitsBecause(copied, [soonFree, other])).toBe('Waits for this computer: sending it would take longer.')
    // What was measured beats what is expected.
    const slowCopier = worker('self', { rates: { runBytesPerS: { 'dzi copied': MB } } })
    expect(nodeOf(copied, [slowCopier, other])).toBe('a')
  })

  it('goes by the size that a look foretold of the result', () => {
    const foretold = task('t', { resultBytes: 3 * GB })
    expect(runsBecause(foretold, [worker('self', { says: { scratchFreeBytes: 2 * GB } }), worker('a')])).toBe(
      'Runs on A: this computer has no room for it.'
    )
  })

  it('sends a job where it is done first, the way there and back included', () => {
    const workers = [worker('self', slow), worker('a'), worker('b', fast)]
    expect(nodeOf(task('t'), workers)).toBe('b')
    expect(runsBecause(task('t'), workers)).toBe('Runs on B: it will be done sooner there.')
    const farAway = worker('b', { rates: { runBytesPerS: { dzi: 50 * MB }, linkBytesPerS: 2 * MB } })
    expect(nodeOf(task('t'), [worker('self', slow), worker('a'), farAway])).toBe('a')
  })

  it('takes the own worker of two that are equal, and the emptier of two others', () => {
    expect(nodeOf(task('t'), [worker('a'), worker('self')])).toBe('self')
    expect(nodeOf(task('t'), [worker('a', { freeSlots: 1 }), worker('b', { freeSlots: 3 })])).toBe('b')
  })

  it('sends a job elsewhere while this computer is busy, paused, unable or full', () => {
    const why = (self: PlanWorker) => runsBecause(task('t'), [self, worker('a')])
    expect(why(worker('self', busyFor(60_000)))).toBe('Runs on A: this computer is busy.')
    expect(why(worker('self', { says: { state: 'paused' } }))).toBe('Runs on A: this computer is paused.')
    expect(why(worker('self', { says: { profiles: ['webp'] } }))).toBe("Runs on A: this computer can't make dzi.")
    expect(why(worker('self', { says: { scratchFreeBytes: MB } }))).toBe('Runs on A: this computer has no room for it.')
  })

  it('fills all free slots, the nearest first', () => {
    const tasks = ['1', '2', '3', '4'].map((id) => task(id))
    const { assignments, waiting } = decide(tasks, [worker('self', { freeSlots: 2 }), worker('a')])
    expect(assignments.map(({ taskId, nodeId }) => [taskId, nodeId])).toEqual([
      ['1', 'self'],
      ['2', 'self'],
      ['3', 'a']
    ])
    expect(waiting).toEqual([{ taskId: '4', why: 'All computers are busy.' }])
  })

  it('never sends a task to a disk without room for source and result', () => {
    const big = task('t', { sizeBytes: 10 * GB })
    const tight = worker('a', { says: { scratchFreeBytes: 19 * GB } })
    expect(waitsBecause(big, [tight])).toBe('No computer has room for it on its disk.')
    expect(nodeOf(big, [worker('a', { says: { scratchFreeBytes: 20 * GB } })])).toBe('a')
  })
})

describe('waiting for a better place', () => {
  it('waits for the own slot when that is sooner than travelling', () => {
    const workers = [worker('self', busyFor(1000)), worker('a')]
    expect(waitsBecause(task('t'), workers)).toBe('Waits for this computer: sending it would take longer.')
  })

  it('travels when the own slot gets free too late', () => {
    expect(nodeOf(task('t'), [worker('self', busyFor(5000)), worker('a')])).toBe('a')
  })

  it('sees the queue that waits before it: some wait for the own slot, the next ones travel', () => {
    const tasks = ['1', '2', '3'].map((id) => task(id))
    const { assignments, waiting } = decide(tasks, [worker('self', busyFor(1000)), worker('a'), worker('b')])
    expect(waiting.map((one) => one.taskId)).toEqual(['1'])
    expect(assignments.map((one) => one.taskId)).toEqual(['2', '3'])
  })

  it('does not wait behind a task that hangs, whatever progress it shows', () => {
    const hung = {
      freeSlots: 0,
      running: [{ profile: 'dzi' as const, sizeBytes: MB, elapsedMs: 120_000, progress: 1 }]
    }
    expect(nodeOf(task('t'), [worker('self', hung), worker('a')])).toBe('a')
  })

  it('does not wait for slots that other masters fill, since nobody knows for how long', () => {
    const foreign = worker('a', { freeSlots: 0, ...fast, says: { state: 'working', busy: 4 } })
    expect(nodeOf(task('t'), [foreign, worker('self', slow)])).toBe('self')
  })
})

describe('priority', () => {
  it('places stat before high before normal before low, and equals in order', () => {
    const tasks = (['low', 'normal', 'stat', 'high', 'stat'] as const).map((priority, i) =>
      task(`${priority}${i}`, { priority })
    )
    const order = decide(tasks, [worker('self', { freeSlots: 3 })])
    expect(order.assignments.map((one) => one.taskId)).toEqual(['stat2', 'stat4', 'high3'])
    expect(order.waiting.map((one) => one.taskId)).toEqual(['normal1', 'low0'])
  })

  it('lets a task pass one that nobody can run', () => {
    const self = worker('self', { says: { profiles: ['dzi'] } })
    const { assignments } = decide([task('v', { profile: 'av1', priority: 'stat' }), task('s')], [self])
    expect(assignments.map((one) => one.taskId)).toEqual(['s'])
  })
})

describe('after failures', () => {
  it('tries a node that has not failed the job first, even one that is farther', () => {
    const failed = task('t', { failedNodeIds: ['self'] })
    expect(nodeOf(failed, [worker('self'), worker('a', slow)])).toBe('a')
    expect(runsBecause(failed, [worker('self'), worker('a')])).toBe('Runs on A: it failed here before.')
    expect(runsBecause(task('t', { failedNodeIds: ['a'] }), [worker('self', slow), worker('a')])).toBe(
      'Runs here: it failed elsewhere before.'
    )
  })

  it('waits for such a node while it is known to get free', () => {
    const failed = task('t', { failedNodeIds: ['self'] })
    expect(waitsBecause(failed, [worker('self'), worker('a', busyFor(9000))])).toBe(
      'Waits for A: it failed where there is room now.'
    )
  })

  it('tries the same node again where there is no other', () => {
    expect(nodeOf(task('t', { failedNodeIds: ['self'] }), [worker('self')])).toBe('self')
    const foreign = worker('a', { freeSlots: 0 })
    expect(nodeOf(task('t', { failedNodeIds: ['self'] }), [worker('self'), foreign])).toBe('self')
  })

  it('lets a node with three failures in the last hour rest', () => {
    const tired = worker('a', { ...fast, recentFailures: 3 })
    expect(nodeOf(task('t'), [tired, worker('b', slow)])).toBe('b')
    expect(nodeOf(task('t'), [worker('a', { ...fast, recentFailures: 2 }), worker('b', slow)])).toBe('a')
    expect(waitsBecause(task('t'), [tired, worker('b', { freeSlots: 0 })])).toBe(
      'All other computers are busy; A rests after 3 failures.'
    )
  })

  it('uses it all the same when there is nothing else', () => {
    const tired = worker('a', { recentFailures: 5 })
    expect(nodeOf(task('t'), [tired, worker('self', { says: { state: 'paused' } })])).toBe('a')
  })
})

describe('why nobody takes it', () => {
  const av1 = task('t', { profile: 'av1' })
  const unable = (nodeId: string) => worker(nodeId, { says: { profiles: ['dzi'] } })

  it.each<[string, WaitingTask, PlanWorker[]]>([
    ['No computer in the lab can make av1.', av1, [unable('self'), unable('a')]],
    ['No computer that is connected now can make av1.', av1, [unable('self'), worker('a', { status: undefined })]],
    ['All computers are busy.', task('t'), [worker('self', busyFor(9000)), worker('a', busyFor(9000))]],
    ['This computer is busy.', task('t'), [worker('self', busyFor(9000))]],
    ['A is busy.', av1, [unable('self'), worker('a', { freeSlots: 0 })]],
    ['Paused.', task('t'), [worker('self', { says: { state: 'pausing' } })]],
    ['A is paused.', av1, [unable('self'), worker('a', { says: { state: 'paused' } })]],
    [
      'All computers are paused.',
      task('t'),
      [worker('self', { says: { state: 'paused' } }), worker('a', { says: { state: 'paused' } })]
    ],
    [
      'This computer: It runs on battery.',
      task('t'),
      [worker('self', { says: { state: 'unavailable', reason: 'It runs on battery.' } })]
    ],
    ['No computer in the lab can make dzi.', task('t'), []]
  ])('says "%s"', (sentence, waiting, workers) => {
    expect(waitsBecause(waiting, workers)).toBe(sentence)
  })
})
