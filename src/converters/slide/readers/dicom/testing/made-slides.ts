import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { buildDicom, type DicomWish, syntaxes } from '../../../../testing/build-dicom.ts'
import type { OpenContext } from '../../../content.ts'
import { copyPixels, newPixels, type PixelWindow, partOf } from '../../../pixels/pixel-window.ts'
import { gridOf, type SlideSource, type SourceLevel } from '../../../source.ts'
import { readDicomSlide } from '../index.ts'

/** Smooth colours that differ everywhere, with a pattern that shows rows and columns that were mixed up. */
export function picture(widthPx: number, heightPx: number): PixelWindow {
  const window = newPixels(widthPx, heightPx)
  for (let y = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++)
      window.data.set([(x * 2) & 255, (y * 3) & 255, (x + y + 16 * ((x >> 4) % 2)) & 255], (y * widthPx + x) * 3)
  return window
}

/** The tiles of a picture in reading order, the last of each row and column padded with black. */
export function tilesOf(whole: PixelWindow, tileWidthPx: number, tileHeightPx: number): PixelWindow[] {
  const tiles: PixelWindow[] = []
  for (let y = 0; y < whole.heightPx; y += tileHeightPx)
    for (let x = 0; x < whole.widthPx; x += tileWidthPx) {
      const tile = newPixels(tileWidthPx, tileHeightPx)
      copyPixels(partOf(whole, x, y, ...within(whole, x, y, tileWidthPx, tileHeightPx)), tile)
      tiles.push(tile)
    }
  return tiles
}

function within(whole: PixelWindow, x: number, y: number, widthPx: number, heightPx: number): [number, number] {
  return [Math.min(widthPx, whole.widthPx - x), Math.min(heightPx, whole.heightPx - y)]
}

/** A baseline JPEG. */
export function jpegOf({ data, widthPx, heightPx }: PixelWindow, chromaSubsampling = '4:4:4'): Promise<Buffer> {
  const raw = { width: widthPx, height: heightPx, channels: 3 } as const
  return sharp(data, { raw }).jpeg({ quality: 90, chromaSubsampling }).toBuffer()
}

/** What a JPEG decodes to, by sharp. */
export async function decoded(jpeg: Buffer): Promise<Buffer> {
  return sharp(jpeg).toColourspace('srgb').removeAlpha().raw().toBuffer()
}

/** A wish whose frames are in one piece each. */
export type JpegWish = Omit<DicomWish, 'frames'> & { frames: Buffer[] }

/** A slide of JPEG tiles of 64 pixels with 150 x 100 pixels: 3 x 2 tiles, cut at both edges. */
export async function jpegWish(over: Partial<JpegWish> = {}): Promise<JpegWish> {
  const size = { widthPx: over.widthPx ?? 150, heightPx: over.heightPx ?? 100 }
  const tiles = tilesOf(picture(size.widthPx, size.heightPx), 64, 64)
  const frames = await Promise.all(tiles.map((tile) => jpegOf(tile)))
  return { syntax: syntaxes.jpeg, ...size, tilePx: 64, photometric: 'YBR_FULL_422', frames, ...over }
}

/** Writes a slide's file and answers its path. */
export async function writeSlide(dir: string, name: string, wish: DicomWish): Promise<string> {
  const path = join(dir, name)
  await writeFile(path, buildDicom(wish))
  return path
}

/** As a conversion would open it. */
export const openContext: OpenContext = {
  threads: 1,
  scratchDir: '',
  signal: new AbortController().signal,
  tiles: { sizePx: 256, quality: 90, lossless: false }
}

/** Opens a slide for the time that `use` takes. */
export async function withSlide<T>(path: string, use: (source: SlideSource) => Promise<T>): Promise<T> {
  const slide = await readDicomSlide(path)
  if (!slide) throw new Error('no slide was recognised')
  const source = await slide.open(openContext)
  try {
    return await use(source)
  } finally {
    await source.close()
  }
}

/** All pixels of a level. */
export async function pixelsOf(level: SourceLevel | undefined, scale: 1 | 2 = 1): Promise<PixelWindow> {
  if (!level) throw new Error('the slide has no such level')
  const [tileWidthPx, tileHeightPx] = [level.tileWidthPx / scale, level.tileHeightPx / scale]
  const whole = newPixels(Math.ceil(level.widthPx / scale), Math.ceil(level.heightPx / scale))
  const { columns, rows } = gridOf(level)
  for (let row = 0; row < rows; row++)
    for (const tile of await level.readTiles(row, 0, columns)) {
      const window = newPixels(Math.ceil(tileWidthPx), Math.ceil(tileHeightPx))
      await level.decode(tile, window, scale)
      const [x, y] = [tile.column * tileWidthPx, row * tileHeightPx]
      copyPixels(window, partOf(whole, x, y, ...within(whole, x, y, tileWidthPx, tileHeightPx)))
    }
  return whole
}
