import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { OfferedBytes } from './offered-blob.ts'
import { transferFailed } from './transfer-error.ts'

/** A file of ours and its relative name, with `/`, in what travels. */
export interface PackedFile {
  name: string
  path: string
  sizeBytes: number
}

type Segment = { start: number; length: number } & ({ bytes: Buffer } | { path: string })

const highWaterMark = 2 ** 20
const longSize = 0xffffffff
/** APPNOTE 4.3.16: an archive without entries. */
const emptyDirectory = Buffer.concat([Buffer.from([0x50, 0x4b, 5, 6]), Buffer.alloc(18)])

/**
 * Files as one stored zip that is never written anywhere: headers are put between the files while they stream, from any offset, so a
 * slide of many gigabytes takes neither room nor a second reading. Made for {@link ExpandSink} alone: checksums are 0, since the
 * SHA-256 of the whole is compared, and the directory at the end names nothing.
 */
export class PackedFiles implements OfferedBytes {
  readonly sizeBytes: number
  readonly #segments: Segment[] = []

  constructor(files: readonly PackedFile[]) {
    let start = 0
    const add = (segment: { bytes: Buffer } | { path: string }, length: number) => {
      this.#segments.push({ ...segment, start, length })
      start += length
    }
    for (const { name, path, sizeBytes } of files) {
      const header = localHeader(name, sizeBytes)
      add({ bytes: header }, header.length)
      add({ path }, sizeBytes)
    }
    add({ bytes: emptyDirectory }, emptyDirectory.length)
    this.sizeBytes = start
  }

  /** Destroyed with `source-changed` where a file got shorter. */
  read(offset: number): Readable {
    return Readable.from(this.#from(offset), { objectMode: false, highWaterMark })
  }

  async *#from(offset: number): AsyncGenerator<Buffer> {
    for (const segment of this.#segments) {
      const skip = Math.max(0, offset - segment.start)
      if (skip >= segment.length) continue
      if ('bytes' in segment) yield segment.bytes.subarray(skip)
      else yield* fileBytes(segment.path, skip, segment.length)
    }
  }
}

async function* fileBytes(path: string, start: number, length: number): AsyncGenerator<Buffer> {
  let at = start
  for await (const chunk of createReadStream(path, { start, end: length - 1, highWaterMark })) {
    at += chunk.length
    yield chunk
  }
  if (at !== length) throw transferFailed('source-changed', 'A file became shorter while it was being sent.')
}

/** Zip64 where the size needs it; UTF-8 names (bit 11), no compression, no date. */
function localHeader(name: string, sizeBytes: number): Buffer {
  const nameBytes = Buffer.from(name)
  const isLong = sizeBytes >= longSize
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(isLong ? 45 : 20, 4)
  header.writeUInt16LE(0x0800, 6)
  header.writeUInt32LE(isLong ? longSize : sizeBytes, 18)
  header.writeUInt32LE(isLong ? longSize : sizeBytes, 22)
  header.writeUInt16LE(nameBytes.length, 26)
  header.writeUInt16LE(isLong ? 20 : 0, 28)
  return Buffer.concat([header, nameBytes, isLong ? zip64Sizes(sizeBytes) : Buffer.alloc(0)])
}

function zip64Sizes(sizeBytes: number): Buffer {
  const field = Buffer.alloc(20)
  field.writeUInt16LE(1, 0)
  field.writeUInt16LE(16, 2)
  field.writeBigUInt64LE(BigInt(sizeBytes), 4)
  field.writeBigUInt64LE(BigInt(sizeBytes), 12)
  return field
}
