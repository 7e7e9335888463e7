/**
 * A queue between whoever raises events and one consumer that reads them as an async iterator. `close` ends the iterator
 * after what is queued; returning from the loop calls `onClose` once.
 */
export class Subscription<T> implements AsyncIteratorObject<T, undefined, undefined> {
  readonly #queue: T[] = []
  readonly #onClose: () => void
  #wake: (() => void) | undefined
  #ended = false
  #closedOnce = false

  constructor(onClose: () => void) {
    this.#onClose = onClose
  }

  push(value: T): void {
    if (this.#ended) return
    this.#queue.push(value)
    this.#wake?.()
  }

  close(): void {
    this.#ended = true
    this.#wake?.()
    this.#finish()
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      const value = this.#queue.shift()
      if (value !== undefined) return { done: false, value }
      if (this.#ended) return { done: true, value: undefined }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#queue.length = 0
    this.close()
    return { done: true, value: undefined }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #finish(): void {
    if (this.#closedOnce) return
    this.#closedOnce = true
    this.#onClose()
  }
}
