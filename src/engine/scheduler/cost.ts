import { kindOfProfile, type ProfileName } from '../../shared/domain/profiles.ts'
import {
  defaultCopyBytesPerS,
  defaultLinkBytesPerS,
  defaultRunBytesPerS,
  resultRatio,
  runOverheadMs,
  sendOverheadMs
} from './default-rates.ts'
import type { PlanWorker, RunningTask } from './plan-input.ts'
import type { NodeRates } from './rates.ts'
import { workName } from './work-name.ts'

/** `resultBytes` as the look at a slide foretells them. */
type Work = {
  profile: ProfileName
  sizeBytes: number
  copied?: boolean | undefined
  resultBytes?: number | undefined
}
type Where = { isSelf: boolean; rates: NodeRates }

/** A task that went on for long goes on for at least this share of that, whatever was expected: so nobody waits for a hung one. */
const overdueShare = 0.1
/** Below it, progress says less than the rates. */
const tellingProgress = 0.05

/** Milliseconds that a node needs for a task alone, from measured rates or the defaults. */
export function runMs(work: Work, rates: NodeRates): number {
  const bytesPerS = rates.runBytesPerS[workName(work)] ?? defaultBytesPerS(work)
  return runOverheadMs + (work.sizeBytes * 1000) / bytesPerS
}

function defaultBytesPerS({ profile, copied }: Work): number {
  return (copied ? defaultCopyBytesPerS[profile] : undefined) ?? defaultRunBytesPerS[profile]
}

/** Milliseconds that source and result travel; nothing travels to the own worker. */
export function transferMs(work: Work, { isSelf, rates }: Where): number {
  if (isSelf) return 0
  const bytes = work.sizeBytes + resultBytes(work)
  return sendOverheadMs + (bytes * 1000) / (rates.linkBytesPerS ?? defaultLinkBytesPerS)
}

/** Expected size of a result. */
export function resultBytes({ profile, sizeBytes, resultBytes }: Work): number {
  return resultBytes ?? sizeBytes * resultRatio[kindOfProfile(profile)]
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
