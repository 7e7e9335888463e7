import type { Clock } from '../clock.ts'
import type { CpuTimes } from './this-machine.ts'

export const sampleMs = 2000

/** Load of all cores over the last sample: 0..1. */
export class CpuLoad {
  readonly #cpuTimes: () => CpuTimes
  readonly #timer: { cancel(): void }
  #last: CpuTimes
  #load = 0

  constructor(clock: Clock, cpuTimes: () => CpuTimes) {
    this.#cpuTimes = cpuTimes
    this.#last = cpuTimes()
    this.#timer = clock.every(sampleMs, () => this.#sample())
  }

  get load(): number {
    return this.#load
  }

  close(): void {
    this.#timer.cancel()
  }

  #sample(): void {
    const now = this.#cpuTimes()
    const totalMs = now.totalMs - this.#last.totalMs
    // Cores that go offline take their time with them: the sums then run backwards for one sample.
    if (totalMs > 0) this.#load = Math.min(1, Math.max(0, (now.busyMs - this.#last.busyMs) / totalMs))
    this.#last = now
  }
}
