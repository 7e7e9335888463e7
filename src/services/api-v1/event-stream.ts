import { Readable } from 'node:stream'

/** Gives the next text to send; undefined where there is none now, null where none will come. */
export type NextText = () => string | undefined | null

/**
 * A stream of events that asks for the next one only when the reader has taken the last: what waits for a slow reader is the stream's
 * own buffer and no more. A reader that took nothing between two {@link tick}s is cut.
 */
export class EventStream extends Readable {
  readonly #next: NextText
  #wanted = false
  #stalled = false
  #over = false

  constructor(next: NextText) {
    super({ encoding: 'utf8' })
    this.#next = next
  }

  override _read(): void {
    this.#wanted = true
    this.#stalled = false
    this.wake()
  }

  /** Something happened: sends on, as far as the reader takes it. */
  wake(): void {
    while (this.#wanted && !this.#over) {
      const text = this.#next()
      if (text === undefined) return
      if (text === null) this.end()
      else this.#wanted = this.push(text)
    }
  }

  /** Called at an even pace: tells the reader that the connection lives, or cuts one that takes nothing. */
  tick(keepAlive: string): void {
    if (this.#wanted && !this.#over) this.#wanted = this.push(keepAlive)
    else if (this.#stalled) this.destroy()
    else this.#stalled = true
  }

  /** Ends it after what was sent so far. */
  end(): void {
    if (this.#over) return
    this.#over = true
    this.push(null)
  }
}
