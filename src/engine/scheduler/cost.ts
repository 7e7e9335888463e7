import { kindOfProfile, type ProfileName } from '../../shared/domain/profiles.ts'
import {
  defaultLinkBytesPerS,
  defaultRunBytesPerS,
  resultRatio,
  runOverheadMs,
  sendOverheadMs
} from './default-rates.ts'
import type { PlanWorker, RunningTask } from './plan-input.ts'
import type { NodeRates } from './rates.ts'

type Work = { profile: ProfileName; sizeBytes: number }
type Where = { isSelf: boolean; rates: NodeRates }

/** A task that went on for long goes on for at least this share of that, whatever was expected: so nobody waits for a hung one. */
const overdueShare = 0.1
/** Below it, progress says less than the rates. */
const tellingProgress = 0.05

/** Milliseconds that a node needs for a task alone, from measured rates or the defaults. */
export function runMs(work: Work, rates: NodeRates): number {
  const bytesPerS = rates.runBytesPerS[work.profile] ?? defaultRunBytesPerS[work.profile]
  return runOverheadMs + (work.sizeBytes * 1000) / bytesPerS
}

/** Milliseconds that source and result travel; nothing travels to the own worker. */
export function transferMs(work: Work, { isSelf, rates }: Where): number {
  if (isSelf) return 0
  const bytes = work.sizeBytes + resultBytes(work)
  return sendOverheadMs + (bytes * 1000) / (rates.linkBytesPerS ?? defaultLinkBytesPerS)
}

/** Expected size of a result. */
export function resultBytes({ profile, sizeBytes }: Work): number {
  return sizeBytes * resultRatio[kindOfProfile(profile)]
}

/** Room that a task takes on the worker's scratch disk: the own worker reads the source where it lies. */
export function roomBytes(work: Work, worker: Pick<PlanWorker, 'isSelf'>): number {
  return resultBytes(work) + (worker.isSelf ? 0 : work.sizeBytes)
}

/** Expected milliseconds until a running task ends; never 0, which would be a free slot. */
export function remainingMs(task: RunningTask, worker: Where): number {
  const { progress } = task
  // Wall clocks jump back.
  const elapsedMs = Math.max(0, task.elapsedMs)
  const expected =
    progress > tellingProgress
      ? (elapsedMs * (1 - progress)) / progress
      : runMs(task, worker.rates) + transferMs(task, worker) - elapsedMs
  return Math.max(expected, elapsedMs * overdueShare, 1)
}
