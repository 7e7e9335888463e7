import koffi, { type LibraryHandle } from 'koffi'
import sharp from 'sharp'
import { reasonOf, toolMissing } from '../../failures.ts'

/** An image or another object that libvips counts references of. */
export type VipsObject = object

/** The few functions of libvips' C API that sharp keeps to itself. */
export interface Libvips {
  /** An 8-bit RGB image over memory that must outlive it. */
  imageOver(memory: Buffer, widthPx: number, heightPx: number): VipsObject
  setBlob(image: VipsObject, name: string, bytes: Buffer): void
  setInt(image: VipsObject, name: string, value: number): void
  /**
   * From the profile that is attached to sRGB, relative colorimetric and lazily; undefined where that can't be done. Where the profile can't be
   * used libvips takes the `fallback`, one of its own, without a word.
   */
  toSrgb(image: VipsObject, fallback: 'srgb' | 'p3'): VipsObject | undefined
  upperRows(image: VipsObject, widthPx: number, heightPx: number): VipsObject
  /** Computes the pixels on other threads and hands them to `use`; the memory is gone afterwards. */
  pixelsOf(image: VipsObject, use: (pixels: Buffer) => void): Promise<void>
  release(image: VipsObject): void
}

/** VipsIntent, as in ICC's header. */
const relativeColorimetric = 1

const uchar = 0
const embedded = ['str', 'embedded', 'int', 1] as const
const endOfOptions = ['void *', null] as const

let loaded: Libvips | undefined

/**
 * The libvips that sharp has loaded, whatever it is called on this platform and wherever it lies, through koffi.
 * Throws `tool-missing`.
 */
export function libvips(): Libvips {
  loaded ??= load()
  return loaded
}

function load(): Libvips {
  try {
    return bind(koffi.load(fileOfSharpsLibvips()))
  } catch (error) {
    throw toolMissing(
      `Colours can't be converted here: libvips can't be called (${reasonOf(error)}).`,
      'Install Microtome again, or convert without color=srgb.',
      error
    )
  }
}

/** Asked of the process itself: the names in sharp's packages change with every version. */
function fileOfSharpsLibvips(): string {
  if (!process.report) throw new Error('Node tells no shared libraries')
  // Without this it looks up the name of every open connection first.
  Object.assign(process.report, { excludeNetwork: true })
  const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] }
  const names = sharedObjects.filter((path) => /libvips[^/\\]*$/.test(path))
  // Where C and C++ are two files, the C API is in the one without `cpp`.
  const file = names.find((path) => !/libvips-cpp[^/\\]*$/.test(path)) ?? names[0]
  if (!file) throw new Error(`sharp ${sharp.versions.sharp} has loaded no libvips`)
  return file
}

function bind(library: LibraryHandle): Libvips {
  const overMemory = library.func('void *vips_image_new_from_memory(void *, size_t, int, int, int, int)')
  const setBlob = library.func('void vips_image_set_blob_copy(void *, const char *, void *, size_t)')
  const setInt = library.func('void vips_image_set_int(void *, const char *, int)')
  const iccTransform = library.func('int vips_icc_transform(void *, _Out_ void **, const char *, ...)')
  const extractArea = library.func('int vips_extract_area(void *, _Out_ void **, int, int, int, int, ...)')
  const writeToMemory = library.func('void *vips_image_write_to_memory(void *, _Out_ size_t *)')
  const clearError = library.func('void vips_error_clear()')
  const free = library.func('void g_free(void *)')
  const release = library.func('void g_object_unref(void *)')

  return {
    imageOver: (memory, widthPx, heightPx) =>
      some(overMemory(memory, memory.length, widthPx, heightPx, 3, uchar), 'vips_image_new_from_memory'),
    setBlob: (image, name, bytes) => setBlob(image, name, bytes, bytes.length),
    setInt,
    toSrgb(image, fallback) {
      const out: [VipsObject | null] = [null]
      const how = ['str', 'intent', 'int', relativeColorimetric, 'str', 'input-profile', 'str', fallback]
      const failed = iccTransform(image, out, 'srgb', ...embedded, ...how, ...endOfOptions)
      if (failed) clearError()
      return failed ? undefined : (out[0] ?? undefined)
    },
    upperRows(image, widthPx, heightPx) {
      const out: [VipsObject | null] = [null]
      extractArea(image, out, 0, 0, widthPx, heightPx, ...endOfOptions)
      return some(out[0], 'vips_extract_area')
    },
    async pixelsOf(image, use) {
      const size: [number | bigint] = [0]
      const memory = await calledAside(writeToMemory, image, size)
      if (memory === null) clearError()
      const pixels = some(memory, 'vips_image_write_to_memory')
      const view = koffi.view(pixels, Number(size[0]))
      try {
        use(Buffer.from(view))
      } finally {
        // Nobody can read there any more, and V8 doesn't count it as memory that waits for a garbage collection.
        view.transfer(0)
        free(pixels)
      }
    },
    release
  }
}

function calledAside(call: ReturnType<LibraryHandle['func']>, ...args: unknown[]): Promise<VipsObject | null> {
  return new Promise((resolve, reject) =>
    call.async(...args, (error: unknown, result: VipsObject | null) => (error ? reject(error) : resolve(result)))
  )
}

function some(object: VipsObject | null, name: string): VipsObject {
  if (object === null) throw new Error(`${name} of libvips failed`)
  return object
}
