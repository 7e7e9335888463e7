/** A change in the log: which job, and its number. */
export interface Change {
  number: number
  jobId: string
}

/**
 * Which jobs changed lately, in order. Whoever reads along brings the number up to which it has read; what it missed of one job is one
 * entry, since only a job's last change counts. Holds the last `size` changes.
 */
export class ChangeLog {
  readonly #size: number
  readonly #ring: string[]
  /** Number of the last change of each job that is in the ring. */
  readonly #last = new Map<string, number>()
  #newest = 0

  constructor(size: number) {
    this.#size = size
    this.#ring = new Array(size)
  }

  /** The number of the last change; 0 before the first. */
  get newest(): number {
    return this.#newest
  }

  /** Whoever has read up to here or further has missed nothing. */
  get oldest(): number {
    return Math.max(0, this.#newest - this.#size)
  }

  note(jobId: string): void {
    this.#newest += 1
    const slot = this.#newest % this.#size
    const forgotten = this.#ring[slot]
    if (forgotten !== undefined && this.#last.get(forgotten) === this.#newest - this.#size) this.#last.delete(forgotten)
    this.#ring[slot] = jobId
    this.#last.set(jobId, this.#newest)
  }

  /** The first change after `number` that no later one of the same job has replaced. */
  next(number: number): Change | undefined {
    for (let at = Math.max(number, this.oldest) + 1; at <= this.#newest; at += 1) {
      const jobId = this.#ring[at % this.#size]
      if (jobId !== undefined && this.#last.get(jobId) === at) return { number: at, jobId }
    }
    return undefined
  }

  /** The number of a job's last change; 0 where it is not in the log any more. */
  lastOf(jobId: string): number {
    return this.#last.get(jobId) ?? 0
  }
}
