/** A tag with its values: SHORT for small numbers, LONG or LONG8 for offsets, ASCII for text, UNDEFINED for bytes, RATIONAL for quotients. */
export type TagValue = number[] | string | Uint8Array | { rational: number }
export interface PagePlan {
  tags: Record<number, TagValue>
  subPages?: PagePlan[]
}

interface Options {
  big?: boolean
  bigEndian?: boolean
  /** Bytes behind the header, for offsets to point at. */
  data?: Uint8Array
}

/** Where `data` begins in a file that {@link buildTiff} made. */
export const dataOffset = (big: boolean) => (big ? 16 : 8)

/** Makes a TIFF of any structure, pixels or not; for tests of what no encoder writes. */
export function buildTiff(pages: PagePlan[], options: Options = {}): Buffer {
  return new Builder(options).build(pages)
}

class Builder {
  readonly #big: boolean
  readonly #little: boolean
  readonly #parts: Buffer[] = []
  #size = 0

  constructor({ big = false, bigEndian = false, data = new Uint8Array() }: Options) {
    this.#big = big
    this.#little = !bigEndian
    this.#append(Buffer.alloc(dataOffset(big)))
    this.#append(Buffer.from(data))
  }

  build(pages: PagePlan[]): Buffer {
    const pointers: number[] = []
    const offsets = pages.map((page) => {
      const { offset, nextAt } = this.#directory(page)
      pointers.push(nextAt)
      return offset
    })
    const file = Buffer.concat(this.#parts)
    for (const [i, at] of pointers.entries()) this.#putOffset(file, at, offsets[i + 1] ?? 0)
    file.write(this.#little ? 'II' : 'MM', 0, 'latin1')
    this.#put16(file, 2, this.#big ? 43 : 42)
    if (this.#big) this.#put16(file, 4, 8)
    this.#putOffset(file, this.#big ? 8 : 4, offsets[0] ?? 0)
    return file
  }

  #directory({ tags, subPages = [] }: PagePlan): { offset: number; nextAt: number } {
    const subOffsets = subPages.map((page) => this.#directory(page).offset)
    const all = subOffsets.length > 0 ? { ...tags, 330: subOffsets } : tags
    const entries = Object.entries(all).map(([tag, value]) => this.#entry(Number(tag), value))
    const head = Buffer.alloc(this.#big ? 8 : 2)
    if (this.#big) this.#put64(head, 0, entries.length)
    else this.#put16(head, 0, entries.length)
    const offset = this.#append(head)
    for (const entry of entries) this.#append(entry)
    return { offset, nextAt: this.#append(Buffer.alloc(this.#big ? 8 : 4)) }
  }

  #entry(tag: number, value: TagValue): Buffer {
    const { type, count, bytes } = this.#encode(value)
    const entry = Buffer.alloc(this.#big ? 20 : 12)
    this.#put16(entry, 0, tag)
    this.#put16(entry, 2, type)
    const field = this.#big ? 12 : 8
    if (this.#big) this.#put64(entry, 4, count)
    else this.#put32(entry, 4, count)
    if (bytes.length <= entry.length - field) bytes.copy(entry, field)
    else this.#putOffset(entry, field, this.#append(bytes))
    return entry
  }

  #encode(value: TagValue): { type: number; count: number; bytes: Buffer } {
    if (typeof value === 'string')
      return { type: 2, count: Buffer.byteLength(value) + 1, bytes: Buffer.from(`${value}\0`) }
    if (value instanceof Uint8Array) return { type: 7, count: value.length, bytes: Buffer.from(value) }
    if (!Array.isArray(value)) return { type: 5, count: 1, bytes: this.#numbers([value.rational * 1000, 1000], 4) }
    const largest = value.reduce((a, b) => Math.max(a, b), 0)
    const [type, size] = largest < 65536 ? ([3, 2] as const) : this.#big ? ([16, 8] as const) : ([4, 4] as const)
    return { type, count: value.length, bytes: this.#numbers(value, size) }
  }

  #numbers(values: number[], size: 2 | 4 | 8): Buffer {
    const bytes = Buffer.alloc(values.length * size)
    for (const [i, value] of values.entries())
      if (size === 2) this.#put16(bytes, i * 2, value)
      else if (size === 4) this.#put32(bytes, i * 4, value)
      else this.#put64(bytes, i * 8, value)
    return bytes
  }

  #append(bytes: Buffer): number {
    const at = this.#size
    this.#parts.push(bytes)
    this.#size += bytes.length
    return at
  }

  #putOffset(target: Buffer, at: number, value: number): void {
    if (this.#big) this.#put64(target, at, value)
    else this.#put32(target, at, value)
  }

  #put16(target: Buffer, at: number, value: number): void {
    if (this.#little) target.writeUInt16LE(value, at)
    else target.writeUInt16BE(value, at)
  }

  #put32(target: Buffer, at: number, value: number): void {
    if (this.#little) target.writeUInt32LE(value, at)
    else target.writeUInt32BE(value, at)
  }

  #put64(target: Buffer, at: number, value: number): void {
    if (this.#little) target.writeBigUInt64LE(BigInt(value), at)
    else target.writeBigUInt64BE(BigInt(value), at)
  }
}

/** A page of tiles; `tiles` row by row, an empty one is stored nowhere. */
export interface TiledPagePlan {
  widthPx: number
  heightPx: number
  tileWidthPx: number
  tileHeightPx?: number
  tiles: Uint8Array[]
  /** Beside sizes and tiles; 8-bit RGB without compression unless they say otherwise. */
  tags?: Record<number, TagValue>
  subPages?: TiledPagePlan[]
}

/** Makes a TIFF of tiled pages with the tiles that are given. */
export function buildTiledTiff(pages: TiledPagePlan[], options: Omit<Options, 'data'> = {}): Buffer {
  const parts: Uint8Array[] = []
  let at = dataOffset(options.big ?? false)
  const plan = ({ widthPx, heightPx, tileWidthPx, tileHeightPx, tiles, tags, subPages }: TiledPagePlan): PagePlan => {
    const offsets = tiles.map((tile) => {
      parts.push(tile)
      at += tile.length
      return tile.length === 0 ? 0 : at - tile.length
    })
    const sizes = tiles.map(({ length }) => length)
    const own = { 256: [widthPx], 257: [heightPx], 322: [tileWidthPx], 323: [tileHeightPx ?? tileWidthPx] }
    const usual = { 258: [8, 8, 8], 259: [1], 262: [2], 277: [3] }
    return {
      tags: { ...own, ...usual, 324: offsets, 325: sizes, ...tags },
      ...(subPages && { subPages: subPages.map(plan) })
    }
  }
  const plans = pages.map(plan)
  return buildTiff(plans, { ...options, data: Buffer.concat(parts) })
}

/** A slide of any size in little more than one tile: all its tiles are the same 256 x 256 pixels. */
export function repeatedTileSlide(widthPx: number, heightPx: number, extra: Record<number, TagValue> = {}): Buffer {
  const tile = new Uint8Array(256 * 256 * 3)
  for (let i = 0; i < tile.length; i++) tile[i] = 128 + 100 * Math.sin(i / 97) + (i % 7)
  const tiles = Math.ceil(widthPx / 256) * Math.ceil(heightPx / 256)
  const big = true
  const tags = {
    256: [widthPx],
    257: [heightPx],
    258: [8, 8, 8],
    259: [1],
    262: [2],
    277: [3],
    322: [256],
    323: [256],
    324: new Array<number>(tiles).fill(dataOffset(big)),
    325: new Array<number>(tiles).fill(tile.length),
    ...extra
  }
  return buildTiff([{ tags }], { big, data: tile })
}
