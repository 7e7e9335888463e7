import { verifyFailed } from '../../failures.ts'
import type { JpegCodec } from '../pixels/codec.ts'
import { newPixels, type PixelWindow, packed } from '../pixels/pixel-window.ts'
import type { TileSink } from '../sink.ts'
import { TileDamaged } from '../source.ts'
import type { Rect } from './geometry.ts'
import { type Geometry, onLevel, tileRect } from './geometry.ts'

/** What a sample is taken of. `read` gives the source's pixels as the result should show them; undefined where they are damaged. */
export interface SampleOrder {
  geometry: Geometry
  sink: TileSink
  codec: JpegCodec
  read(rect: Rect): Promise<PixelWindow | undefined>
  signal: AbortSignal
}

const samplesPerSide = 3
/**
 * A tile that was swapped, shifted or mixed up differs from its source by more than 20 of 255 on average wherever there is
 * tissue; what JPEG does at the lowest qualities stays below 12.
 */
const mostMeanDifference = 16

/** Decodes tiles from all over the full level as they were written and compares them with the source. Throws `verify-failed`. */
export async function compareSample({ geometry, sink, codec, read, signal }: SampleOrder): Promise<void> {
  const level = geometry.levels[0]
  if (!level) return
  for (const row of spread(level.rows))
    for (const column of spread(level.columns)) {
      signal.throwIfAborted()
      const rect = tileRect(geometry, level, column, row)
      const visible = onLevel(rect, level)
      const jpeg = await sink.read(0, column, row)
      if (!jpeg) throw verifyFailed(`Tile ${column}, ${row} of the full size is missing.`, 'Retry; check the disk.')
      const written = newPixels(rect.widthPx, rect.heightPx)
      const [original, isSound] = await Promise.all([read(visible), canDecode(codec, jpeg, written)])
      // A damaged tile that was copied is no worse than its source.
      if (!isSound && original)
        throw verifyFailed(`Tile ${column}, ${row} of the full size can't be decoded.`, 'Retry; check the disk.')
      const difference = original ? meanDifference({ ...written, ...sizeOf(visible) }, original) : 0
      if (difference > mostMeanDifference)
        throw verifyFailed(
          `Tile ${column}, ${row} of the full size does not show what the source shows (mean difference ${difference.toFixed(1)} of 255).`,
          'Retry; report it if it happens again.'
        )
    }
}

async function canDecode(codec: JpegCodec, jpeg: Buffer, into: PixelWindow): Promise<boolean> {
  try {
    await codec.decode(jpeg, into, 1)
    return true
  } catch (error) {
    if (error instanceof TileDamaged) return false
    throw error
  }
}

const sizeOf = ({ widthPx, heightPx }: { widthPx: number; heightPx: number }) => ({ widthPx, heightPx })

function spread(count: number): Set<number> {
  return new Set(Array.from({ length: samplesPerSide }, (_, i) => Math.round(((count - 1) * i) / (samplesPerSide - 1))))
}

function meanDifference(a: PixelWindow, b: PixelWindow): number {
  const [left, right] = [packed(a), packed(b)]
  let sum = 0
  for (let i = 0; i < right.length; i++) sum += Math.abs((left[i] ?? 0) - (right[i] ?? 0))
  return sum / right.length
}
