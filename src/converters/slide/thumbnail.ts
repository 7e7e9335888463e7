import sharp from 'sharp'
import type { ProbeContext, SourceFile } from '../converter.ts'
import { damaged, reasonOf, writeFailureOf } from '../failures.ts'
import type { SlideContent } from './content.ts'
import { halve } from './pixels/box-filter.ts'
import { copyPixels, newPixels, type PixelWindow, partOf } from './pixels/pixel-window.ts'
import { gridOf, type SlideSource, type SourceLevel, TileDamaged } from './source.ts'

const sidePx = 256
/** Decoding more than this takes seconds; then the slide goes without a thumbnail. */
const quickPixels = 150_000_000

/** Writes a JPEG of at most 256 px a side of the main image's smallest useful level, never of a picture of the glass. */
export async function slideThumbnail(
  _source: SourceFile,
  content: SlideContent,
  path: string,
  context: ProbeContext
): Promise<boolean> {
  if (content.writeThumbnail) return content.writeThumbnail(path)
  const source = await content.open({
    threads: context.tools.threads,
    scratchDir: '',
    signal: context.signal,
    tiles: { sizePx: sidePx, quality: 90, lossless: false }
  })
  try {
    const level = smallestUseful(source)
    if (level.widthPx * level.heightPx > quickPixels) return false
    await writeJpeg(await shrunken(level, source.background, context.signal), path)
    return true
  } finally {
    await source.close()
  }
}

function smallestUseful({ levels }: SlideSource): SourceLevel {
  const useful = levels.filter((level) => Math.max(level.widthPx, level.heightPx) >= sidePx)
  const level = useful.at(-1) ?? levels[0]
  if (!level) throw damaged('The slide holds no pixels.', 'Copy it again from where it was made.')
  return level
}

/** Halved tile by tile until it is about twice the thumbnail, so that a level of any size takes little memory. */
async function shrunken(level: SourceLevel, background: string, signal: AbortSignal): Promise<PixelWindow> {
  const halvings = Math.max(0, Math.floor(Math.log2(Math.max(level.widthPx, level.heightPx) / (2 * sidePx))))
  const scale = 2 ** halvings
  const canvas = newPixels(Math.ceil(level.widthPx / scale), Math.ceil(level.heightPx / scale))
  canvas.data.fill(Buffer.from(background.slice(1), 'hex'))
  const { columns, rows } = gridOf(level)
  for (let row = 0; row < rows; row++) {
    signal.throwIfAborted()
    const tiles = await level.readTiles(row, 0, columns)
    await Promise.all(
      tiles.map(async (tile) => {
        const small = await shrunkenTile(level, tile, halvings)
        const [xPx, yPx] = [(tile.column * level.tileWidthPx) / scale, (row * level.tileHeightPx) / scale].map(
          Math.floor
        )
        if (small && xPx !== undefined && yPx !== undefined) paste(small, canvas, xPx, yPx)
      })
    )
  }
  return canvas
}

type Tile = Awaited<ReturnType<SourceLevel['readTiles']>>[number]

/** Undefined where the tile holds nothing of use: the background shows. */
async function shrunkenTile(level: SourceLevel, tile: Tile, halvings: number): Promise<PixelWindow | undefined> {
  const scale = halvings > 0 ? 2 : 1
  const window = newPixels(Math.ceil(level.tileWidthPx / scale), Math.ceil(level.tileHeightPx / scale))
  try {
    await level.decode(tile, window, scale)
  } catch (error) {
    if (error instanceof TileDamaged) return undefined
    throw error
  }
  return Array.from({ length: Math.max(0, halvings - 1) }).reduce<PixelWindow>((large) => {
    const small = newPixels(Math.ceil(large.widthPx / 2), Math.ceil(large.heightPx / 2))
    halve(large, small)
    return small
  }, window)
}

function paste(small: PixelWindow, canvas: PixelWindow, xPx: number, yPx: number): void {
  const [widthPx, heightPx] = [canvas.widthPx - xPx, canvas.heightPx - yPx]
  if (widthPx > 0 && heightPx > 0) copyPixels(small, partOf(canvas, xPx, yPx, widthPx, heightPx))
}

async function writeJpeg({ data, widthPx, heightPx }: PixelWindow, path: string): Promise<void> {
  try {
    await sharp(data, { raw: { width: widthPx, height: heightPx, channels: 3 } })
      .resize(sidePx, sidePx, { fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 80 })
      .toFile(path)
  } catch (error) {
    throw writeFailureOf(error) ?? new Error(`the thumbnail can't be written: ${reasonOf(error, [path])}`)
  }
}
