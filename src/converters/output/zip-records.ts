/** An entry as the zip's records tell it. `offset` is that of its local header. */
export interface ZipRecord {
  name: Buffer
  crc: number
  sizeBytes: number
  offset: number
}

/** 1980-01-01, the earliest day that the format knows: results of the same input are the same bytes, and tell no date. */
const dosDate = 0x0021
const max32 = 0xffffffff
const max16 = 0xffff
/** General purpose bit 11: names are UTF-8. Bit 3 (sizes follow the data) is never set. */
const flags = 0x0800
const endBytes = 22
/** Zip64's end of directory and its locator. */
const zip64EndBytes = 56 + 20
/** All that can stand behind a directory that has no comment. */
export const directoryTailBytes = endBytes + zip64EndBytes

/**
 * What stands in front of an entry's bytes. Sizes of 4 GiB and more go into a zip64 field; `big` asks for one where the
 * size is not known yet.
 */
export function localHeader({ name, crc, sizeBytes }: Omit<ZipRecord, 'offset'>, big = sizeBytes >= max32): Buffer {
  const extra = big ? zip64Field([sizeBytes, sizeBytes]) : none
  const header = record(30, name, extra)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(big ? 45 : 20, 4)
  header.writeUInt16LE(flags, 6)
  header.writeUInt16LE(dosDate, 12)
  header.writeUInt32LE(crc, 14)
  header.writeUInt32LE(big ? max32 : sizeBytes, 18)
  header.writeUInt32LE(big ? max32 : sizeBytes, 22)
  header.writeUInt16LE(name.length, 26)
  header.writeUInt16LE(extra.length, 28)
  return header
}

/** An entry's record in the directory. */
export function directoryRecord({ name, crc, sizeBytes, offset }: ZipRecord): Buffer {
  const bigSize = sizeBytes >= max32
  const bigOffset = offset >= max32
  const values = [...(bigSize ? [sizeBytes, sizeBytes] : []), ...(bigOffset ? [offset] : [])]
  const extra = values.length > 0 ? zip64Field(values) : none
  const entry = record(46, name, extra)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE((3 << 8) | 45, 4)
  entry.writeUInt16LE(values.length > 0 ? 45 : 20, 6)
  entry.writeUInt16LE(flags, 8)
  entry.writeUInt16LE(dosDate, 14)
  entry.writeUInt32LE(crc, 16)
  entry.writeUInt32LE(bigSize ? max32 : sizeBytes, 20)
  entry.writeUInt32LE(bigSize ? max32 : sizeBytes, 24)
  entry.writeUInt16LE(name.length, 28)
  entry.writeUInt16LE(extra.length, 30)
  // Unix: a regular file that everyone may read.
  entry.writeUInt32LE(0o100644 * 0x10000, 38)
  entry.writeUInt32LE(bigOffset ? max32 : offset, 42)
  return entry
}

const none = Buffer.alloc(0)

/** Zeros for the fields, and what stands behind them. In memory that small buffers share: there are two of these for each tile. */
function record(fieldBytes: number, name: Buffer, extra: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(fieldBytes + name.length + extra.length).fill(0, 0, fieldBytes)
  name.copy(bytes, fieldBytes)
  extra.copy(bytes, fieldBytes + name.length)
  return bytes
}

function zip64Field(values: number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * values.length)
  field.writeUInt16LE(0x0001, 0)
  field.writeUInt16LE(8 * values.length, 2)
  for (const [i, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + 8 * i)
  return field
}

/** What stands behind a directory of `count` records that begins at `offset`. */
export function endOfDirectory(count: number, offset: number, sizeBytes: number): Buffer {
  const end = Buffer.alloc(endBytes)
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

/** Where the directory of a zip without a comment lies. `tail` is the end of the file ({@link directoryTailBytes}). */
export function findDirectory(tail: Buffer): { count: number; offset: number; sizeBytes: number } | undefined {
  const at = tail.length - endBytes
  if (at < 0 || tail.readUInt32LE(at) !== 0x06054b50) return undefined
  const at64 = at - zip64EndBytes
  if (at64 >= 0 && tail.readUInt32LE(at64) === 0x06064b50)
    return {
      count: Number(tail.readBigUInt64LE(at64 + 32)),
      sizeBytes: Number(tail.readBigUInt64LE(at64 + 40)),
      offset: Number(tail.readBigUInt64LE(at64 + 48))
    }
  return {
    count: tail.readUInt16LE(at + 10),
    sizeBytes: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16)
  }
}

/** The record that begins at `at` of a piece of a directory; undefined where there is no whole one of a stored entry. */
export function parseRecord(
  bytes: Buffer,
  at: number
): { name: string; crc: number; sizeBytes: number; offset: number; lengthBytes: number } | undefined {
  if (bytes.length < at + 46 || bytes.readUInt32LE(at) !== 0x02014b50 || bytes.readUInt16LE(at + 10) !== 0)
    return undefined
  const nameEnd = at + 46 + bytes.readUInt16LE(at + 28)
  const extraEnd = nameEnd + bytes.readUInt16LE(at + 30)
  const end = extraEnd + bytes.readUInt16LE(at + 32)
  if (end > bytes.length) return undefined
  const values = zip64Values(bytes.subarray(nameEnd, extraEnd))
  const wide = (value: number) => (value === max32 ? (values.shift() ?? value) : value)
  // In this order where they don't fit (APPNOTE 4.5.3): original size, stored size, offset.
  const sizeBytes = wide(bytes.readUInt32LE(at + 24))
  if (wide(bytes.readUInt32LE(at + 20)) !== sizeBytes) return undefined
  const offset = wide(bytes.readUInt32LE(at + 42))
  const name = bytes.toString('utf8', at + 46, nameEnd)
  return { name, crc: bytes.readUInt32LE(at + 16), sizeBytes, offset, lengthBytes: end - at }
}

function zip64Values(extra: Buffer): number[] {
  if (extra.length < 4 || extra.readUInt16LE(0) !== 0x0001) return []
  const count = Math.floor(Math.min(extra.readUInt16LE(2), extra.length - 4) / 8)
  return Array.from({ length: count }, (_, i) => Number(extra.readBigUInt64LE(4 + 8 * i)))
}
