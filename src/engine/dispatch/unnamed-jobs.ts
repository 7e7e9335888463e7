import type { Clock } from '../clock.ts'
import type { BookEntry } from './book-entry.ts'

/** The answer that lends a job may still be under way when a heartbeat is sent. */
const leastBeats = 2
const leastMs = 10_000

interface Missed {
  epoch: number
  beats: number
  sinceMs: number
}

/**
 * Finds jobs that an engine holds and has never heard of: the answer to its question was lost on the way. Only an engine that has
 * named a job that it held is taken at its word, many send an empty queue whatever they do; and never about a job of which it
 * reported progress.
 */
export class UnnamedJobs {
  readonly #clock: Clock
  readonly #missed = new Map<string, Missed>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Called with each queue that such an engine tells; answers the ids of the jobs it does not know of. */
  heard(queue: readonly string[], held: readonly BookEntry[]): string[] {
    const named = new Set(queue)
    return held.flatMap(({ job, record }) => {
      if (named.has(job.id) || job.progress !== undefined) {
        this.#missed.delete(job.id)
        return []
      }
      const missed = this.#missedOnceMore(job.id, record.epoch)
      if (missed.beats < leastBeats || this.#clock.monotonicMs() - missed.sinceMs < leastMs) return []
      this.#missed.delete(job.id)
      return [job.id]
    })
  }

  #missedOnceMore(jobId: string, epoch: number): Missed {
    const before = this.#missed.get(jobId)
    const missed =
      before?.epoch === epoch
        ? { ...before, beats: before.beats + 1 }
        : { epoch, beats: 1, sinceMs: this.#clock.monotonicMs() }
    this.#missed.set(jobId, missed)
    return missed
  }
}
