import { halve } from '../pixels/box-filter.ts'
import { copyPixels, newPixels, type PixelWindow, partOf } from '../pixels/pixel-window.ts'
import { gridOf, type SourceLevel, type SourceTile } from '../source.ts'
import type { Cells } from './tile-reader.ts'

/** Gives pixels for a tile that can't be used, whatever the reason. */
export type Mend = (tile: SourceTile, into: PixelWindow, reason: unknown) => Promise<void>

/** Changes colours in place; absent where they stay. */
export type Recolour = ((window: PixelWindow) => Promise<void>) | undefined

/** A source level's tiles as pixels of the result, at full or half size; no fault of a tile comes through. */
export function sourceCells(level: SourceLevel, scale: 1 | 2, mend: Mend, recolour: Recolour): Cells {
  const { columns, rows } = gridOf(level)
  return {
    widthPx: Math.ceil(level.widthPx / scale),
    heightPx: Math.ceil(level.heightPx / scale),
    cellWidthPx: level.tileWidthPx / scale,
    cellHeightPx: level.tileHeightPx / scale,
    overlapPx: 0,
    decode: async (column, row) => {
      // What pads a tile beyond the slide's edge must not colour the last pixel of a halved level.
      const atEdge = scale === 2 && (column === columns - 1 || row === rows - 1)
      const window = atEdge
        ? await halvedEdge(level, column, row, mend)
        : await readTile(level, column, row, scale, mend)
      await recolour?.(window)
      return window
    }
  }
}

/** One tile's pixels, mended where it is damaged. */
export async function readTile(
  level: SourceLevel,
  column: number,
  row: number,
  scale: 1 | 2,
  mend: Mend
): Promise<PixelWindow> {
  const [tile] = await level.readTiles(row, column, column + 1)
  if (!tile) throw new Error(`tile ${column}, ${row} was not read`)
  return decodeTile(level, tile, scale, mend)
}

/** The same for a tile that was read. */
export async function decodeTile(level: SourceLevel, tile: SourceTile, scale: 1 | 2, mend: Mend): Promise<PixelWindow> {
  const size = [level.tileWidthPx, level.tileHeightPx].map((side) => Math.ceil(side / scale)) as [number, number]
  const window = newPixels(...size)
  try {
    await level.decode(tile, window, scale)
  } catch (error) {
    await mendAt(level, tile, scale, window, mend, error)
  }
  return window
}

async function mendAt(
  level: SourceLevel,
  tile: SourceTile,
  scale: 1 | 2,
  window: PixelWindow,
  mend: Mend,
  reason: unknown
) {
  if (scale === 1) return mend(tile, window, reason)
  const whole = newPixels(level.tileWidthPx, level.tileHeightPx)
  await mend(tile, whole, reason)
  halve(whole, window)
}

async function halvedEdge(level: SourceLevel, column: number, row: number, mend: Mend): Promise<PixelWindow> {
  const whole = await readTile(level, column, row, 1, mend)
  const real = visiblePart(level, column, row, whole)
  const small = newPixels(Math.ceil(real.widthPx / 2), Math.ceil(real.heightPx / 2))
  halve(real, small)
  const padded = newPixels(Math.ceil(level.tileWidthPx / 2), Math.ceil(level.tileHeightPx / 2))
  copyPixels(small, padded)
  return padded
}

/** What of a decoded tile lies on the slide. */
export function visiblePart(level: SourceLevel, column: number, row: number, tile: PixelWindow): PixelWindow {
  const widthPx = Math.min(level.tileWidthPx, level.widthPx - column * level.tileWidthPx)
  const heightPx = Math.min(level.tileHeightPx, level.heightPx - row * level.tileHeightPx)
  return partOf(tile, 0, 0, widthPx, heightPx)
}
