import { crc32 } from 'node:zlib'
import type { AppendFile } from '../../../output/append-file.ts'

/** An entry that was found whole. `offset` is that of its local header. */
export interface FoundEntry {
  name: string
  offset: number
  headerBytes: number
  sizeBytes: number
  crc: number
}

const windowBytes = 4 << 20
const fixedBytes = 30

/** Walks the entries of an unfinished stored zip from `start` on; ends before the first that is not whole or not an entry. */
export async function* scanEntries(file: AppendFile, start: number): AsyncGenerator<FoundEntry> {
  const window = new ReadWindow(file)
  for (let offset = start; ; ) {
    const fixed = await window.bytes(offset, fixedBytes)
    if (fixed?.readUInt32LE(0) !== 0x04034b50) return
    const [crc, sizeBytes] = [fixed.readUInt32LE(14), fixed.readUInt32LE(18)]
    const nameBytes = fixed.readUInt16LE(26)
    const headerBytes = fixedBytes + nameBytes + fixed.readUInt16LE(28)
    const whole = await window.bytes(offset, headerBytes + sizeBytes)
    if (!whole || crc32(whole.subarray(headerBytes)) !== crc) return
    yield { name: whole.toString('utf8', fixedBytes, fixedBytes + nameBytes), offset, headerBytes, sizeBytes, crc }
    offset += headerBytes + sizeBytes
  }
}

/** Reads a file front to back in large pieces. */
class ReadWindow {
  readonly #file: AppendFile
  #start = 0
  #bytes: Buffer = Buffer.alloc(0)

  constructor(file: AppendFile) {
    this.#file = file
  }

  /** Undefined where the file ends before. */
  async bytes(offset: number, lengthBytes: number): Promise<Buffer | undefined> {
    if (offset + lengthBytes > this.#file.end) return undefined
    const at = offset - this.#start
    if (at < 0 || at + lengthBytes > this.#bytes.length) {
      this.#start = offset
      this.#bytes = await this.#file.read(offset, Math.min(Math.max(lengthBytes, windowBytes), this.#file.end - offset))
    }
    return this.#bytes.subarray(offset - this.#start, offset - this.#start + lengthBytes)
  }
}
