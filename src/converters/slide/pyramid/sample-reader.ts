import type { PixelWindow } from '../pixels/pixel-window.ts'
import { type SlideSource, TileDamaged } from '../source.ts'
import type { Rect } from './geometry.ts'
import { type Recolour, sourceCells } from './source-pixels.ts'
import { TileReader } from './tile-reader.ts'

/**
 * Reads the full level of a source as the result should show it; undefined where it is damaged: what mends it is
 * reported, and there is nothing to compare with.
 */
export function sampleReader(
  { levels }: SlideSource,
  recolour: Recolour
): (rect: Rect) => Promise<PixelWindow | undefined> {
  const [full] = levels
  if (!full) throw new Error('a slide without levels')
  const refuse = (_tile: unknown, _into: unknown, reason: unknown) => Promise.reject(reason)
  const reader = new TileReader(sourceCells(full, 1, refuse, recolour))
  return (rect) =>
    reader.read(rect).catch((error: unknown) => {
      if (error instanceof TileDamaged) return undefined
      throw error
    })
}
