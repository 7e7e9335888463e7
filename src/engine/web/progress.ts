import type { Clock } from '../clock.ts'
import type { WebProgress } from './web.ts'

const everyMs = 250

/** Tells how far bytes are: now and then, however small the pieces in which they move, and at the end. */
export class Progress {
  readonly #clock: Clock
  readonly #onProgress: ((progress: WebProgress) => void) | undefined
  #toldMs = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, onProgress: ((progress: WebProgress) => void) | undefined) {
    this.#clock = clock
    this.#onProgress = onProgress
  }

  tell(progress: WebProgress): void {
    const nowMs = this.#clock.monotonicMs()
    if (nowMs - this.#toldMs < everyMs) return
    this.#toldMs = nowMs
    this.#onProgress?.(progress)
  }

  end(progress: WebProgress): void {
    this.#onProgress?.(progress)
  }
}
