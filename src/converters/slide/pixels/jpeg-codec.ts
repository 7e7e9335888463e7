import type { JpegCodec } from './codec.ts'
import { SharpCodec } from './sharp-codec.ts'
import { loadTurboJpeg } from './turbo/library.ts'
import { TurboPool } from './turbo/turbo-pool.ts'

/** By number of threads, which the engine divides anew for each request. */
const codecs = new Map<number, JpegCodec>()

/**
 * The fastest codec that this machine has: libjpeg-turbo on threads of its own (which decodes at half scale in the DCT
 * domain), else sharp. One per number of threads, which end with the process.
 */
export function jpegCodec(threads = 2): JpegCodec {
  const found = codecs.get(threads) ?? (loadTurboJpeg() ? new TurboPool(threads) : new SharpCodec(threads))
  codecs.set(threads, found)
  return found
}

/** What decodes JPEG tiles, for people: `libjpeg-turbo (…)` with where it is from, or `sharp`. */
export function jpegCodecName(): string {
  const found = loadTurboJpeg()
  return found
    ? `libjpeg-turbo (${found.from})`
    : 'sharp (libjpeg-turbo was not found: slides take two to three times as long)'
}
