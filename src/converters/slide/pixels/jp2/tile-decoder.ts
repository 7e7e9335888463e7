import openJpeg from '@cornerstonejs/codec-openjpeg/decodewasmjs'
import { TileDamaged } from '../../source.ts'
import { halve } from '../box-filter.ts'
import type { TileOrder } from './tile-order.ts'

/** A module's heap begins at 50 MiB, of which only what is used costs memory; tiles of 2048 x 2048 need 165 MB. */
const mostHeapBytes = 192 * 2 ** 20
const pageBytes = 2 ** 16

/** OpenJPEG in this thread. */
export class TileDecoder {
  readonly #module: openJpeg.Module
  readonly #errors: string[]

  private constructor(module: openJpeg.Module, errors: string[]) {
    this.#module = module
    this.#errors = errors
  }

  /** `program` is the compiled `decodewasm` of the package, which threads share. */
  static async open(program: WebAssembly.Module): Promise<TileDecoder> {
    const errors: string[] = []
    const hear = (line: string) => {
      if (line.startsWith('[ERROR]') && errors.length < 2) errors.push(line.replace('[ERROR]', '').trim())
    }
    const instantiateWasm = (imports: object, receive: (instance: WebAssembly.Instance) => void) => {
      const instance = new WebAssembly.Instance(program, imports)
      for (const value of Object.values(instance.exports)) if (value instanceof WebAssembly.Memory) bound(value)
      receive(instance)
      return instance.exports
    }
    return new TileDecoder(await openJpeg({ print: hear, printErr: hear, instantiateWasm }), errors)
  }

  /** RGB without gaps. Throws TileDamaged; anything else that it throws means that the decoder is of no more use. */
  decode(order: TileOrder): Uint8Array<ArrayBuffer> {
    const samples = this.#samples(order.codestream)
    const [error] = this.#errors
    if (error !== undefined) throw new TileDamaged(`OpenJPEG says "${error.replace(/[.!]$/, '')}"`)
    const { widthPx, heightPx, components } = order
    if (samples.length !== widthPx * heightPx * components)
      throw new TileDamaged(`it decodes to ${samples.length} samples instead of ${widthPx * heightPx * components}`)
    const rgb = components === 1 ? greyToRgb(samples) : samples
    if (order.ycbcr) ycbcrToRgb(rgb)
    return order.scale === 2 ? halved(rgb, widthPx, heightPx) : new Uint8Array(rgb.buffer)
  }

  /** A decoder of its own for each tile: one that failed gives the pixels of the tile before. */
  #samples(codestream: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
    this.#errors.length = 0
    const decoder = new this.#module.J2KDecoder()
    try {
      decoder.getEncodedBuffer(codestream.length).set(codestream)
      decoder.decode()
      return decoder.getDecodedBuffer()
    } finally {
      decoder.delete()
    }
  }
}

/** The package lets its heap grow to 2 GiB; a stream that wants more than this is told that there is no memory. */
function bound(memory: WebAssembly.Memory): void {
  const grow = memory.grow.bind(memory)
  memory.grow = (pages) => {
    if (memory.buffer.byteLength + pages * pageBytes > mostHeapBytes) throw new RangeError('beyond the limit of a tile')
    return grow(pages)
  }
}

function greyToRgb(grey: Uint8ClampedArray): Uint8ClampedArray<ArrayBuffer> {
  const rgb = new Uint8ClampedArray(grey.length * 3)
  for (let i = 0, out = 0; i < grey.length; i++, out += 3) rgb.fill(grey[i] as number, out, out + 3)
  return rgb
}

/** As in JPEG files (JFIF 1.02): full range, BT.601. The array rounds and clamps. */
function ycbcrToRgb(pixels: Uint8ClampedArray): void {
  for (let i = 0; i < pixels.length; i += 3) {
    const y = pixels[i] as number
    const cb = (pixels[i + 1] as number) - 128
    const cr = (pixels[i + 2] as number) - 128
    pixels[i] = y + 1.402 * cr
    pixels[i + 1] = y - 0.344136 * cb - 0.714136 * cr
    pixels[i + 2] = y + 1.772 * cb
  }
}

/**
 * Averaged from the full size. The decoder could leave out the finest wavelets instead, in half the time; but its
 * filter samples half a pixel off: 24 to 26 dB against area averages on dense tissue, where we promise 36.
 */
function halved(rgb: Uint8ClampedArray<ArrayBuffer>, widthPx: number, heightPx: number): Uint8Array<ArrayBuffer> {
  const size = { widthPx: Math.ceil(widthPx / 2), heightPx: Math.ceil(heightPx / 2) }
  const small = new Uint8Array(size.widthPx * size.heightPx * 3)
  const whole = { data: Buffer.from(rgb.buffer), offset: 0, strideBytes: widthPx * 3, widthPx, heightPx }
  halve(whole, { data: Buffer.from(small.buffer), offset: 0, strideBytes: size.widthPx * 3, ...size })
  return small
}
