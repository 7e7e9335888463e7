import { type FileHandle, open } from 'node:fs/promises'
import { verifyFailed } from '../failures.ts'
import { directoryTailBytes, findDirectory, parseRecord } from './zip-records.ts'

/** An entry of a stored zip as its directory tells it. `dataOffset` needs the local header: {@link entryRange}. */
export interface ListedEntry {
  name: string
  crc: number
  sizeBytes: number
  /** Of the local header, in the file. */
  offset: number
}

/** Part of a file: from `start` up to (without) `end`. */
export interface ByteRange {
  start: number
  end: number
}

const pieceBytes = 1 << 20
/** A record with the longest name and fields that it may have. */
const mostRecordBytes = 46 + 3 * 0xffff

/**
 * The entries of a zip as our writer makes them, in the directory's order: ten thousand at a time, by one read of 1 MB, where
 * yauzl takes 60 µs each. `range` is where the zip lies in a larger file. Throws `verify-failed` where it is none.
 */
export async function* listZip(path: string, range?: ByteRange): AsyncGenerator<ListedEntry[]> {
  const file = await open(path)
  try {
    yield* listEntries(file, range ?? { start: 0, end: (await file.stat()).size })
  } finally {
    await file.close()
  }
}

async function* listEntries(file: FileHandle, { start, end }: ByteRange): AsyncGenerator<ListedEntry[]> {
  const tailBytes = Math.min(end - start, directoryTailBytes)
  const found = findDirectory(await readAt(file, end - tailBytes, tailBytes))
  if (!found || start + found.offset + found.sizeBytes > end) throw notAZip()
  let position = start + found.offset
  let [left, missing] = [found.sizeBytes, found.count]
  let bytes: Buffer = Buffer.alloc(0)
  while (missing > 0) {
    const piece = await readAt(file, position, Math.min(left, pieceBytes))
    position += piece.length
    left -= piece.length
    const { entries, rest } = entriesIn(Buffer.concat([bytes, piece]), missing, left > 0)
    if (entries.length === 0) throw notAZip()
    for (const entry of entries) entry.offset += start
    missing -= entries.length
    bytes = rest
    yield entries
  }
}

/** Up to `most` records; where more bytes are to come, none that may go on in them. */
function entriesIn(bytes: Buffer, most: number, moreToCome: boolean): { entries: ListedEntry[]; rest: Buffer } {
  const entries: ListedEntry[] = []
  let at = 0
  while (entries.length < most && (!moreToCome || bytes.length - at >= mostRecordBytes)) {
    const record = parseRecord(bytes, at)
    if (!record) break
    const { name, crc, sizeBytes, offset, lengthBytes } = record
    entries.push({ name, crc, sizeBytes, offset })
    at += lengthBytes
  }
  return { entries, rest: bytes.subarray(at) }
}

/** Where the bytes of a stored entry lie. */
export async function entryRange(path: string, { offset, sizeBytes }: ListedEntry): Promise<ByteRange> {
  const file = await open(path)
  try {
    const header = await readAt(file, offset, 30)
    const start = offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
    return { start, end: start + sizeBytes }
  } finally {
    await file.close()
  }
}

async function readAt(file: FileHandle, position: number, lengthBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(lengthBytes)
  for (let done = 0; done < lengthBytes; ) {
    const { bytesRead } = await file.read(bytes, done, lengthBytes - done, position + done)
    if (bytesRead === 0) throw notAZip()
    done += bytesRead
  }
  return bytes
}

const notAZip = () =>
  verifyFailed('The packed result has no sound directory.', 'Retry; check the disk if it happens again.')
