import type { Clock, Timer } from '../clock.ts'

const soonMs = 250
const idleMs = 5000

/**
 * Hands many pokes on as few: a round of planning looks at hundreds of jobs, and thousands of submits a second must not each begin
 * one. The first goes at once, the others together; where no node could begin anything, a round would only find words for why.
 */
export class Poking {
  readonly #clock: Clock
  readonly #poke: () => void
  readonly #anybodyFree: () => boolean
  #timer: Timer | undefined
  #lastMs = Number.NEGATIVE_INFINITY

  constructor(parts: { clock: Clock; poke: () => void; anybodyFree: () => boolean }) {
    this.#clock = parts.clock
    this.#poke = parts.poke
    this.#anybodyFree = parts.anybodyFree
  }

  poke(): void {
    if (this.#timer) return
    const pauseMs = this.#anybodyFree() ? soonMs : idleMs
    const waitMs = Math.max(0, this.#lastMs + pauseMs - this.#clock.monotonicMs())
    this.#timer = this.#clock.after(waitMs, () => {
      this.#timer = undefined
      this.#lastMs = this.#clock.monotonicMs()
      this.#poke()
    })
  }

  stop(): void {
    this.#timer?.cancel()
  }
}
