import type { JpegCodec } from './codec.ts'
import { SharpCodec } from './sharp-codec.ts'
import { loadTurboJpeg } from './turbo/library.ts'
import { TurboPool } from './turbo/turbo-pool.ts'

let codec: JpegCodec | undefined

/**
 * The fastest codec that this machine has: libjpeg-turbo on threads of its own (which decodes at half scale in the DCT
 * domain), else sharp. One per process, and its threads end with it.
 */
export function jpegCodec(threads = 2): JpegCodec {
  if (codec?.threads !== threads) codec = loadTurboJpeg() ? new TurboPool(threads) : new SharpCodec(threads)
  return codec
}

/** What decodes JPEG tiles, for people: `libjpeg-turbo (…)` with where it is from, or `sharp`. */
export function jpegCodecName(): string {
  const found = loadTurboJpeg()
  return found
    ? `libjpeg-turbo (${found.from})`
    : 'sharp (libjpeg-turbo was not found: slides take two to three times as long)'
}
