import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { BlobRef } from '../../shared/contract/peer.ts'
import type { ByteSink } from './byte-sink.ts'
import { cut, transferFailed } from './transfer-error.ts'

/** A connection that is bringing bytes; `done` never rejects. */
interface Feed {
  body: Readable
  done: Promise<unknown>
}

/**
 * A blob that one node may give us, over as many connections as it takes: fetched by us, sent by it, or both in turn. The place in
 * the stream, the hash and the sink's state outlive each of them. A new connection takes over from the one before.
 */
export class IncomingBlob {
  readonly nodeId: string
  readonly ref: BlobRef
  /** SHA-256 in hex once all is written; rejects when the sink fails or it is discarded. */
  readonly completed: Promise<string>
  readonly #completion = Promise.withResolvers<string>()
  readonly #sink: ByteSink
  readonly #hash = createHash('sha256')
  #receivedBytes = 0
  #feed: Feed | undefined
  #state: 'open' | 'ended' = 'open'
  #discarding: Promise<void> | undefined

  constructor(nodeId: string, ref: BlobRef, sink: ByteSink) {
    this.nodeId = nodeId
    this.ref = ref
    this.#sink = sink
    this.completed = this.#completion.promise
    // Whoever waits hears of it; nobody may be waiting yet.
    this.completed.catch(() => {})
    if (ref.sizeBytes === 0) this.#finish().catch(() => {})
  }

  get receivedBytes(): number {
    return this.#receivedBytes
  }

  get ended(): boolean {
    return this.#state === 'ended'
  }

  /** Cuts the connection that is bringing bytes, if any, and tells where to go on. */
  async interrupt(): Promise<number> {
    const feed = this.#feed
    feed?.body.destroy()
    await feed?.done
    return this.#receivedBytes
  }

  /**
   * Takes bytes that begin at `offset`, until the body ends. Throws `transfer-cut` where they don't fit or stop early (go on at
   * {@link receivedBytes}), anything else when it is lost for good.
   */
  async feed(body: Readable, offset: number, onBytes: () => void = () => {}): Promise<void> {
    // Again until nobody else slipped in: from the last look on nothing is awaited.
    while (this.#feed) await this.interrupt()
    if (this.#state === 'ended' || offset !== this.#receivedBytes) {
      body.destroy()
      throw cut(`bytes came for ${offset} where ${this.#receivedBytes} are there`)
    }
    const feed: Feed = { body, done: this.#take(body, onBytes) }
    this.#feed = feed
    const failure = await feed.done
    if (this.#feed === feed) this.#feed = undefined
    // A connection that is lost once the last byte is here has done its work: nobody would bring more.
    if (!this.ended && this.#receivedBytes === this.ref.sizeBytes) return this.#finish()
    throw failure ?? cut(`${this.#receivedBytes} of ${this.ref.sizeBytes} bytes arrived`)
  }

  /** Gives up: nothing of it stays, complete or not. */
  async discard(reason: unknown = transferFailed('blob-cancelled', 'A transfer was given up.')): Promise<void> {
    this.#discarding ??= this.#drop(reason)
    await this.#discarding
  }

  /** Answers what ended it before the body's end. Never rejects. */
  async #take(body: Readable, onBytes: () => void): Promise<unknown> {
    try {
      for await (const chunk of body) {
        await this.#accept(chunk)
        onBytes()
      }
      return undefined
    } catch (error) {
      return this.ended ? error : cut('the connection was lost', error)
    }
  }

  async #accept(chunk: Buffer): Promise<void> {
    try {
      if (this.#receivedBytes + chunk.length > this.ref.sizeBytes)
        throw transferFailed('size-mismatch', `More than the announced ${this.ref.sizeBytes} bytes arrived.`)
      this.#hash.update(chunk)
      this.#receivedBytes += chunk.length
      await this.#sink.write(chunk)
    } catch (error) {
      this.#fail(error)
      throw error
    }
  }

  async #finish(): Promise<void> {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    try {
      await this.#sink.finish()
      this.#completion.resolve(this.#hash.digest('hex'))
    } catch (error) {
      this.#completion.reject(error)
      await this.discard(error)
      throw error
    }
  }

  #fail(error: unknown): void {
    this.#state = 'ended'
    this.#completion.reject(error)
    this.#discarding ??= this.#sink.discard()
  }

  async #drop(reason: unknown): Promise<void> {
    this.#state = 'ended'
    this.#completion.reject(reason)
    await this.interrupt()
    await this.#sink.discard()
  }
}
