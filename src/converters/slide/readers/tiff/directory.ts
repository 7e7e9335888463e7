import { getTiffTagSize, type Tag, Tiff, TiffImage, TiffTagValueType, TiffVersion } from '@cogeotiff/core'
import type { DataViewOffset } from '@cogeotiff/core/build/read/data.view.offset.js'
import { TagTiffBigConfig, TagTiffConfig } from '@cogeotiff/core/build/read/tiff.ifd.config.js'
import { createTag } from '@cogeotiff/core/build/read/tiff.tag.factory.js'
import { MicrotomeError } from '../../../../shared/errors.ts'
import { damaged } from '../../../failures.ts'
import type { ByteSource } from './byte-source.ts'

/** A TIFF whose header was read: byte order, size of offsets, where the first directory lies. */
export interface TiffHeader {
  tiff: Tiff
  big: boolean
  first: number
}

const maxEntries = 4096
/** Of values that come one by one (sizes, resolution, sub-directories); tables of tiles have a reader of their own. */
const maxValues = 1024

/** Reads the first bytes; undefined if they are not a TIFF's. */
export async function readHeader(source: ByteSource): Promise<TiffHeader | undefined> {
  if (source.sizeBytes < 8) return undefined
  const head = await source.read(0, Math.min(16, source.sizeBytes))
  const order = head.toString('latin1', 0, 2)
  if (order !== 'II' && order !== 'MM') return undefined
  const view = new DataView(head.buffer)
  const tiff = emptyTiff(source, order === 'II')
  const version = view.getUint16(2, tiff.isLittleEndian)
  if (version === 42) return { tiff, big: false, first: view.getUint32(4, tiff.isLittleEndian) }
  if (version !== 43 || view.byteLength < 16 || view.getUint16(4, tiff.isLittleEndian) !== 8) return undefined
  tiff.version = TiffVersion.BigTiff
  tiff.ifdConfig = TagTiffBigConfig
  return { tiff, big: true, first: uint64(view, 8, tiff.isLittleEndian) }
}

/**
 * cogeotiff's own way in follows a chain of directories for ever and believes every size; so the chain is followed here
 * (pages.ts), and it parses one directory at a time from bytes that were checked.
 */
function emptyTiff(source: ByteSource, littleEndian: boolean): Tiff {
  const tiff = new Tiff({
    url: new URL('memory:tiff'),
    metadata: { size: source.sizeBytes },
    fetch: async (offset, length = 0) => (await source.read(offset, length)).buffer
  })
  tiff.isLittleEndian = littleEndian
  tiff.ifdConfig = TagTiffConfig
  return tiff
}

/** Beyond 2^53 there is no offset of a real file; it fails the range check. */
const uint64 = (view: DataView, at: number, littleEndian: boolean) => Number(view.getBigUint64(at, littleEndian))

/** Reads one directory; throws `damaged` where it can't be one. An entry that makes no sense is left out. */
export async function readDirectory(source: ByteSource, { tiff, big }: TiffHeader, offset: number): Promise<Directory> {
  const { isLittleEndian } = tiff
  const headBytes = big ? 8 : 2
  const head = new DataView((await source.read(offset, headBytes)).buffer)
  const count = big ? uint64(head, 0, isLittleEndian) : head.getUint16(0, isLittleEndian)
  if (count === 0 || count > maxEntries)
    throw damaged(
      `The TIFF is damaged: the directory at byte ${offset} has ${count} entries.`,
      'Copy it again from where it was made.'
    )
  const entryBytes = tiff.ifdConfig.ifd
  const start = offset + headBytes
  const bytes = await source.read(start, count * entryBytes + (big ? 8 : 4))
  const view = Object.assign(new DataView(bytes.buffer), { sourceOffset: start })
  const tags = new Map<number, Tag>()
  for (let i = 0; i < count; i++) {
    const found = readEntry(tiff, view, i * entryBytes)
    // Of a tag that comes twice libtiff, too, takes the first.
    if (found && !tags.has(found.id)) tags.set(found.id, found)
  }
  const end = count * entryBytes
  const next = big ? uint64(view, end, isLittleEndian) : view.getUint32(end, isLittleEndian)
  return new Directory(source, new TiffImage(tiff, 0, tags), { next, entries: count })
}

function readEntry(tiff: Tiff, view: DataViewOffset, at: number): Tag | undefined {
  const { isLittleEndian } = tiff
  const type = view.getUint16(at + 2, isLittleEndian)
  // cogeotiff knows these types' sizes and doesn't read them; to offsets and counts the sign makes no difference.
  const isSigned64 = type === TiffTagValueType.Int64 || type === TiffTagValueType.Ifd8
  if (isSigned64) view.setUint16(at + 2, TiffTagValueType.Uint64, isLittleEndian)
  try {
    const tag = createTag(tiff, view, at)
    return tag.count > 0 ? tag : undefined
  } catch {
    return undefined
  }
}

/** One image file directory: its tags are read when they are asked for. Reads throw `damaged`. */
export class Directory {
  /** Offset of the next directory; 0 at the end. */
  readonly next: number
  /** Of any kind, those included that make no sense. */
  readonly entries: number
  readonly #source: ByteSource
  readonly #image: TiffImage

  constructor(source: ByteSource, image: TiffImage, { next, entries }: { next: number; entries: number }) {
    this.#source = source
    this.#image = image
    this.next = next
    this.entries = entries
  }

  get tags(): ReadonlyMap<number, Tag> {
    return this.#image.tags
  }

  get littleEndian(): boolean {
    return this.#image.tiff.isLittleEndian
  }

  has(tagId: number): boolean {
    return this.tags.has(tagId)
  }

  /** The numbers of a tag, rationals as quotients; none if it is missing. Throws `damaged` where they are more than 1024. */
  async numbers(tagId: number): Promise<number[]> {
    const tag = this.tags.get(tagId)
    if (!tag) return []
    if (tag.count > maxValues)
      throw damaged(
        `The TIFF is damaged: its tag ${tagId} has ${tag.count} values, at most ${maxValues} make sense.`,
        'Copy it again from where it was made.'
      )
    return numbersIn(await this.#image.fetch(tag.id as never).catch(asDamaged), tag.dataType)
  }

  /** The first number of a tag. */
  async number(tagId: number): Promise<number | undefined> {
    return (await this.numbers(tagId))[0]
  }

  /** A tag's value byte for byte; undefined if it is missing or longer than `maxBytes`. */
  async bytes(tagId: number, maxBytes: number): Promise<Buffer | undefined> {
    const tag = this.tags.get(tagId)
    const sizeBytes = tag ? tag.count * getTiffTagSize(tag.dataType) : 0
    return tag && sizeBytes <= maxBytes ? this.#raw(tag, sizeBytes) : undefined
  }

  /** A text up to its first NUL, at most `maxBytes` of it; empty if it is missing. UTF-8, else Latin-1. */
  async text(tagId: number, maxBytes: number): Promise<string> {
    const tag = this.tags.get(tagId)
    if (!tag || getTiffTagSize(tag.dataType) !== 1) return ''
    const bytes = await this.#raw(tag, Math.min(tag.count, maxBytes))
    const end = bytes.indexOf(0)
    return decodeText(end < 0 ? bytes : bytes.subarray(0, end))
  }

  async #raw(tag: Tag, sizeBytes: number): Promise<Buffer> {
    if (tag.type !== 'inline') return this.#source.read(tag.dataOffset, sizeBytes)
    if (typeof tag.value === 'string') return Buffer.from(tag.value, 'latin1')
    return Buffer.from(numbersIn(tag.value, tag.dataType))
  }
}

/** cogeotiff throws plain errors for values that it can't hold; what our own reads throw stays. */
function asDamaged(error: unknown): never {
  if (error instanceof MicrotomeError || (error instanceof Error && 'syscall' in error)) throw error
  throw damaged('The TIFF is damaged: one of its tags holds no number.', 'Copy it again from where it was made.', error)
}

function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}

/** cogeotiff gives one value bare, several as an array, rationals as pairs. */
function numbersIn(value: unknown, type: TiffTagValueType): number[] {
  const isRational = type === TiffTagValueType.Rational || type === TiffTagValueType.SignedRational
  if (isRational && Array.isArray(value)) {
    const pairs: unknown[] = Array.isArray(value[0]) ? value : [value]
    return pairs.map((pair) => (Array.isArray(pair) ? Number(pair[0]) / Number(pair[1]) : Number.NaN))
  }
  if (typeof value === 'string') return []
  return ArrayBuffer.isView(value) || Array.isArray(value) ? Array.from(value as ArrayLike<number>) : [Number(value)]
}
