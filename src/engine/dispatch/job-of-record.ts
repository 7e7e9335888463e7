import type { LiveTask } from '../scheduler/index.ts'
import { engineIdOf } from '../scheduler/index.ts'
import type { BookEntry } from './book-entry.ts'
import type { DispatchJob } from './dispatch-api.ts'
import { jobExpiredCode } from './dispatch-errors.ts'
import type { DispatchRecord } from './dispatch-store.ts'

/** What of a job is known in memory only. */
interface Momentary {
  /** The lease in force, as far as this run of the master knows of it. */
  live: Pick<LiveTask, 'progress'> | undefined
  before: BookEntry | undefined
  updatedAtMs: number
}

/** A stored job by URL as callers see it. */
export function entryOf(record: DispatchRecord, { live, before, updatedAtMs }: Momentary): BookEntry {
  const { facts, state } = record
  const runs = state === 'running' || state === 'verifying'
  const engineId = record.workerId === undefined ? undefined : engineIdOf(record.workerId)
  // What an engine reported stands for the lease in which it did.
  const reported = runs && before?.record.epoch === record.epoch ? before.job : undefined
  const job: DispatchJob = {
    id: record.id,
    sourceUrl: record.sourceUrl,
    targetCodec: facts.targetCodec,
    profile: record.profile,
    jobSizeMb: facts.jobSizeMb,
    maxRetries: facts.maxRetries,
    times: facts.times,
    priority: record.priority,
    sinkUrl: record.sinkUrl,
    resourceRequirements: facts.resourceRequirements,
    state,
    expired: state === 'failed' && record.error?.code === jobExpiredCode,
    assignedEngine: runs ? (engineId ?? record.ranOnName) : undefined,
    progress: engineId === undefined && runs ? live?.progress.progress : reported?.progress,
    progressMessage: reported?.progressMessage,
    outputUrl: facts.outputUrl,
    // Where it was sent on, only the way there leads over this node.
    hasResult: state === 'completed' && record.output !== undefined && record.sinkUrl === undefined,
    retries: retriesOf(record),
    error: record.error,
    createdAtMs: record.createdAtMs,
    updatedAtMs,
    startedAtMs: record.startedAtMs,
    endedAtMs: record.endedAtMs
  }
  return { record, job }
}

/** How often it was tried again: every try that counts but the one by which it ended. */
function retriesOf({ attempts, state }: DispatchRecord): number {
  return state === 'completed' || state === 'failed' ? Math.max(0, attempts - 1) : attempts
}

/** Whether callers would see a difference. */
export function isSame(a: BookEntry, b: BookEntry): boolean {
  return textOf(a) === textOf(b)
}

function textOf({ record, job }: BookEntry): string {
  return JSON.stringify([{ ...job, updatedAtMs: 0 }, record.epoch, record.workerId, record.notBeforeMs])
}
