import { MicrotomeError } from '../../../shared/errors.ts'
import type { Clock } from '../../clock.ts'
import type { LentTask } from '../../scheduler/worker-port.ts'
import type { Blobs, Carrier, OfferedBlob } from '../../transfer/index.ts'
import type { OfferedSource } from './offer-source.ts'

/** A task that was lent to a paired worker, as long as this run of the master knows of it: its source on offer. */
export class Lent {
  readonly task: LentTask
  readonly source: OfferedBlob
  /** Set where the source is a zip: what to convert in it. */
  readonly packed: { main: string } | undefined
  readonly #parts: { blobs: Blobs; carrier: Carrier; clock: Clock }
  readonly #ended = new AbortController()
  readonly #startedMs: number

  constructor(parts: { blobs: Blobs; carrier: Carrier; clock: Clock }, task: LentTask, offered: OfferedSource) {
    this.task = task
    this.source = offered.source
    this.packed = offered.packed
    this.#parts = parts
    this.#startedMs = parts.clock.monotonicMs()
  }

  /** Sends the source wherever this side dials; the worker fetches it otherwise. `onFailure` for what no further try mends. */
  sendSource(onFailure: (error: unknown) => void): void {
    this.#parts.carrier.send(this.source, this.source.ref.blobId, this.#ended.signal).catch((error: unknown) => {
      // The worker has it all already, and closed its door for it.
      const isTaken = error instanceof MicrotomeError && error.code === 'blob-gone'
      if (!isTaken) onFailure(error)
    })
  }

  /** What the source's way took; 0 bytes where none was sent by this run. */
  get transfer(): { bytes: number; ms: number } {
    const endedMs = this.source.lastSentMs
    if (endedMs === undefined) return { bytes: 0, ms: 0 }
    return { bytes: this.source.sentBytes, ms: Math.max(1, endedMs - this.#startedMs) }
  }

  /** Takes the source back. */
  end(): void {
    this.#ended.abort()
    this.#parts.blobs.withdraw(this.source)
  }
}
