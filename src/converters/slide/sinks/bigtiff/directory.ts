import type { Rational } from './rational.ts'

/** A field's type with its values, as TIFF 6.0 and the BigTIFF proposal name them. */
export type FieldValue =
  | { type: 'ascii'; text: string }
  | { type: 'short' | 'long'; values: readonly number[] | Uint32Array }
  | { type: 'long8'; values: readonly number[] | Float64Array }
  | { type: 'rational'; value: Rational }
  | { type: 'undefined'; bytes: Buffer }

const typeNumbers = { ascii: 2, short: 3, long: 4, rational: 5, undefined: 7, long8: 16 } as const
const entryBytes = 20

/** The bytes in front of everything: little-endian BigTIFF, whose first directory lies at `directoryOffset`. */
export function bigTiffHeader(directoryOffset: number): Buffer {
  const header = Buffer.alloc(16)
  header.write('II', 0, 'latin1')
  header.writeUInt16LE(43, 2)
  header.writeUInt16LE(8, 4)
  header.writeBigUInt64LE(BigInt(directoryOffset), 8)
  return header
}

/**
 * A directory for `offset` (a multiple of 8) with the values that don't fit into it right behind. The next directory
 * begins behind that, unless this is the last.
 */
export function directoryBlock(fields: ReadonlyMap<number, FieldValue>, offset: number, isLast: boolean): Buffer {
  const sorted = [...fields].sort(([a], [b]) => a - b).map(([tag, field]) => ({ tag, field, ...encode(field) }))
  const table = Buffer.alloc(8 + sorted.length * entryBytes + 8)
  table.writeBigUInt64LE(BigInt(sorted.length), 0)
  const behind: Buffer[] = []
  let end = roundUp(table.length)
  behind.push(Buffer.alloc(end - table.length))
  for (const [i, { tag, field, count, bytes }] of sorted.entries()) {
    const at = 8 + i * entryBytes
    table.writeUInt16LE(tag, at)
    table.writeUInt16LE(typeNumbers[field.type], at + 2)
    table.writeBigUInt64LE(BigInt(count), at + 4)
    if (bytes.length <= 8) {
      bytes.copy(table, at + 12)
      continue
    }
    table.writeBigUInt64LE(BigInt(offset + end), at + 12)
    const padding = roundUp(bytes.length) - bytes.length
    behind.push(bytes, Buffer.alloc(padding))
    end += bytes.length + padding
  }
  if (!isLast) table.writeBigUInt64LE(BigInt(offset + end), table.length - 8)
  return Buffer.concat([table, ...behind])
}

/** 64-bit values are best found at multiples of 8. */
export function roundUp(offset: number): number {
  return Math.ceil(offset / 8) * 8
}

function encode(field: FieldValue): { count: number; bytes: Buffer } {
  switch (field.type) {
    case 'ascii': {
      const bytes = Buffer.from(`${field.text}\0`, 'latin1')
      return { count: bytes.length, bytes }
    }
    case 'undefined':
      return { count: field.bytes.length, bytes: field.bytes }
    case 'rational': {
      const bytes = Buffer.alloc(8)
      bytes.writeUInt32LE(field.value.numerator, 0)
      bytes.writeUInt32LE(field.value.denominator, 4)
      return { count: 1, bytes }
    }
    case 'short':
    case 'long':
    case 'long8':
      return { count: field.values.length, bytes: encodeNumbers(field.type, field.values) }
  }
}

function encodeNumbers(type: 'short' | 'long' | 'long8', values: ArrayLike<number>): Buffer {
  const size = { short: 2, long: 4, long8: 8 }[type]
  const bytes = Buffer.alloc(values.length * size)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0
    if (type === 'short') view.setUint16(i * 2, value, true)
    else view.setUint32(i * size, value % 2 ** 32, true)
    if (type === 'long8') view.setUint32(i * 8 + 4, Math.floor(value / 2 ** 32), true)
  }
  return bytes
}
