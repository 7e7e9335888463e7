import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BlobRef } from '../../shared/contract/peer.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import { transferFailed } from './transfer-error.ts'

const highWaterMark = 2 ** 20

/** What is on offer: bytes that can be read from any offset, as often as it takes. */
export interface OfferedBytes {
  readonly sizeBytes: number
  read(offset: number): Readable
}

/** A file as it lies. */
export function fileOnOffer(path: string, sizeBytes: number): OfferedBytes {
  return { sizeBytes, read: (start) => createReadStream(path, { start, end: sizeBytes - 1, highWaterMark }) }
}

/** Something of ours that one node may fetch. Hashed as it streams out; only what a cut left out is read again for the digest. */
export class OfferedBlob {
  readonly nodeId: string
  readonly ref: BlobRef
  readonly #bytes: OfferedBytes
  readonly #nowMs: () => number
  readonly #hash = createHash('sha256')
  #hashedBytes = 0
  #sentBytes = 0
  #lastSentMs: number | undefined
  #digest: string | undefined

  constructor(nodeId: string, ref: BlobRef, bytes: OfferedBytes, nowMs: () => number) {
    this.#nowMs = nowMs
    this.nodeId = nodeId
    this.ref = ref
    this.#bytes = bytes
  }

  /** How far into it any stream came. */
  get sentBytes(): number {
    return this.#sentBytes
  }

  /** When the newest byte left, on the monotonic clock; undefined before the first. */
  get lastSentMs(): number | undefined {
    return this.#lastSentMs
  }

  /** The bytes from `offset` to the end; destroyed with `source-changed` where the file got shorter. `onBytes` after each chunk. */
  stream(offset: number, onBytes: () => void = () => {}): Readable {
    const { sizeBytes } = this.ref
    if (offset >= sizeBytes) return createEmpty()
    let at = offset
    const counted = new Transform({
      highWaterMark,
      transform: (chunk: Buffer, _encoding, done) => {
        this.#passed(chunk, at)
        at += chunk.length
        onBytes()
        done(null, chunk)
      },
      flush: (done) => done(at === sizeBytes ? null : sourceChanged())
    })
    // The reader of `counted` sees the failure; here it only must not go unheard.
    void pipeline(this.#bytes.read(offset), counted).catch(() => {})
    return counted
  }

  /** SHA-256 of the whole, in hex. */
  async digest(): Promise<string> {
    if (this.#digest !== undefined) return this.#digest
    if (this.#hashedBytes < this.ref.sizeBytes) {
      const rest = this.stream(this.#hashedBytes)
      for await (const _ of rest);
    }
    this.#digest ??= this.#hash.digest('hex')
    return this.#digest
  }

  #passed(chunk: Buffer, at: number): void {
    if (at + chunk.length > this.#sentBytes) {
      this.#sentBytes = at + chunk.length
      this.#lastSentMs = this.#nowMs()
    }
    const skip = this.#hashedBytes - at
    if (skip < 0 || skip >= chunk.length) return
    this.#hash.update(chunk.subarray(skip))
    this.#hashedBytes += chunk.length - skip
  }
}

const sourceChanged = () => transferFailed('source-changed', 'A file became shorter while it was being sent.')

function createEmpty(): Readable {
  const empty = new Transform()
  empty.end()
  return empty
}

/** The size of a file that is to be offered. Throws `input` errors for what is no file. */
export async function sizeOfFile(path: string): Promise<number> {
  try {
    const found = await stat(path)
    if (found.isFile()) return found.size
  } catch (cause) {
    throw new MicrotomeError(
      { code: 'source-unreadable', class: 'input', message: 'The file to be sent is gone or not readable.' },
      { cause }
    )
  }
  throw new MicrotomeError({ code: 'not-a-file', class: 'input', message: 'What was to be sent is not a file.' })
}
