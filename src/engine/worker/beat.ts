import type { Clock, Timer } from '../clock.ts'

const beatMs = 2000
const progressMs = 500

/**
 * Calls `send` every 2 s while `isNeeded`, and sooner (twice a second at most) after {@link moved}. Never two at a time;
 * what `send` throws is handed to `onError`.
 */
export class Beat {
  readonly #clock: Clock
  readonly #timer: Timer
  readonly #send: () => Promise<void>
  readonly #onError: (error: unknown) => void
  readonly #isNeeded: () => boolean
  #moved = false
  #lastMs = Number.NEGATIVE_INFINITY
  #sending = false

  constructor(clock: Clock, isNeeded: () => boolean, send: () => Promise<void>, onError: (error: unknown) => void) {
    this.#clock = clock
    this.#isNeeded = isNeeded
    this.#send = send
    this.#onError = onError
    this.#timer = clock.every(progressMs, () => void this.#tick())
  }

  /** There is progress to tell. */
  moved(): void {
    this.#moved = true
  }

  stop(): void {
    this.#timer.cancel()
  }

  async #tick(): Promise<void> {
    const nowMs = this.#clock.monotonicMs()
    const isDue = this.#moved || nowMs - this.#lastMs >= beatMs
    if (!isDue || this.#sending || !this.#isNeeded()) return
    this.#sending = true
    this.#moved = false
    this.#lastMs = nowMs
    try {
      await this.#send()
    } catch (error) {
      this.#onError(error)
    } finally {
      this.#sending = false
    }
  }
}
