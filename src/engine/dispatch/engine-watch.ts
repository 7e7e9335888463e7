import type { Clock, Timer } from '../clock.ts'
import { workerIdOfEngine } from '../scheduler/index.ts'
import type { BookEntry } from './book-entry.ts'
import type { BookKeeper } from './book-keeper.ts'
import type { EngineBook } from './engine-book.ts'
import type { EngineDesk } from './engine-desk.ts'
import type { EngineTries } from './engine-tries.ts'
import { StuckTries } from './stuck-tries.ts'

const everyMs = 1000

/** Looks every second for engines that hold jobs and were silent for too long, or get no further with one. */
export class EngineWatch {
  readonly #clock: Clock
  readonly #timeoutMs: () => number
  readonly #keeper: BookKeeper
  readonly #engines: EngineBook
  readonly #desk: EngineDesk
  readonly #tries: EngineTries
  readonly #stuck: StuckTries
  readonly #onBug: (thrown: unknown) => void
  #timer: Timer | undefined
  #looking: Promise<void> | undefined
  #lastMs = 0
  #graceUntilMs = 0

  constructor(parts: {
    clock: Clock
    timeoutMs: () => number
    keeper: BookKeeper
    engines: EngineBook
    desk: EngineDesk
    tries: EngineTries
    onBug: (thrown: unknown) => void
  }) {
    this.#clock = parts.clock
    this.#timeoutMs = parts.timeoutMs
    this.#keeper = parts.keeper
    this.#engines = parts.engines
    this.#desk = parts.desk
    this.#tries = parts.tries
    this.#stuck = new StuckTries(parts.clock)
    this.#onBug = parts.onBug
  }

  /** Every engine has the full time from now on: until now nobody could hear it. */
  start(): void {
    this.#lastMs = this.#clock.monotonicMs()
    this.#graceUntilMs = this.#lastMs + this.#timeoutMs()
    this.#timer = this.#clock.every(everyMs, () => this.#tick())
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    await this.#looking
  }

  #tick(): void {
    const mustWait = this.#mustWait()
    this.#looking ??= this.#look(mustWait)
      .catch(this.#onBug)
      .finally(() => {
        this.#looking = undefined
      })
  }

  async #look(mustWait: boolean): Promise<void> {
    if (!mustWait) await this.#loseSilent()
    for (const { job } of this.#stuck.look(this.#held()))
      if (job.assignedEngine !== undefined) await this.#tries.giveUp(job.id, job.assignedEngine)
  }

  async #loseSilent(): Promise<void> {
    for (const engine of [...this.#engines.all()])
      if (this.#keeper.book.heldBy(workerIdOfEngine(engine.id)).size > 0 && this.#engines.isSilent(engine))
        await this.#desk.lose(engine.id)
  }

  *#held(): Generator<BookEntry, undefined> {
    const { book } = this.#keeper
    for (const { id } of this.#engines.all())
      for (const jobId of book.heldBy(workerIdOfEngine(id))) {
        const entry = book.get(jobId)
        if (entry) yield entry
      }
  }

  /** A master that was suspended itself can't tell who was silent: everybody gets the full time again. */
  #mustWait(): boolean {
    const nowMs = this.#clock.monotonicMs()
    if (nowMs - this.#lastMs > 5 * everyMs) {
      this.#graceUntilMs = nowMs + this.#timeoutMs()
      this.#stuck.forget()
    }
    this.#lastMs = nowMs
    return nowMs < this.#graceUntilMs
  }
}
