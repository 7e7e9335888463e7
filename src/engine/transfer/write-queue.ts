const atOnce = 16
const waitingAtMost = 64

/** Runs many small writes a few at a time; the first failure is thrown at whoever asks next. */
export class WriteQueue {
  #waiting: (() => Promise<void>)[] = []
  #running = 0
  #failed: { error: unknown } | undefined
  #wake: (() => void)[] = []

  add(job: () => Promise<void>): void {
    this.#waiting.push(job)
    this.#fill()
  }

  /** Resolves when there is room for more. */
  room(): Promise<void> {
    return this.#until(() => this.#waiting.length < waitingAtMost)
  }

  /** Resolves when all is written. */
  drained(): Promise<void> {
    return this.#until(() => this.#running === 0 && this.#waiting.length === 0)
  }

  /** Drops what waits and resolves when nothing runs any more; never rejects. */
  async stop(): Promise<void> {
    this.#waiting = []
    while (this.#running > 0) await this.#change()
  }

  async #until(isTrue: () => boolean): Promise<void> {
    while (!this.#failed && !isTrue()) await this.#change()
    if (this.#failed) throw this.#failed.error
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve))
  }

  #fill(): void {
    while (this.#running < atOnce) {
      const job = this.#waiting.shift()
      if (!job) return
      this.#running++
      job()
        .catch((error: unknown) => {
          this.#failed ??= { error }
          this.#waiting = []
        })
        .finally(() => this.#ended())
    }
  }

  #ended(): void {
    this.#running--
    this.#fill()
    for (const wake of this.#wake.splice(0)) wake()
  }
}
