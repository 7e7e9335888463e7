import type { Clock, Timer } from '../clock.ts'

/** Calls `onStall` once when `ms` pass without a touch; {@link stop} ends the watch. */
export class StallGuard {
  readonly #clock: Clock
  readonly #ms: number
  readonly #onStall: () => void
  #lastMs: number
  #timer: Timer

  constructor(clock: Clock, ms: number, onStall: () => void) {
    this.#clock = clock
    this.#ms = ms
    this.#onStall = onStall
    this.#lastMs = clock.monotonicMs()
    this.#timer = clock.after(ms, () => this.#check())
  }

  /** Cheap: a chunk of bytes moved. */
  touch(): void {
    this.#lastMs = this.#clock.monotonicMs()
  }

  stop(): void {
    this.#timer.cancel()
  }

  #check(): void {
    const leftMs = this.#lastMs + this.#ms - this.#clock.monotonicMs()
    if (leftMs <= 0) this.#onStall()
    else this.#timer = this.#clock.after(leftMs, () => this.#check())
  }
}
