import type { Clock } from '../clock.ts'

const firstRestMs = 2000
const longestRestMs = 60_000

interface Refusal {
  reason: string
  times: number
  untilMs: number
}

/**
 * Workers that refused an offer are left alone, twice as long each time, up to a minute: one that says it is idle and takes nothing
 * (its disk is full, another master was faster) would else be asked all night. A changed status or an accepted offer ends that.
 */
export class Refusals {
  readonly #clock: Clock
  readonly #byWorker = new Map<string, Refusal>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(workerId: string, reason: string): void {
    const times = (this.#byWorker.get(workerId)?.times ?? 0) + 1
    const restMs = Math.min(longestRestMs, firstRestMs * 2 ** (times - 1))
    this.#byWorker.set(workerId, { reason, times, untilMs: this.#clock.monotonicMs() + restMs })
  }

  clear(workerId: string): void {
    this.#byWorker.delete(workerId)
  }

  /** Why a worker that rests refused; undefined for one that may be asked. */
  reasonOf(workerId: string): string | undefined {
    const refusal = this.#byWorker.get(workerId)
    return refusal && refusal.untilMs > this.#clock.monotonicMs() ? refusal.reason : undefined
  }

  /** Milliseconds until the first of those that rest may be asked again; infinite where none rests. */
  nextEndMs(): number {
    const nowMs = this.#clock.monotonicMs()
    const restsMs = [...this.#byWorker.values()].map(({ untilMs }) => untilMs - nowMs)
    return Math.min(...restsMs.filter((restMs) => restMs > 0))
  }
}
