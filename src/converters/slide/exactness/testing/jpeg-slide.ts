import { buildTiledTiff, type TagValue, type TiledPagePlan } from '../../../testing/build-tiff.ts'
import { jpegSegments } from '../../pixels/jpeg-header.ts'
import { extended, type PixelWindow, partOf } from '../../pixels/pixel-window.ts'
import { asSharp } from '../../readers/tiff/testing/picture.ts'

/** How the JPEG tiles of a made slide are coded and stored. */
export interface JpegWish {
  tilePx: number
  chroma?: '4:4:4' | '4:2:0'
  /** Photometric RGB without APP14: components are red, green and blue as they stand. */
  rgb?: boolean
  /** Quantisation and Huffman tables once, as JPEGTables, and not in the tiles. */
  sharedTables?: boolean
  progressive?: boolean
  quality?: number
}

/** A page of a TIFF as scanners write it: full JPEG tiles, those at the edge padded with their last pixels. */
export async function jpegPage(picture: PixelWindow, wish: JpegWish): Promise<TiledPagePlan> {
  const { tilePx, chroma = '4:4:4', rgb = false, sharedTables = false } = wish
  const jpegs = await Promise.all(cutPadded(picture, tilePx).map((tile) => encoded(tile, wish)))
  const tables = sharedTables && jpegs[0] ? tablesOf(jpegs[0]) : undefined
  const subsampling = chroma === '4:4:4' ? [1, 1] : [2, 2]
  const tags: Record<number, TagValue> = { 259: [7], 262: [rgb ? 2 : 6] }
  if (!rgb) tags[530] = subsampling
  if (tables) tags[347] = tables
  return {
    widthPx: picture.widthPx,
    heightPx: picture.heightPx,
    tileWidthPx: tilePx,
    tiles: tables ? jpegs.map(withoutTables) : jpegs,
    tags
  }
}

/** A slide of one page. */
export async function jpegSlide(picture: PixelWindow, wish: JpegWish): Promise<Buffer> {
  return buildTiledTiff([await jpegPage(picture, wish)])
}

/** Tiles of a picture row by row, full size, the last ones repeating their last pixels. */
export function cutPadded(picture: PixelWindow, tilePx: number): PixelWindow[] {
  const tiles: PixelWindow[] = []
  for (let y = 0; y < picture.heightPx; y += tilePx)
    for (let x = 0; x < picture.widthPx; x += tilePx) {
      const part = partOf(picture, x, y, Math.min(tilePx, picture.widthPx - x), Math.min(tilePx, picture.heightPx - y))
      tiles.push(extended(part, tilePx, tilePx))
    }
  return tiles
}

async function encoded(tile: PixelWindow, wish: JpegWish): Promise<Buffer> {
  const { chroma = '4:4:4', rgb = false, progressive = false, quality = 92 } = wish
  const options = { quality, chromaSubsampling: chroma, progressive, optimiseCoding: false, optimiseScans: false }
  const jpeg = await asSharp(tile).jpeg(options).toBuffer()
  // As scanners leave it: no JFIF marker that would say YCbCr.
  return rgb ? without(jpeg, isRemark) : jpeg
}

const isRemark = (code: number) => code >= 0xe0 && code <= 0xef
const isTable = (code: number) => code === 0xdb || code === 0xc4
const withoutTables = (jpeg: Buffer) => without(jpeg, isTable)

function tablesOf(jpeg: Buffer): Buffer {
  const end = Buffer.from([0xff, 0xd9])
  const tables = [...jpegSegments(jpeg)].filter(({ code }) => isTable(code))
  const segments = tables.map(({ offset, lengthBytes }) => jpeg.subarray(offset, offset + lengthBytes))
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, end])
}

function without(jpeg: Buffer, isLeftOut: (code: number) => boolean): Buffer {
  const segments = [...jpegSegments(jpeg)]
  const last = segments.at(-1)
  const kept = segments.filter(({ code }) => !isLeftOut(code))
  const parts = kept.map(({ offset, lengthBytes }) => jpeg.subarray(offset, offset + lengthBytes))
  return Buffer.concat([jpeg.subarray(0, 2), ...parts, jpeg.subarray(last ? last.offset + last.lengthBytes : 2)])
}
