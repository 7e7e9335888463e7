import type { JpegCodec } from './codec.ts'
import { SharpCodec } from './sharp-codec.ts'
import { loadTurboJpeg } from './turbo/library.ts'

/** What decodes on this thread. */
export type TileDecoder = Pick<JpegCodec, 'decode'>

let decoder: TileDecoder | undefined

/**
 * Decodes a few tiles without threads, which would take longer to start: libjpeg-turbo for half a millisecond each on the thread
 * that asks (sharp takes three, and thirty for the first), else sharp.
 */
export function singleTileDecoder(): TileDecoder {
  decoder ??= withTurbo(new SharpCodec(1))
  return decoder
}

function withTurbo(sharp: SharpCodec): TileDecoder {
  const turbo = loadTurboJpeg()
  return turbo ? { decode: async (jpeg, into, scale) => turbo.decode(jpeg, into, scale) } : sharp
}
