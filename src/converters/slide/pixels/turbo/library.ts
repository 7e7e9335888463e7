import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import koffi from 'koffi'
import { TileDamaged } from '../../source.ts'
import { fullChromaQuality } from '../full-chroma.ts'
import { bringsItsTables } from '../jpeg-tables.ts'
import { type JpegSize, KnownHeads } from '../known-heads.ts'
import type { PixelWindow } from '../pixel-window.ts'

/** `TJPF_RGB` and `TJPF_RGBX` by the bytes of a pixel, `TJSAMP_444`, `TJSAMP_420`, flags `NOREALLOC` and `ACCURATEDCT` of turbojpeg.h. */
const formats = { 3: 0, 4: 2 }
const subsampling = { full: 0, halved: 2 }
const noRealloc = 1024
const accurateDct = 4096

/** libjpeg-turbo through its classic TurboJPEG API, which every version from 1.4 on has. Calls block their thread. */
export interface TurboJpeg {
  /** The file or name that was loaded. */
  readonly from: string
  /** Decodes to RGB; `into`, of three or four bytes a pixel, has the JPEG's size over `scale`, rounded up. Throws TileDamaged. */
  decode(jpeg: Uint8Array, into: PixelWindow, scale: 1 | 2): void
  /** Width and height that a JPEG says it has. Throws TileDamaged. */
  sizeOf(jpeg: Uint8Array): JpegSize
  /** Encodes into memory that the next call uses again. */
  encode(from: PixelWindow, quality: number): Uint8Array
}

/** Loads the first of {@link libraryPaths} that is there; undefined if none is. */
export function loadTurboJpeg(paths = libraryPaths(process.platform, process.arch)): TurboJpeg | undefined {
  for (const path of paths) {
    const found = tryLoad(path)
    if (found) return found
  }
  return undefined
}

/** Paths and names to try in order: the one that npm brought (Linux only), then the system's. */
export function libraryPaths(platform: NodeJS.Platform, arch: string): string[] {
  switch (platform) {
    case 'win32':
      return ['turbojpeg.dll', 'libturbojpeg.dll']
    case 'darwin':
      return ['libturbojpeg.0.dylib', '/opt/homebrew/lib/libturbojpeg.dylib', '/usr/local/lib/libturbojpeg.dylib']
    default:
      return [...bundled(arch), 'libturbojpeg.so.0']
  }
}

function bundled(arch: string): string[] {
  const root = packageRoot()
  const places = [`jpeg-turbo-linux-${arch}`, `jpeg-turbo-linux-${arch}-musl`]
  return root === undefined
    ? []
    : places.map((place) => join(root, 'prebuilds', place, 'libturbojpeg.so.0')).filter((path) => existsSync(path))
}

function packageRoot(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('@julusian/jpeg-turbo/package.json'))
  } catch {
    // An optional package: npm leaves it out where it can't be installed.
    return undefined
  }
}

function tryLoad(path: string): TurboJpeg | undefined {
  try {
    return declare(path)
  } catch {
    // Not there, or of another platform: the next one, at last sharp.
    return undefined
  }
}

function declare(path: string): TurboJpeg {
  const lib = koffi.load(path)
  const initDecompress = lib.func('void *tjInitDecompress()')
  const destroy = lib.func('int tjDestroy(void *handle)')
  const handle = { decompress: initDecompress(), compress: lib.func('void *tjInitCompress()')() }
  const header = lib.func(
    'int tjDecompressHeader3(void *handle, const void *jpeg, unsigned long size, _Out_ int *w, _Out_ int *h, _Out_ int *samp, _Out_ int *space)'
  )
  const decompress = lib.func(
    'int tjDecompress2(void *handle, const void *jpeg, unsigned long size, void *dst, int width, int pitch, int height, int format, int flags)'
  )
  const compress = lib.func(
    'int tjCompress2(void *handle, const void *src, int width, int pitch, int height, int format, _Inout_ void **out, _Inout_ unsigned long *size, int samp, int quality, int flags)'
  )
  const bufferSize = lib.func('unsigned long tjBufSize(int width, int height, int samp)')
  const errorText = lib.func('const char *tjGetErrorStr2(void *handle)')
  const beginAnew = () => {
    destroy(handle.decompress)
    handle.decompress = initDecompress()
  }
  /** A head that breaks off in a segment leaves the library in the middle of it, and every later JPEG would seem damaged. */
  const damaged = () => {
    const reason = String(errorText(handle.decompress))
    beginAnew()
    return new TileDamaged(reason)
  }
  const heads = new KnownHeads()
  let out = Buffer.alloc(0)

  const sizeOf = (jpeg: Uint8Array): JpegSize => {
    const bytes = asBuffer(jpeg)
    const known = heads.sizeOf(bytes)
    if (known) return known
    const isWhole = bringsItsTables(bytes)
    // What it lacks would be taken from the JPEG before.
    if (!isWhole) beginAnew()
    const [width, height] = [[0], [0]]
    if (header(handle.decompress, jpeg, jpeg.length, width, height, [0], [0]) !== 0) throw damaged()
    const size = [width[0] ?? 0, height[0] ?? 0] as const
    if (isWhole) heads.keep(bytes, size)
    return size
  }
  return {
    from: path,
    sizeOf,
    decode: (jpeg, into, scale) => {
      const [width, height] = sizeOf(jpeg)
      // The library writes as many pixels as the JPEG says: they must fit before it starts.
      if (Math.ceil(width / scale) !== into.widthPx || Math.ceil(height / scale) !== into.heightPx)
        throw new TileDamaged(`it has ${width} x ${height} pixels`)
      const { widthPx, heightPx, strideBytes, pixelBytes = 3 } = into
      const target = into.data.subarray(into.offset)
      const format = formats[pixelBytes]
      const failed = decompress(handle.decompress, jpeg, jpeg.length, target, widthPx, strideBytes, heightPx, format, 0)
      if (failed !== 0) throw damaged()
    },
    encode: (from, quality) => {
      const { widthPx, heightPx, strideBytes, pixelBytes = 3 } = from
      const format = formats[pixelBytes]
      const samp = quality >= fullChromaQuality ? subsampling.full : subsampling.halved
      const room = bufferSize(widthPx, heightPx, samp)
      if (out.length < room) out = Buffer.alloc(room)
      const [target, size] = [[out], [room]]
      const pixels = from.data.subarray(from.offset)
      const flags = noRealloc | accurateDct
      const args = [handle.compress, pixels, widthPx, strideBytes, heightPx, format, target, size, samp, quality, flags]
      if (compress(...args) !== 0) throw new Error(`libjpeg-turbo can't encode: ${errorText(handle.compress)}`)
      return out.subarray(0, size[0])
    }
  }
}

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
