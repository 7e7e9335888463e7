import type { Clock, Timer } from '../clock.ts'

const beatMs = 2000
const progressMs = 250
const lookMs = 500

/**
 * Calls `send` every 2 s while `isNeeded`, and sooner after {@link moved}: at once, or a quarter of a second after the last. What
 * a child says every 0.4 s is so passed on twice a second at least, whatever the timers. Never two at a time; what `send`
 * throws is handed to `onError`.
 */
export class Beat {
  readonly #clock: Clock
  readonly #timer: Timer
  readonly #send: () => Promise<void>
  readonly #onError: (error: unknown) => void
  readonly #isNeeded: () => boolean
  #soon: Timer | undefined
  #moved = false
  #lastMs = Number.NEGATIVE_INFINITY
  #sending = false

  constructor(clock: Clock, isNeeded: () => boolean, send: () => Promise<void>, onError: (error: unknown) => void) {
    this.#clock = clock
    this.#isNeeded = isNeeded
    this.#send = send
    this.#onError = onError
    this.#timer = clock.every(lookMs, () => void this.#tick())
  }

  /** There is progress to tell. */
  moved(): void {
    this.#moved = true
    const waitMs = Math.max(0, this.#lastMs + progressMs - this.#clock.monotonicMs())
    this.#soon ??= this.#clock.after(waitMs, () => {
      this.#soon = undefined
      void this.#tick()
    })
  }

  stop(): void {
    this.#timer.cancel()
    this.#soon?.cancel()
  }

  async #tick(): Promise<void> {
    const nowMs = this.#clock.monotonicMs()
    const isDue = nowMs - this.#lastMs >= (this.#moved ? progressMs : beatMs)
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
