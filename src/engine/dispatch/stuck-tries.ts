import type { Clock } from '../clock.ts'
import type { BookEntry } from './book-entry.ts'

/** How far a try was when it last got further. */
interface Mark {
  epoch: number
  progress: number
  sinceMs: number
}

/** Finds tries of engines that beat and get no further: no more progress than before, for as long as one may take. */
export class StuckTries {
  readonly #clock: Clock
  #marks = new Map<string, Mark>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Looks at all jobs that engines hold; answers those that are stuck. What is not among them is forgotten. */
  look(held: Iterable<BookEntry>): BookEntry[] {
    const before = this.#marks
    this.#marks = new Map()
    const stuck: BookEntry[] = []
    for (const entry of held) {
      const { tryMs } = entry.job.times ?? {}
      if (tryMs === undefined) continue
      const mark = this.#markOf(entry, before.get(entry.job.id))
      this.#marks.set(entry.job.id, mark)
      if (this.#clock.monotonicMs() - mark.sinceMs >= tryMs) stuck.push(entry)
    }
    return stuck
  }

  /** Everybody has the full time again. */
  forget(): void {
    this.#marks.clear()
  }

  #markOf({ job, record }: BookEntry, before: Mark | undefined): Mark {
    const { epoch } = record
    const { progress = 0 } = job
    if (before && before.epoch === epoch && before.progress >= progress) return before
    return { epoch, progress, sinceMs: this.#clock.monotonicMs() }
  }
}
