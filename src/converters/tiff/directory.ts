import { damaged } from '../failures.ts'
import type { ByteSource } from './byte-source.ts'

/** Tags that tell a slide from a photo (TIFF 6.0; 330 from Adobe's supplement). */
export const tag = {
  subfileType: 254,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  description: 270,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  stripSizes: 279,
  resolutionX: 282,
  resolutionY: 283,
  resolutionUnit: 296,
  software: 305,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileSizes: 325,
  subDirectories: 330
} as const

interface Entry {
  type: number
  count: number
  /** Where the values lie in the file. */
  offset: number
}

/** How a file's numbers are laid out: byte order, and whether offsets have 8 bytes (BigTIFF). */
export interface Layout {
  littleEndian: boolean
  big: boolean
}

/** One image file directory: which values it has, and where. */
export interface Directory {
  layout: Layout
  entries: ReadonlyMap<number, Entry>
  /** Offset of the next directory; 0 at the end. */
  next: number
}

/** Bytes of one value by TIFF type: BYTE ASCII SHORT LONG RATIONAL SBYTE UNDEFINED SSHORT SLONG SRATIONAL FLOAT DOUBLE IFD . . LONG8 SLONG8 IFD8 */
const typeSizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8]
const maxEntries = 4096
/** Values are read in pieces of this many, so that a count from a damaged file costs no memory. */
const valuesPerChunk = 1 << 16

/** An unsigned 64-bit value; offsets beyond 2^53 are no offsets of a real file and fail the range check. */
const uint64 = (view: DataView, at: number, littleEndian: boolean) => Number(view.getBigUint64(at, littleEndian))

/** Byte order, kind and the first directory's offset; undefined if the first bytes are not a TIFF's. */
export async function readHeader(source: ByteSource): Promise<{ layout: Layout; first: number } | undefined> {
  if (source.sizeBytes < 8) return undefined
  const view = await source.read(0, Math.min(16, source.sizeBytes))
  const order = view.getUint16(0)
  if (order !== 0x4949 && order !== 0x4d4d) return undefined
  const littleEndian = order === 0x4949
  const version = view.getUint16(2, littleEndian)
  if (version === 42) return { layout: { littleEndian, big: false }, first: view.getUint32(4, littleEndian) }
  if (version !== 43 || view.byteLength < 16 || view.getUint16(4, littleEndian) !== 8) return undefined
  return { layout: { littleEndian, big: true }, first: uint64(view, 8, littleEndian) }
}

/** Reads one directory; throws `damaged` where it can't be one. */
export async function readDirectory(source: ByteSource, layout: Layout, offset: number): Promise<Directory> {
  const { littleEndian, big } = layout
  const head = await source.read(offset, big ? 8 : 2)
  const count = big ? uint64(head, 0, littleEndian) : head.getUint16(0, littleEndian)
  if (count === 0 || count > maxEntries)
    throw damaged(
      `The TIFF is damaged: the directory at byte ${offset} has ${count} entries.`,
      'Copy it again from where it was made.'
    )
  const entrySize = big ? 20 : 12
  const start = offset + head.byteLength
  const view = await source.read(start, count * entrySize + (big ? 8 : 4))
  const entries = new Map<number, Entry>()
  for (let i = 0; i < count; i++) {
    const found = readEntry(view, i * entrySize, start, layout)
    if (found) entries.set(view.getUint16(i * entrySize, littleEndian), found)
  }
  const end = count * entrySize
  return { layout, entries, next: big ? uint64(view, end, littleEndian) : view.getUint32(end, littleEndian) }
}

/** An entry's values lie in the entry itself where they fit, else at the offset that it holds. Unknown types are left out. */
function readEntry(view: DataView, at: number, viewOffset: number, { littleEndian, big }: Layout): Entry | undefined {
  const type = view.getUint16(at + 2, littleEndian)
  const size = typeSizes[type] ?? 0
  if (size === 0) return undefined
  const count = big ? uint64(view, at + 4, littleEndian) : view.getUint32(at + 4, littleEndian)
  const field = at + (big ? 12 : 8)
  if (size * count <= (big ? 8 : 4)) return { type, count, offset: viewOffset + field }
  return { type, count, offset: big ? uint64(view, field, littleEndian) : view.getUint32(field, littleEndian) }
}

/** The numbers of a tag in order, 65,536 at a time; none if the tag is missing. RATIONALs come as quotients. */
export async function* numbersOf(source: ByteSource, directory: Directory, tagId: number): AsyncGenerator<number[]> {
  const entry = directory.entries.get(tagId)
  if (!entry) return
  const size = typeSizes[entry.type] ?? 1
  for (let done = 0; done < entry.count; done += valuesPerChunk) {
    const many = Math.min(valuesPerChunk, entry.count - done)
    const view = await source.read(entry.offset + done * size, many * size)
    yield Array.from({ length: many }, (_, i) => readNumber(view, i * size, entry.type, directory.layout.littleEndian))
  }
}

function readNumber(view: DataView, at: number, type: number, littleEndian: boolean): number {
  switch (type) {
    case 3:
    case 8:
      return view.getUint16(at, littleEndian)
    case 4:
    case 9:
    case 13:
      return view.getUint32(at, littleEndian)
    case 5:
    case 10:
      return view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian)
    case 11:
      return view.getFloat32(at, littleEndian)
    case 12:
      return view.getFloat64(at, littleEndian)
    case 16:
    case 17:
    case 18:
      return uint64(view, at, littleEndian)
    default:
      return view.getUint8(at)
  }
}

/** The first number of a tag. */
export async function numberOf(source: ByteSource, directory: Directory, tagId: number): Promise<number | undefined> {
  for await (const values of numbersOf(source, directory, tagId)) return values[0]
  return undefined
}

/** A text tag up to its first NUL, at most `maxBytes` of it; empty if it is missing. */
export async function textOf(
  source: ByteSource,
  directory: Directory,
  tagId: number,
  maxBytes: number
): Promise<string> {
  const entry = directory.entries.get(tagId)
  if (!entry || (typeSizes[entry.type] ?? 0) !== 1) return ''
  const view = await source.read(entry.offset, Math.min(entry.count, maxBytes))
  const text = new TextDecoder().decode(view)
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}
