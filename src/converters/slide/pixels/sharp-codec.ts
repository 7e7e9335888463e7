import sharp from 'sharp'
import { reasonOf } from '../../failures.ts'
import { TileDamaged } from '../source.ts'
import { halve } from './box-filter.ts'
import { ChildDamaged, type JpegCodec, type ReducedChild, type ReduceOrder } from './codec.ts'
import { fullChromaQuality } from './full-chroma.ts'
import { type JpegHeader, jpegHeader } from './jpeg-header.ts'
import { copyPixels, newPixels, type PixelWindow, packed } from './pixel-window.ts'
import { canvasSize, childPlace, halveVisible, reducedTile } from './reduce.ts'
import { scanFault } from './scan-fault.ts'
import { Slots } from './slots.ts'

/** The codec for machines without libjpeg-turbo: whole decodes, halved afterwards. */
export class SharpCodec implements JpegCodec {
  readonly threads: number
  readonly #slots: Slots<undefined>

  constructor(threads: number) {
    this.threads = threads
    this.#slots = new Slots(Array.from({ length: threads + 1 }, () => undefined))
  }

  decode(jpeg: Buffer, into: PixelWindow, scale: 1 | 2): Promise<void> {
    return this.#slots.use(async () => {
      const pixels = await decodeWhole(
        jpeg,
        ({ widthPx, heightPx }) =>
          Math.ceil(widthPx / scale) === into.widthPx && Math.ceil(heightPx / scale) === into.heightPx
      )
      if (scale === 2) halve(pixels, into)
      else copyPixels(pixels, into)
    })
  }

  encode(from: PixelWindow, quality: number): Promise<Buffer> {
    return this.#slots.use(() =>
      sharp(packed(from), { raw: { width: from.widthPx, height: from.heightPx, channels: 3 } })
        .jpeg({ quality, chromaSubsampling: quality >= fullChromaQuality ? '4:4:4' : '4:2:0', optimiseCoding: false })
        .toBuffer()
    )
  }

  async reduce(order: ReduceOrder): Promise<Buffer> {
    const whole = newPixels(...canvasSize(order))
    await Promise.all(order.children.map((child, at) => this.#reduceChild(child, at, childPlace(whole, child))))
    return this.encode(reducedTile(whole, order), order.quality)
  }

  #reduceChild(child: ReducedChild, at: number, into: PixelWindow): Promise<void> {
    return this.#slots.use(async () => {
      try {
        const pixels = await decodeWhole(
          child.head ? Buffer.concat([child.head, child.jpeg]) : child.jpeg,
          ({ widthPx, heightPx }) => widthPx >= child.widthPx && heightPx >= child.heightPx
        )
        halveVisible(pixels, child, into)
      } catch (error) {
        throw error instanceof TileDamaged ? new ChildDamaged(at, error.reason) : error
      }
    })
  }
}

/**
 * Refuses what libjpeg-turbo refuses, so that a slide comes out alike on every machine. The header is asked first: one
 * that lies would take the memory of a whole slide.
 */
async function decodeWhole(jpeg: Buffer, fits: (header: JpegHeader) => boolean): Promise<PixelWindow> {
  const header = jpegHeader(jpeg)
  if (!header) throw new TileDamaged('it is no JPEG')
  const { widthPx, heightPx, components } = header
  if (components !== 1 && components !== 3) throw new TileDamaged(`it has ${components} components`)
  if (!fits(header)) throw new TileDamaged(`it has ${widthPx} x ${heightPx} pixels`)
  const fault = scanFault(jpeg)
  if (fault !== undefined) throw new TileDamaged(fault)
  try {
    const { data, info } = await sharp(jpeg, { failOn: 'warning', ignoreIcc: true })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    const window = newPixels(0, 0)
    return { ...window, data, strideBytes: info.width * 3, widthPx: info.width, heightPx: info.height }
  } catch (error) {
    throw new TileDamaged(reasonOf(error), { cause: error })
  }
}
