import { halve } from '../../pixels/box-filter.ts'
import { newPixels, type PixelWindow } from '../../pixels/pixel-window.ts'
import { Slots } from '../../pixels/slots.ts'
import type { SlideSource, SourceLevel, SourceTile } from '../../source.ts'
import { flattenPixels } from './flatten-pixels.ts'
import { type Frame, type FrameLevel, tileOrigin } from './frame.ts'
import type { PatientSlide } from './patient-slide.ts'

/** Memory of one tile that is being read: OpenSlide's words, and RGB where it is halved afterwards. */
interface Desk {
  argb: Buffer
  rgb?: PixelWindow
}

export interface SourceParts {
  slide: PatientSlide
  frame: Frame
  threads: number
  signal: AbortSignal
}

/** The slide's pixels by OpenSlide, which decodes and composes; no tile can be copied. */
export function openSlideSource(parts: SourceParts): SlideSource {
  const { slide, frame, threads } = parts
  // One more than threads, so that a thread that ends finds the next region waiting.
  const desks = new Slots<Desk>(Array.from({ length: threads + 1 }, () => ({ argb: Buffer.alloc(0) })))
  return {
    levels: frame.levels.map((level) => sourceLevel(level, parts, desks)),
    background: frame.background,
    close: () => slide.close()
  }
}

function sourceLevel(level: FrameLevel, parts: SourceParts, desks: Slots<Desk>): SourceLevel {
  const { widthPx, heightPx, tilePx } = level
  return {
    widthPx,
    heightPx,
    tileWidthPx: tilePx,
    tileHeightPx: tilePx,
    readTiles: async (row, from, to) =>
      Array.from({ length: Math.max(0, to - from) }, (_, i) => ({ column: from + i, row, stored: true })),
    decode: (tile, into, scale) => desks.use((desk) => decode(desk, level, parts, tile, into, scale))
  }
}

async function decode(
  desk: Desk,
  level: FrameLevel,
  { slide, frame, signal }: SourceParts,
  { column, row }: SourceTile,
  into: PixelWindow,
  scale: 1 | 2
): Promise<void> {
  signal.throwIfAborted()
  const { tilePx } = level
  if (into.widthPx * scale !== tilePx || into.heightPx * scale !== tilePx)
    throw new RangeError(`a tile of ${tilePx} px at 1/${scale} into ${into.widthPx} x ${into.heightPx}`)
  const sizeBytes = tilePx * tilePx * 4
  if (desk.argb.length < sizeBytes) desk.argb = Buffer.alloc(sizeBytes)
  const origin = tileOrigin(frame, level, column, row)
  await slide.readRegion(desk.argb, { level: level.level, ...origin, widthPx: tilePx, heightPx: tilePx })
  if (scale === 1) return flattenPixels(desk.argb, into, frame.background)
  const full = desk.rgb?.widthPx === tilePx ? desk.rgb : newPixels(tilePx, tilePx)
  desk.rgb = full
  flattenPixels(desk.argb, full, frame.background)
  halve(full, into)
}
