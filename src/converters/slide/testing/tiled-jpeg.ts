import sharp from 'sharp'
import { buildTiff, dataOffset, type PagePlan, type TagValue } from '../../testing/build-tiff.ts'

/** How a made slide differs from a sound one. Tags win over all else. */
export interface TiledJpegWish {
  widthPx?: number
  heightPx?: number
  /** Of the first level. */
  tags?: Record<number, TagValue>
  /** The bytes that stand for a tile of the first level; undefined: nothing is stored. */
  change?: (jpeg: Buffer, index: number) => Buffer | undefined
  /** Without the second level, four times smaller. */
  single?: boolean
}

const tilePx = 240

/** A pyramidal BigTIFF of JPEG tiles (240 px; levels 4x apart) in any state of decay. */
export async function tiledJpeg(wish: TiledJpegWish = {}): Promise<Buffer> {
  const { widthPx = 1000, heightPx = 800, tags = {}, change = (jpeg) => jpeg, single = false } = wish
  const parts: Buffer[] = []
  let end = dataOffset(true)
  const store = (bytes: Buffer | undefined) => {
    if (!bytes) return { offset: 0, lengthBytes: 0 }
    const offset = end
    parts.push(bytes)
    end += bytes.length
    return { offset, lengthBytes: bytes.length }
  }
  const page = async (width: number, height: number, changed: typeof change): Promise<PagePlan> => {
    const count = Math.ceil(width / tilePx) * Math.ceil(height / tilePx)
    const jpegs = await Promise.all(Array.from({ length: count }, (_, i) => tileJpeg(i)))
    const tiles = jpegs.map((jpeg, i) => store(changed(jpeg, i)))
    return { tags: { ...sound(width, height), 324: tiles.map((t) => t.offset), 325: tiles.map((t) => t.lengthBytes) } }
  }
  const first = await page(widthPx, heightPx, change)
  Object.assign(first.tags, tags)
  const second = single ? [] : [await page(Math.floor(widthPx / 4), Math.floor(heightPx / 4), (jpeg) => jpeg)]
  return buildTiff([first, ...second], { big: true, data: Buffer.concat(parts) })
}

const sound = (widthPx: number, heightPx: number): Record<number, TagValue> => ({
  256: [widthPx],
  257: [heightPx],
  258: [8, 8, 8],
  259: [7],
  262: [6],
  277: [3],
  284: [1],
  322: [tilePx],
  323: [tilePx],
  530: [2, 2]
})

/** A tile of waves, each with another phase. */
export async function tileJpeg(index: number, sizePx = tilePx): Promise<Buffer> {
  const pixels = Buffer.alloc(sizePx * sizePx * 3)
  for (let i = 0; i < pixels.length; i++) pixels[i] = 140 + 80 * Math.sin((i / 3 + index * 40) / 37) + (i % 3) * 10
  return sharp(pixels, { raw: { width: sizePx, height: sizePx, channels: 3 } })
    .jpeg()
    .toBuffer()
}

/** Where the pointer behind the last directory of a little-endian BigTIFF lies, and where each directory begins. */
export function chainOf(tiff: Buffer): { directories: number[]; lastPointerAt: number } {
  const directories: number[] = []
  let pointerAt = 8
  for (let at = Number(tiff.readBigUInt64LE(pointerAt)); at !== 0; at = Number(tiff.readBigUInt64LE(pointerAt))) {
    directories.push(at)
    pointerAt = at + 8 + Number(tiff.readBigUInt64LE(at)) * 20
  }
  return { directories, lastPointerAt: pointerAt }
}

/** A copy with something changed in it. */
export function edited(bytes: Buffer, change: (copy: Buffer) => unknown): Buffer {
  const copy = Buffer.from(bytes)
  change(copy)
  return copy
}

/** Bytes that are no picture, the same ones always. */
export const noise = (length: number) =>
  Buffer.from(Array.from({ length }, (_, i) => (Math.imul(i + 7, 2654435761) >>> 11) & 255))

/** Where the header of a baseline frame lies. */
export const frameAt = (jpeg: Buffer) => jpeg.indexOf(Buffer.from([0xff, 0xc0]))

/** A header that claims 65,500 x 65,500 pixels. */
export const boastful = (jpeg: Buffer) =>
  edited(jpeg, (copy) => {
    copy.writeUInt16BE(65_500, frameAt(copy) + 5)
    copy.writeUInt16BE(65_500, frameAt(copy) + 7)
  })
