import type { Clock, Timer } from '../clock.ts'
import type { BookEntry } from './book-entry.ts'
import type { BookKeeper } from './book-keeper.ts'
import { jobExpired } from './dispatch-errors.ts'
import type { EngineTries } from './engine-tries.ts'

/** As often as deployed servers look. */
const everyMs = 30_000
/** So many to one commit: whoever asks meanwhile does not wait for all. */
const atOnce = 500

/** Lets jobs fail that nobody took in the time that was chosen for them; held ones wait for whoever holds them. */
export class PendingExpiry {
  readonly #clock: Clock
  readonly #keeper: BookKeeper
  readonly #tries: EngineTries
  readonly #onBug: (thrown: unknown) => void
  #timer: Timer | undefined
  #looking: Promise<void> | undefined
  #startedAtMs = 0

  constructor(parts: { clock: Clock; keeper: BookKeeper; tries: EngineTries; onBug: (thrown: unknown) => void }) {
    this.#clock = parts.clock
    this.#keeper = parts.keeper
    this.#tries = parts.tries
    this.#onBug = parts.onBug
  }

  start(): void {
    this.#startedAtMs = this.#clock.wallMs()
    this.#timer = this.#clock.every(everyMs, () => {
      this.#looking ??= this.#look()
        .catch(this.#onBug)
        .finally(() => {
          this.#looking = undefined
        })
    })
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    await this.#looking
  }

  async #look(): Promise<void> {
    const late = [...this.#keeper.book.waiting.all()].map(({ entry }) => entry).filter((entry) => this.#isLate(entry))
    for (let from = 0; from < late.length; from += atOnce)
      await Promise.all(late.slice(from, from + atOnce).map((entry) => this.#expire(entry)))
  }

  /** Since it began to wait: when it came, when its pause after a failed try was over, or when it was last changed. */
  #isLate({ job, record }: BookEntry): boolean {
    const waitMs = job.times?.waitMs
    if (waitMs === undefined) return false
    // How long one that was taken before waits is known only of this run.
    const sinceMs = Math.max(job.updatedAtMs, record.notBeforeMs, record.epoch > 0 ? this.#startedAtMs : 0)
    return this.#clock.wallMs() - sinceMs >= waitMs
  }

  async #expire(entry: BookEntry): Promise<void> {
    const error = jobExpired(entry.job.times?.waitMs ?? 0)
    const over = { state: 'failed', error, endedAtMs: this.#clock.wallMs() } as const
    const end = { change: over, after: over, task: 'failed', outcome: 'failed' } as const
    if (!(await this.#tries.end(entry, undefined, end))) await this.#keeper.refresh([entry.job.id])
  }
}
