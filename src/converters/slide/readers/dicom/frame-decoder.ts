import { cancelled } from '../../../failures.ts'
import { Jp2Pool } from '../../pixels/jp2/jp2-pool.ts'
import { jpegCodec } from '../../pixels/jpeg-codec.ts'
import type { PixelWindow } from '../../pixels/pixel-window.ts'
import type { DicomInstance } from './instance.ts'
import { decodeNative } from './native-pixels.ts'

/** Decodes frames of all levels of a slide; threads for JPEG 2000 start with the first frame that needs them. */
export class FrameDecoder {
  readonly #threads: number
  #pool: Promise<Jp2Pool> | undefined
  #closed = false

  constructor(threads: number) {
    this.#threads = threads
  }

  /** `bytes`: a whole JPEG, a codestream, or uncompressed samples, as the instance's syntax says. Throws TileDamaged. */
  async decode(bytes: Buffer, instance: DicomInstance, into: PixelWindow, scale: 1 | 2): Promise<void> {
    const { syntax, photometric } = instance.samples
    if (syntax.pixels === 'native') return decodeNative(bytes, instance, into, scale)
    if (syntax.pixels === 'jpeg') return jpegCodec(this.#threads).decode(bytes, into, scale)
    if (this.#closed) throw cancelled()
    this.#pool ??= Jp2Pool.start(this.#threads)
    // YBR_ICT and YBR_RCT are the codestream's own transforms, which the decoder undoes by itself.
    return (await this.#pool).decode(bytes, into, scale, { ycbcr: photometric.startsWith('YBR_FULL') })
  }

  async close(): Promise<void> {
    this.#closed = true
    // A pool that did not start has nothing to close; whoever decoded was told.
    await (await this.#pool?.catch(() => undefined))?.close()
  }
}
