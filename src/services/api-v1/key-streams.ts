import type { KeysApi } from '../../engine/service-api.ts'
import type { EventStream } from './event-stream.ts'

/** Which key each open stream was asked for with: a key that is revoked hears nothing more. */
export class KeyStreams {
  readonly #streams = new Map<EventStream, string>()
  readonly #stopListening: () => void

  constructor(keys: Pick<KeysApi, 'onRevoke'>) {
    this.#stopListening = keys.onRevoke((keyId) => this.#end(keyId))
  }

  add(stream: EventStream, keyId: string): void {
    this.#streams.set(stream, keyId)
    stream.once('close', () => this.#streams.delete(stream))
  }

  /** Hears of no key any more. */
  close(): void {
    this.#stopListening()
  }

  #end(keyId: string): void {
    for (const [stream, shown] of this.#streams) if (shown === keyId) stream.end()
  }
}
