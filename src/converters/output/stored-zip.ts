import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'

interface Entry {
  name: Buffer
  crc: number
  sizeBytes: number
  offset: number
}

/** 1980-01-01, the earliest day that the format knows: results of the same input are the same bytes, and tell no date. */
const dosDate = 0x0021
const max32 = 0xffffffff
const max16 = 0xffff
const flushBytes = 1 << 20
/** General purpose bit 11: names are UTF-8. Bit 3 (sizes follow the data) is never set. */
const flags = 0x0800

/**
 * Writes a zip of stored entries one after the other, with sizes and CRC in the local headers, so that a receiver can
 * expand it while it streams in. Zip64 where counts, sizes or offsets need it. Memory: one entry's directory record each.
 *
 * Own code because yazl keeps every buffer and scans all entries per entry, fflate has no zip64, and zip-stream brings
 * ten packages for these hundred lines.
 */
export class StoredZip {
  readonly #file: FileHandle
  readonly #entries: Entry[] = []
  #pending: Buffer[] = []
  #pendingBytes = 0
  #offset = 0

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** Makes or replaces the file. */
  static async create(path: string): Promise<StoredZip> {
    return new StoredZip(await open(path, 'w'))
  }

  async addBuffer(name: string, data: Buffer): Promise<void> {
    const entry = this.#begin(name, crc32(data), data.length)
    await this.#write(localHeader(entry))
    await this.#write(data)
  }

  /** Streams a file of any size; its header is completed afterwards, so it is read once. */
  async addFile(name: string, path: string, sizeBytes: number): Promise<void> {
    const entry = this.#begin(name, 0, sizeBytes)
    await this.#write(localHeader(entry))
    let written = 0
    for await (const chunk of createReadStream(path, { highWaterMark: flushBytes })) {
      entry.crc = crc32(chunk, entry.crc)
      written += chunk.length
      await this.#write(chunk)
    }
    if (written !== sizeBytes)
      throw new Error(`a file changed from ${sizeBytes} to ${written} bytes while it was packed`)
    await this.#flush()
    const header = localHeader(entry)
    await this.#file.write(header, 0, header.length, entry.offset)
  }

  /** Writes the directory, flushes to disk and closes; answers the size in bytes. */
  async finish(): Promise<number> {
    const start = this.#offset
    for (const entry of this.#entries) await this.#write(directoryRecord(entry))
    await this.#write(endOfDirectory(this.#entries.length, start, this.#offset - start))
    await this.#flush()
    await this.#file.sync()
    await this.#file.close()
    return this.#offset
  }

  /** Closes without a directory; what was written is no zip. */
  async abandon(): Promise<void> {
    await this.#file.close()
  }

  #begin(name: string, crc: number, sizeBytes: number): Entry {
    const entry = { name: Buffer.from(name), crc, sizeBytes, offset: this.#offset }
    this.#entries.push(entry)
    return entry
  }

  async #write(data: Buffer): Promise<void> {
    this.#pending.push(data)
    this.#pendingBytes += data.length
    this.#offset += data.length
    if (this.#pendingBytes >= flushBytes) await this.#flush()
  }

  async #flush(): Promise<void> {
    const data = Buffer.concat(this.#pending)
    this.#pending = []
    this.#pendingBytes = 0
    let position = this.#offset - data.length
    for (let done = 0; done < data.length; ) {
      const { bytesWritten } = await this.#file.write(data, done, data.length - done, position)
      done += bytesWritten
      position += bytesWritten
    }
  }
}

/** Sizes of 4 GiB and more go into a zip64 field of the header; both versions of a header have the same length. */
function localHeader({ name, crc, sizeBytes }: Entry): Buffer {
  const big = sizeBytes >= max32
  const extra = big ? zip64Field([sizeBytes, sizeBytes]) : Buffer.alloc(0)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(big ? 45 : 20, 4)
  header.writeUInt16LE(flags, 6)
  header.writeUInt16LE(dosDate, 12)
  header.writeUInt32LE(crc, 14)
  header.writeUInt32LE(big ? max32 : sizeBytes, 18)
  header.writeUInt32LE(big ? max32 : sizeBytes, 22)
  header.writeUInt16LE(name.length, 26)
  header.writeUInt16LE(extra.length, 28)
  return Buffer.concat([header, name, extra])
}

function directoryRecord({ name, crc, sizeBytes, offset }: Entry): Buffer {
  const bigSize = sizeBytes >= max32
  const bigOffset = offset >= max32
  const values = [...(bigSize ? [sizeBytes, sizeBytes] : []), ...(bigOffset ? [offset] : [])]
  const extra = values.length > 0 ? zip64Field(values) : Buffer.alloc(0)
  const record = Buffer.alloc(46)
  record.writeUInt32LE(0x02014b50, 0)
  record.writeUInt16LE((3 << 8) | 45, 4)
  record.writeUInt16LE(values.length > 0 ? 45 : 20, 6)
  record.writeUInt16LE(flags, 8)
  record.writeUInt16LE(dosDate, 14)
  record.writeUInt32LE(crc, 16)
  record.writeUInt32LE(bigSize ? max32 : sizeBytes, 20)
  record.writeUInt32LE(bigSize ? max32 : sizeBytes, 24)
  record.writeUInt16LE(name.length, 28)
  record.writeUInt16LE(extra.length, 30)
  // Unix: a regular file that everyone may read.
  record.writeUInt32LE(0o100644 * 0x10000, 38)
  record.writeUInt32LE(bigOffset ? max32 : offset, 42)
  return Buffer.concat([record, name, extra])
}

function zip64Field(values: number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * values.length)
  field.writeUInt16LE(0x0001, 0)
  field.writeUInt16LE(8 * values.length, 2)
  for (const [i, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + 8 * i)
  return field
}

function endOfDirectory(count: number, offset: number, sizeBytes: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Math.min(count, max16), 8)
  end.writeUInt16LE(Math.min(count, max16), 10)
  end.writeUInt32LE(Math.min(sizeBytes, max32), 12)
  end.writeUInt32LE(Math.min(offset, max32), 16)
  const needs64 = count >= max16 || sizeBytes >= max32 || offset >= max32
  return needs64 ? Buffer.concat([zip64End(count, offset, sizeBytes), end]) : end
}

function zip64End(count: number, offset: number, sizeBytes: number): Buffer {
  const end = Buffer.alloc(56)
  end.writeUInt32LE(0x06064b50, 0)
  end.writeBigUInt64LE(44n, 4)
  end.writeUInt16LE((3 << 8) | 45, 12)
  end.writeUInt16LE(45, 14)
  end.writeBigUInt64LE(BigInt(count), 24)
  end.writeBigUInt64LE(BigInt(count), 32)
  end.writeBigUInt64LE(BigInt(sizeBytes), 40)
  end.writeBigUInt64LE(BigInt(offset), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(BigInt(offset + sizeBytes), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([end, locator])
}
