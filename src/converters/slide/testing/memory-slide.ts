import sharp from 'sharp'
import { jpegCodec } from '../pixels/jpeg-codec.ts'
import { copyPixels, extended, newPixels, type PixelWindow, partOf } from '../pixels/pixel-window.ts'
import { gridOf, type SlideSource, type SourceLevel, TileDamaged } from '../source.ts'

/** Smooth colours with fine structure, so that a shifted or swapped tile shows. */
export function testPicture(widthPx: number, heightPx: number): PixelWindow {
  const picture = newPixels(widthPx, heightPx)
  for (let y = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++) {
      const at = (y * widthPx + x) * 3
      picture.data[at] = 128 + 100 * Math.sin(x / 37) * Math.cos(y / 53)
      picture.data[at + 1] = 128 + 90 * Math.sin((x + 2 * y) / 29)
      picture.data[at + 2] = 128 + 80 * Math.cos(x / 61 + y / 17)
    }
  return picture
}

/** A level in memory: `tiles[row][column]`, to be swapped or emptied by a test. */
export interface MemoryLevel extends SourceLevel {
  readonly tiles: (Buffer | undefined)[][]
}

/** Cuts a picture into JPEG tiles as a scanner would; `copyable: false` hides that they are JPEGs. */
export async function jpegLevel(picture: PixelWindow, tilePx: number, copyable = true): Promise<MemoryLevel> {
  const codec = jpegCodec()
  const { widthPx, heightPx } = picture
  const grid = { widthPx, heightPx, tileWidthPx: tilePx, tileHeightPx: tilePx }
  const { columns, rows } = gridOf(grid as SourceLevel)
  const tiles = await Promise.all(
    Array.from({ length: rows }, (_, row) =>
      Promise.all(
        Array.from({ length: columns }, (_unused, column) => {
          const [xPx, yPx] = [column * tilePx, row * tilePx]
          const part = partOf(picture, xPx, yPx, Math.min(tilePx, widthPx - xPx), Math.min(tilePx, heightPx - yPx))
          return codec.encode(extended(part, tilePx, tilePx), 92)
        })
      )
    )
  )
  return {
    ...grid,
    tiles,
    ...(copyable && { jpeg: { rgb: false, complete: (bytes: Buffer) => bytes } }),
    readTiles: async (row, from, to) =>
      Array.from({ length: to - from }, (_, i) => {
        const bytes = tiles[row]?.[from + i]
        return { column: from + i, row, stored: bytes !== undefined, ...(bytes && { bytes }) }
      }),
    decode: async ({ bytes }, into, scale) => {
      if (!bytes) throw new TileDamaged('nothing is stored')
      await codec.decode(bytes, into, scale)
    }
  }
}

/** A slide of levels in memory. */
export function memorySlide(levels: SourceLevel[]): SlideSource {
  return { levels, background: '#ffffff', close: async () => {} }
}

/** What the tiles of a level show together, padding cut off. */
export async function stitched(level: MemoryLevel): Promise<PixelWindow> {
  const whole = newPixels(level.widthPx, level.heightPx)
  for (const [row, line] of level.tiles.entries())
    for (const [column, jpeg] of line.entries()) {
      const [xPx, yPx] = [column * level.tileWidthPx, row * level.tileHeightPx]
      if (jpeg) copyPixels(await decoded(jpeg), partOf(whole, xPx, yPx, level.widthPx - xPx, level.heightPx - yPx))
    }
  return whole
}

/** A JPEG's pixels by sharp, independent of the codec under test. */
export async function decoded(jpeg: Buffer): Promise<PixelWindow> {
  const { data, info } = await sharp(jpeg).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { data, offset: 0, strideBytes: info.width * 3, widthPx: info.width, heightPx: info.height }
}
