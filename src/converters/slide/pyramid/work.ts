/**
 * Jobs that run beside each other. Whoever feeds it waits for room; a job may add others without waiting, else jobs
 * that wait for each other's room would never end. The first failure ends the whole.
 */
export class Work {
  readonly #wakers: (() => void)[] = []
  #active = 0
  #failure: { error: unknown } | undefined

  /** Starts a job at once, however many there are. */
  add(job: () => Promise<void>): void {
    this.#active++
    job()
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => {
        this.#active--
        for (const wake of this.#wakers.splice(0)) wake()
      })
  }

  /** Undefined where fewer than `most` jobs run, else resolves once they do; throws the first failure. */
  room(most: number): Promise<void> | undefined {
    if (this.#failure) throw this.#failure.error
    return this.#active < most ? undefined : this.#untilRoom(most)
  }

  /** Resolves once nothing runs; throws the first failure, after the others came to their end. */
  async idle(): Promise<void> {
    while (this.#active > 0) await new Promise<void>((resolve) => this.#wakers.push(resolve))
    if (this.#failure) throw this.#failure.error
  }

  async #untilRoom(most: number): Promise<void> {
    while (!this.#failure && this.#active >= most) await new Promise<void>((resolve) => this.#wakers.push(resolve))
    if (this.#failure) throw this.#failure.error
  }
}
