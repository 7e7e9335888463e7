import type { PixelWindow } from './pixel-window.ts'
import { SharpCodec } from './sharp-codec.ts'
import { openTurboJpeg, turboJpegVersion } from './turbo-jpeg.ts'

/** Decodes and encodes JPEG tiles off the main thread; any number of calls may be under way. */
export interface JpegCodec {
  /** Decodes at most this many at once. */
  readonly threads: number
  /**
   * Decodes a baseline or progressive JPEG of 8 bits to RGB; `into` has the JPEG's size over `scale`, rounded up.
   * An embedded profile changes nothing. Throws TileDamaged.
   */
  decode(jpeg: Buffer, into: PixelWindow, scale: 1 | 2): Promise<void>
  /** Encodes without subsampling of colours from quality 90 up, 4:2:0 below; no metadata at all. */
  encode(from: PixelWindow, quality: number): Promise<Buffer>
}

/**
 * From here up colours keep the full resolution, as in libvips' own dzsave: stains are what a pathologist looks at, and
 * at quality 90 it is worth 10 dB on a real slide (43 against 33) for 1.6 times the bytes.
 */
export const fullChromaQuality = 90

let codec: JpegCodec | undefined

/**
 * The fastest codec that this machine has: libjpeg-turbo through koffi (decodes at half scale in the DCT domain), else
 * sharp. One per process.
 */
export function jpegCodec(threads = 2): JpegCodec {
  if (!codec || codec.threads !== threads) codec = openTurboJpeg(threads) ?? new SharpCodec(threads)
  return codec
}

/** What decodes JPEG tiles, for people: `libjpeg-turbo (…)` with where it is from, or `sharp`. */
export function jpegCodecName(): string {
  const found = turboJpegVersion()
  return found ? `libjpeg-turbo (${found})` : 'sharp (libjpeg-turbo was not found: slides take about twice as long)'
}
