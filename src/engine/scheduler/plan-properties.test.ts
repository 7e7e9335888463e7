import fc from 'fast-check'
import { expect, it } from 'vitest'
import { priorities } from '../../shared/domain/jobs.ts'
import { kindOfProfile, profileName } from '../../shared/domain/profiles.ts'
import { blockerOf, rests } from './candidates.ts'
import { resultRatio } from './default-rates.ts'
import { plan } from './plan.ts'
import type { PlanInput, PlanWorker, WaitingTask } from './plan-input.ts'
import { worker } from './testing/plan-input-samples.ts'

const nodeIds = ['self', 'a', 'b', 'c', 'd']
const anyProfile = fc.constantFrom(...profileName.options)
const anySize = fc.integer({ min: 0, max: 5_000_000_000 })
const anyTask = fc
  .record({
    profile: anyProfile,
    sizeBytes: anySize,
    priority: fc.constantFrom(...priorities),
    failedNodeIds: fc.subarray(nodeIds)
  })
  .map((task): Omit<WaitingTask, 'taskId'> => ({ ...task, kind: kindOfProfile(task.profile) }))
const anyRunning = fc.record({
  profile: anyProfile,
  sizeBytes: anySize,
  elapsedMs: fc.nat({ max: 1_000_000 }),
  progress: fc.double({ min: 0, max: 1, noNaN: true })
})
const anyWorker = (nodeId: string) =>
  fc
    .record({
      online: fc.boolean(),
      state: fc.constantFrom('idle', 'working', 'pausing', 'paused', 'unavailable'),
      profiles: fc.subarray(profileName.options),
      scratchFreeBytes: fc.integer({ min: 0, max: 20_000_000_000 }),
      freeSlots: fc.nat({ max: 4 }),
      running: fc.array(anyRunning, { maxLength: 4 }),
      rate: fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: undefined }),
      linkBytesPerS: fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: undefined }),
      recentFailures: fc.nat({ max: 5 })
    })
    .map(({ online, state, profiles, scratchFreeBytes, freeSlots, running, rate, linkBytesPerS, recentFailures }) => {
      const known = worker(nodeId, { freeSlots, running, recentFailures, says: { state, profiles, scratchFreeBytes } })
      const rates = { runBytesPerS: rate === undefined ? {} : { dzi: rate, webp: rate }, linkBytesPerS }
      return { ...known, rates, status: online ? known.status : undefined }
    })
const anyInput: fc.Arbitrary<PlanInput> = fc
  .tuple(fc.subarray(nodeIds), fc.array(anyTask, { maxLength: 20 }))
  .chain(([ids, tasks]) =>
    fc.record({
      waiting: fc.constant(tasks.map((task, i) => ({ ...task, taskId: String(i) }))),
      workers: fc.tuple(...ids.map(anyWorker)) as fc.Arbitrary<PlanWorker[]>
    })
  )
const holds = (property: (input: PlanInput) => void) => fc.assert(fc.property(anyInput, property), { numRuns: 300 })
const find = <T>(all: readonly T[], is: (one: T) => boolean): T => {
  const found = all.find(is)
  if (!found) throw new Error('The plan names something that is not in its input.')
  return found
}

it('decides on every task exactly once, in a sentence', () => {
  holds((input) => {
    const { assignments, waiting } = plan(input)
    const decided = [...assignments, ...waiting]
    expect(decided.map((one) => one.taskId).sort()).toEqual(input.waiting.map((one) => one.taskId).sort())
    for (const { why } of decided) expect(why).toMatch(/^[A-Z].*[^.]\.$/)
  })
})

it('never lends more than the free slots of a worker', () => {
  holds((input) => {
    const { assignments } = plan(input)
    for (const { nodeId, freeSlots } of input.workers)
      expect(assignments.filter((one) => one.nodeId === nodeId).length).toBeLessThanOrEqual(freeSlots)
  })
})

it('never lends to a worker that is away, unable, stopped or full', () => {
  holds((input) => {
    for (const { taskId, nodeId } of plan(input).assignments) {
      const { status, isSelf } = find(input.workers, (one) => one.nodeId === nodeId)
      const { profile, kind, sizeBytes } = find(input.waiting, (one) => one.taskId === taskId)
      expect(status?.profiles).toContain(profile)
      expect(['idle', 'working']).toContain(status?.state)
      expect(status?.scratchFreeBytes).toBeGreaterThanOrEqual(
        sizeBytes * (resultRatio[kind] + (isSelf ? 0 : 1)) * 0.999
      )
    }
  })
})

it('never lets a task of lower priority, or a later one, change what happens to another', () => {
  holds((input) => {
    const all = plan(input)
    for (const priority of priorities) {
      const upTo = priorities.slice(0, priorities.indexOf(priority) + 1)
      const important = new Set(input.waiting.filter((one) => upTo.includes(one.priority)).map((one) => one.taskId))
      const alone = plan({ ...input, waiting: input.waiting.filter((one) => important.has(one.taskId)) })
      expect(all.assignments.filter((one) => important.has(one.taskId))).toEqual(alone.assignments)
      expect(all.waiting.filter((one) => important.has(one.taskId))).toEqual(alone.waiting)
    }
  })
})

it('never leaves a slot free that the first task could use, unless it waits for a place where it is done sooner', () => {
  holds((input) => {
    const [first] = input.waiting
    if (!first) return
    const { waiting } = plan({ ...input, waiting: [first] })
    const couldRun = input.workers.some((one) => one.freeSlots > 0 && !rests(one) && !blockerOf(first, one))
    if (couldRun && waiting[0]) expect(waiting[0].why).toMatch(/^Waits for /)
  })
})

it('comes to an end for everybody: with slots free and nothing running, every task that somebody can run is lent', () => {
  holds((input) => {
    const workers = input.workers.map((one) => ({ ...one, running: [], freeSlots: input.waiting.length }))
    const { waiting } = plan({ ...input, workers })
    for (const { taskId } of waiting) {
      const task = find(input.waiting, (one) => one.taskId === taskId)
      expect(workers.every((one) => blockerOf(task, one) !== undefined)).toBe(true)
    }
  })
})
