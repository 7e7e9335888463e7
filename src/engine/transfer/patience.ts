import type { Clock } from '../clock.ts'
import { pause } from './pause.ts'

const firstBackoffMs = 250
const longestBackoffMs = 4000

/** Tries again with growing pauses as long as, now and then, bytes move. */
export class Patience {
  readonly #clock: Clock
  readonly #giveUpMs: number
  readonly #random: () => number
  #progress = 0
  #sinceMs: number
  #backoffMs = firstBackoffMs

  /** `giveUpMs`: without a byte. `random`: 0..1, for jitter. */
  constructor(clock: Clock, giveUpMs: number, random: () => number) {
    this.#clock = clock
    this.#giveUpMs = giveUpMs
    this.#random = random
    this.#sinceMs = clock.monotonicMs()
  }

  /** Waits before the next try; false once nothing moved for too long or a signal was aborted. */
  async next(progress: number, ...signals: AbortSignal[]): Promise<boolean> {
    const nowMs = this.#clock.monotonicMs()
    if (progress > this.#progress) {
      this.#progress = progress
      this.#sinceMs = nowMs
      this.#backoffMs = firstBackoffMs
    }
    if (nowMs - this.#sinceMs >= this.#giveUpMs) return false
    await pause(this.#clock, this.#backoffMs * (0.5 + this.#random() / 2), ...signals)
    this.#backoffMs = Math.min(this.#backoffMs * 2, longestBackoffMs)
    return !signals.some((signal) => signal.aborted)
  }
}
