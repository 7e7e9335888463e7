import { halve } from '../../pixels/box-filter.ts'
import { copyPixels, newPixels, type PixelWindow } from '../../pixels/pixel-window.ts'
import { TileDamaged } from '../../source.ts'
import type { DicomInstance } from './instance.ts'

type Frame = Pick<DicomInstance, 'tileWidthPx' | 'tileHeightPx' | 'samples'>

/** Uncompressed samples of a frame as RGB; `into` has its size over `scale`, rounded up. Throws TileDamaged. */
export function decodeNative(bytes: Buffer, frame: Frame, into: PixelWindow, scale: 1 | 2): void {
  const whole = asRgb(bytes, frame)
  if (scale === 2) halve(whole, into)
  else copyPixels(whole, into)
}

function asRgb(bytes: Buffer, { tileWidthPx, tileHeightPx, samples }: Frame): PixelWindow {
  const pixels = tileWidthPx * tileHeightPx
  if (bytes.length < pixels * samples.perPixel)
    throw new TileDamaged(`it has ${bytes.length} of ${pixels * samples.perPixel} bytes`)
  const interleaved = samples.perPixel === 3 && !samples.planar
  if (interleaved)
    return { data: bytes, offset: 0, strideBytes: tileWidthPx * 3, widthPx: tileWidthPx, heightPx: tileHeightPx }
  const window = newPixels(tileWidthPx, tileHeightPx)
  const plane = samples.perPixel === 3 ? pixels : 0
  for (let i = 0; i < pixels; i++)
    for (let colour = 0; colour < 3; colour++) window.data[i * 3 + colour] = bytes[i + colour * plane] ?? 0
  return window
}
