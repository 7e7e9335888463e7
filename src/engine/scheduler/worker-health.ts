import type { JobError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'

const windowMs = 3_600_000
/** So many failures of class `node` within the hour, and the worker rests. */
export const restAfterFailures = 3

/** Failures that were a node's fault, over the last hour. A success clears them: whatever it was, it works again. */
export class WorkerHealth {
  readonly #clock: Clock
  readonly #failures = new Map<string, { atMs: number; error: JobError }[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  failed(workerId: string, error: JobError): void {
    if (error.class !== 'node') return
    this.#failures.set(workerId, [...this.#recent(workerId), { atMs: this.#clock.monotonicMs(), error }])
  }

  succeeded(workerId: string): void {
    this.#failures.delete(workerId)
  }

  recentFailures(workerId: string): number {
    return this.#recent(workerId).length
  }

  lastError(workerId: string): JobError | undefined {
    return this.#recent(workerId).at(-1)?.error
  }

  #recent(workerId: string) {
    const sinceMs = this.#clock.monotonicMs() - windowMs
    return (this.#failures.get(workerId) ?? []).filter((failure) => failure.atMs >= sinceMs)
  }
}
