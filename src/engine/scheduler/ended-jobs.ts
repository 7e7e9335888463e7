import type { StoredJob } from '../jobs/job-store.ts'
import type { EndedJob } from '../service-api.ts'

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
