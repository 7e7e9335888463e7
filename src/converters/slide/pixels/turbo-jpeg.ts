import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import koffi from 'koffi'
import { TileDamaged } from '../source.ts'
import { fullChromaQuality, type JpegCodec } from './jpeg-codec.ts'
import type { PixelWindow } from './pixel-window.ts'
import { Slots } from './slots.ts'

/** `TJPF_RGB`, `TJSAMP_444`, `TJSAMP_420`, flags `NOREALLOC` and `ACCURATEDCT` of turbojpeg.h. */
const rgb = 0
const subsampling = { full: 0, halved: 2 }
const noRealloc = 1024
const accurateDct = 4096

interface Library {
  from: string
  initDecompress(): unknown
  initCompress(): unknown
  decompress: AsyncCall
  compress: AsyncCall
  header(handle: unknown, jpeg: Buffer, size: number, w: number[], h: number[], samp: number[], space: number[]): number
  bufferSize(width: number, height: number, samp: number): number
  errorText(handle: unknown): string
}
type AsyncCall = (...args: unknown[]) => Promise<number>

let library: Library | undefined | 'missing'

/** Where the library was found; undefined if there is none. */
export function turboJpegVersion(): string | undefined {
  return load()?.from
}

/** The codec on libjpeg-turbo, or undefined where the library is missing. */
export function openTurboJpeg(threads: number): JpegCodec | undefined {
  const found = load()
  return found && new TurboJpeg(found, threads)
}

interface Slot {
  decompressor: unknown
  compressor: unknown
  /** Takes what the encoder writes; grows with the largest tile. */
  out: Buffer
}

/** TurboJPEG's classic API, which every libjpeg-turbo from 1.4 on has; a handle serves one call at a time. */
class TurboJpeg implements JpegCodec {
  readonly threads: number
  readonly #library: Library
  readonly #slots: Slots<Slot>

  constructor(found: Library, threads: number) {
    this.threads = threads
    this.#library = found
    // One more than threads, so that a thread that ends finds the next call waiting.
    this.#slots = new Slots<Slot>(
      Array.from({ length: threads + 1 }, () => ({
        decompressor: found.initDecompress(),
        compressor: found.initCompress(),
        out: Buffer.alloc(0)
      }))
    )
  }

  decode(jpeg: Buffer, into: PixelWindow, scale: 1 | 2): Promise<void> {
    return this.#slots.use(async ({ decompressor }) => {
      this.#checkSize(decompressor, jpeg, into, scale)
      const { widthPx, heightPx, strideBytes } = into
      const target = into.data.subarray(into.offset)
      const args = [decompressor, jpeg, jpeg.length, target, widthPx, strideBytes, heightPx, rgb, 0]
      if ((await this.#library.decompress(...args)) !== 0) throw this.#damaged(decompressor)
    })
  }

  encode(from: PixelWindow, quality: number): Promise<Buffer> {
    return this.#slots.use(async (slot) => {
      const { widthPx, heightPx, strideBytes } = from
      const samp = quality >= fullChromaQuality ? subsampling.full : subsampling.halved
      const room = this.#library.bufferSize(widthPx, heightPx, samp)
      if (slot.out.length < room) slot.out = Buffer.alloc(room)
      const [out, size] = [[slot.out], [room]]
      const pixels = from.data.subarray(from.offset)
      const flags = noRealloc | accurateDct
      const args = [slot.compressor, pixels, widthPx, strideBytes, heightPx, rgb, out, size, samp, quality, flags]
      const failed = await this.#library.compress(...args)
      if (failed !== 0) throw new Error(`libjpeg-turbo can't encode: ${this.#library.errorText(slot.compressor)}`)
      return Buffer.from(slot.out.subarray(0, size[0]))
    })
  }

  /** The library writes as many pixels as the JPEG says: they must fit before it starts. */
  #checkSize(handle: unknown, jpeg: Buffer, into: PixelWindow, scale: number): void {
    const [width, height, other]: number[][] = [[0], [0], [0]]
    if (!width || !height || !other) return
    if (this.#library.header(handle, jpeg, jpeg.length, width, height, other, [0]) !== 0) throw this.#damaged(handle)
    const [w, h] = [width[0] ?? 0, height[0] ?? 0]
    if (Math.ceil(w / scale) !== into.widthPx || Math.ceil(h / scale) !== into.heightPx)
      throw new TileDamaged(`it has ${w} x ${h} pixels`)
  }

  #damaged(handle: unknown): TileDamaged {
    return new TileDamaged(this.#library.errorText(handle))
  }
}

function load(): Library | undefined {
  library ??=
    candidates(process.platform, process.arch).reduce<Library | undefined>(
      (found, path) => found ?? tryLoad(path),
      undefined
    ) ?? 'missing'
  return library === 'missing' ? undefined : library
}

function tryLoad(path: string): Library | undefined {
  try {
    return declare(path)
  } catch {
    // Not there, or of another platform: the next candidate, at last sharp.
    return undefined
  }
}

/** Paths and names to try in order: the one that npm brought (Linux only), then the system's. */
export function candidates(platform: NodeJS.Platform, arch: string): string[] {
  if (platform === 'win32') return ['turbojpeg.dll', 'libturbojpeg.dll']
  if (platform === 'darwin')
    return ['libturbojpeg.0.dylib', '/opt/homebrew/lib/libturbojpeg.dylib', '/usr/local/lib/libturbojpeg.dylib']
  return [...bundled(arch), 'libturbojpeg.so.0', 'libturbojpeg.so']
}

function bundled(arch: string): string[] {
  try {
    const root = dirname(createRequire(import.meta.url).resolve('@julusian/jpeg-turbo/package.json'))
    const places = [`jpeg-turbo-linux-${arch}`, `jpeg-turbo-linux-${arch}-musl`]
    return places.map((place) => join(root, 'prebuilds', place, 'libturbojpeg.so.0')).filter((path) => existsSync(path))
  } catch {
    // An optional package: npm leaves it out where it can't be installed.
    return []
  }
}

function declare(path: string): Library {
  const lib = koffi.load(path)
  const decompress = lib.func(
    'int tjDecompress2(void *handle, const void *jpeg, unsigned long size, void *dst, int width, int pitch, int height, int format, int flags)'
  )
  const compress = lib.func(
    'int tjCompress2(void *handle, const void *src, int width, int pitch, int height, int format, _Inout_ void **out, _Inout_ unsigned long *size, int samp, int quality, int flags)'
  )
  return {
    from: path,
    initDecompress: lib.func('void *tjInitDecompress()'),
    initCompress: lib.func('void *tjInitCompress()'),
    decompress: asynchronous(decompress),
    compress: asynchronous(compress),
    header: lib.func(
      'int tjDecompressHeader3(void *handle, const void *jpeg, unsigned long size, _Out_ int *w, _Out_ int *h, _Out_ int *samp, _Out_ int *space)'
    ),
    bufferSize: lib.func('unsigned long tjBufSize(int width, int height, int samp)'),
    errorText: lib.func('const char *tjGetErrorStr2(void *handle)')
  }
}

/** koffi runs it on Node's thread pool; the arguments stay referenced until it is done. */
function asynchronous(call: { async: (...args: never[]) => unknown }): AsyncCall {
  const start = call.async as (...args: unknown[]) => void
  return (...args) =>
    new Promise((resolve, reject) => {
      start(...args, (error: Error | null, result: number) => (error ? reject(error) : resolve(result)))
    })
}
