import type { Kind } from '../../shared/domain/profiles.ts'
import type { StoredJob } from '../jobs/job-store.ts'

/** A job that ended, as metrics count it; what nobody measured is 0. */
export interface EndedJob {
  kind: Kind
  outcome: 'completed' | 'failed' | 'cancelled'
  /** From its submission to its first try. */
  queuedMs: number
  runMs: number
  transferMs: number
  sourceBytes: number
  resultBytes: number
}

/** Where nobody reads them, the oldest go. */
const most = 10_000

/** Jobs that ended since somebody asked last. */
export class EndedJobs {
  #jobs: EndedJob[] = []

  add(job: EndedJob): void {
    this.#jobs.push(job)
    if (this.#jobs.length > 2 * most) this.#jobs = this.#jobs.slice(-most)
  }

  /** Each is told once. */
  take(): EndedJob[] {
    const ended = this.#jobs
    this.#jobs = []
    return ended.slice(-most)
  }
}

export function cancelledJob({
  kind,
  sizeBytes,
  createdAtMs,
  startedAtMs,
  endedAtMs = createdAtMs
}: StoredJob): EndedJob {
  return {
    kind,
    outcome: 'cancelled',
    // Wall clocks jump back.
    queuedMs: Math.max(0, (startedAtMs ?? endedAtMs) - createdAtMs),
    runMs: startedAtMs === undefined ? 0 : Math.max(0, endedAtMs - startedAtMs),
    transferMs: 0,
    sourceBytes: sizeBytes,
    resultBytes: 0
  }
}
