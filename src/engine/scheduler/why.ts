import { type Blocker, blockerOf, failedThere, rests } from './candidates.ts'
import { runMs, transferMs } from './cost.ts'
import type { PlanWorker, WaitingTask } from './plan-input.ts'
import type { Timetable } from './timetable.ts'
import { restAfterFailures } from './worker-health.ts'

/** What a decision was made from. */
export interface Scene {
  task: WaitingTask
  workers: readonly PlanWorker[]
  candidates: readonly PlanWorker[]
  timetable: Timetable
}

/** One sentence on why `chosen` runs the task now; asked before its slot is taken. */
export function whyRuns(chosen: PlanWorker, scene: Scene): string {
  return chosen.isSelf ? `Runs here: ${whyHere(chosen, scene)}.` : `Runs on ${chosen.name}: ${whyThere(chosen, scene)}.`
}

/** One sentence on why the task waits: for a slot of `awaited`, or because nobody takes it. */
export function whyWaits(awaited: PlanWorker | undefined, scene: Scene): string {
  if (scene.candidates.length === 0) return whyNobody(scene)
  const free = scene.candidates.filter((worker) => scene.timetable.freeNow(worker) > 0)
  if (awaited && free.length > 0 && free.every((worker) => failedThere(scene.task, worker)))
    return `Waits for ${called(awaited)}: it failed where there is room now.`
  if (awaited && free.length > 0)
    return awaited.isSelf
      ? 'Waits for this computer: sending it would take longer.'
      : `Waits for ${awaited.name}: it will be done sooner there.`
  return whyBusy(scene)
}

function whyHere(self: PlanWorker, { task, workers, candidates, timetable }: Scene): string {
  if (!workers.some((worker) => !worker.isSelf && worker.status)) return 'no other computer is connected'
  const others = candidates.filter((worker) => !worker.isSelf)
  if (others.length === 0) return 'no other computer can take it'
  const free = others.filter((worker) => timetable.freeNow(worker) > 0)
  if (free.length === 0) return others.length === 1 ? 'the other computer is busy' : 'the other computers are busy'
  if (free.every((worker) => failedThere(task, worker))) return 'it failed elsewhere before'
  const convertingMs = runMs(task, self.rates)
  if (free.every((worker) => transferMs(task, worker) > convertingMs))
    return task.copied
      ? 'its tiles are only copied, sending it would take longer'
      : 'sending it would take longer than converting it'
  return 'it will be done sooner than elsewhere'
}

function whyThere(chosen: PlanWorker, { task, workers, timetable }: Scene): string {
  const self = workers.find((worker) => worker.isSelf)
  if (!self) return 'it will be done first there'
  const blocker = blockerOf(task, self)
  if (blocker) return `this computer ${blockedSelf(blocker, task)}`
  if (failedThere(task, self) && !failedThere(task, chosen)) return 'it failed here before'
  if (rests(self) && !rests(chosen)) return `this computer rests after ${restAfterFailures} failures`
  if (timetable.freeNow(self) === 0) return 'this computer is busy'
  return 'it will be done sooner there'
}

function blockedSelf(blocker: Blocker, { profile }: WaitingTask): string {
  switch (blocker) {
    case 'offline':
      return 'runs no jobs'
    case 'cannot':
      return `can't make ${profile}`
    case 'paused':
      return 'is paused'
    case 'unavailable':
      return 'takes no work now'
    case 'no-room':
      return 'has no room for it'
  }
}

/** Of several hindrances the one that is nearest to running: those that can't do it at all say nothing where others could. */
function whyNobody({ task, workers }: Scene): string {
  const blockedBy = (blocker: Blocker) => workers.filter((worker) => blockerOf(task, worker) === blocker)
  if (blockedBy('no-room').length > 0) return 'No computer has room for it on its disk.'
  const [unavailable] = blockedBy('unavailable')
  if (unavailable)
    return unavailable.status?.reason
      ? `${name(unavailable)}: ${sentence(unavailable.status.reason)}`
      : 'No computer takes work now.'
  const paused = blockedBy('paused')
  if (paused.length > 0) return whyPaused(paused, workers)
  if (blockedBy('offline').length > 0) return `No computer that is connected now can make ${task.profile}.`
  return `No computer in the lab can make ${task.profile}.`
}

function whyPaused(paused: readonly PlanWorker[], workers: readonly PlanWorker[]): string {
  const [only] = paused
  if (workers.length === 1 || !only) return 'Paused.'
  return paused.length === 1 ? `${name(only)} is paused.` : 'All computers are paused.'
}

function whyBusy({ task, workers, candidates, timetable }: Scene): string {
  const resting = workers.find((worker) => rests(worker) && !candidates.includes(worker) && !blockerOf(task, worker))
  if (resting && timetable.freeNow(resting) > 0)
    return `All other computers are busy; ${called(resting)} rests after ${restAfterFailures} failures.`
  const [only] = candidates
  // What it said is more than that it is busy: perhaps its disk is full.
  if (only && candidates.every((worker) => worker.refusal !== undefined))
    return `${name(only)}: ${sentence(only.refusal ?? '')}`
  return candidates.length === 1 && only ? `${name(only)} is busy.` : 'All computers are busy.'
}

const called = (worker: PlanWorker) => (worker.isSelf ? 'this computer' : worker.name)
const name = (worker: PlanWorker) => (worker.isSelf ? 'This computer' : worker.name)
const sentence = (text: string) => (text.endsWith('.') ? text : `${text}.`)
