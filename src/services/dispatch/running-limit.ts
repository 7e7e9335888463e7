import type { DispatchApi } from '../../engine/service-api.ts'

/** Keeps engines from taking more jobs than may run at once (`max_concurrent_jobs`). */
export class RunningLimit {
  readonly #dispatch: DispatchApi
  readonly #max: number | undefined
  #asking = 0

  constructor(dispatch: DispatchApi, max: number | undefined) {
    this.#dispatch = dispatch
    this.#max = max
  }

  /** Undefined, without asking, where as many run as may. Who asks at this moment counts: each of them may get a job. */
  async within<T>(ask: () => Promise<T | undefined>): Promise<T | undefined> {
    if (this.#max === undefined) return ask()
    const { running, verifying } = this.#dispatch.figures().jobs
    if (running + verifying + this.#asking >= this.#max) return undefined
    this.#asking++
    try {
      return await ask()
    } finally {
      this.#asking--
    }
  }
}
