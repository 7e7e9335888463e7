import type { PairingEvent } from '../../shared/contract/local.ts'

/** Events for one reader, kept until read; `onReturn` runs once, when the reader leaves before the end. */
export class EventStream implements AsyncIterableIterator<PairingEvent> {
  readonly #waiting: ((result: IteratorResult<PairingEvent>) => void)[] = []
  readonly #unread: PairingEvent[] = []
  readonly #onReturn: () => void
  #ended = false

  constructor(onReturn: () => void) {
    this.#onReturn = onReturn
  }

  push(event: PairingEvent): void {
    const reader = this.#waiting.shift()
    if (reader) reader({ value: event, done: false })
    else this.#unread.push(event)
  }

  end(): void {
    this.#ended = true
    for (const reader of this.#waiting.splice(0)) reader({ value: undefined, done: true })
  }

  async next(): Promise<IteratorResult<PairingEvent>> {
    const value = this.#unread.shift()
    if (value) return { value, done: false }
    if (this.#ended) return { value: undefined, done: true }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async return(): Promise<IteratorResult<PairingEvent>> {
    const wasOpen = !this.#ended
    this.end()
    this.#unread.length = 0
    if (wasOpen) this.#onReturn()
    return { value: undefined, done: true }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
