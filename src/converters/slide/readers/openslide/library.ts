import { fileURLToPath } from 'node:url'
import koffi, { type LibraryHandle } from 'koffi'
import { libraryCandidates } from './library-candidates.ts'

/** What C calls `openslide_t *`. */
export type SlidePointer = bigint

/** The functions of openslide.h that we use; those that return promises run on Node's thread pool. */
export interface OpenSlideLibrary {
  readonly version: string
  /** The file, or the name under which the system's loader found it. */
  readonly path: string
  detectVendor(path: string): Promise<string | null>
  /** Null: not recognised. Ask {@link getError} before anything else. */
  open(path: string): Promise<SlidePointer | null>
  close(slide: SlidePointer): void
  getError(slide: SlidePointer): string | null
  levelCount(slide: SlidePointer): number
  levelDimensions(slide: SlidePointer, level: number, width: number[], height: number[]): void
  levelDownsample(slide: SlidePointer, level: number): number
  /** Premultiplied ARGB in 32-bit words, 0 outside; `x` and `y` in pixels of level 0. */
  readRegion(
    slide: SlidePointer,
    into: Buffer,
    x: number,
    y: number,
    level: number,
    w: number,
    h: number
  ): Promise<void>
  propertyNames(slide: SlidePointer): string[]
  propertyValue(slide: SlidePointer, name: string): string | null
  associatedNames(slide: SlidePointer): string[]
  associatedDimensions(slide: SlidePointer, name: string, width: number[], height: number[]): void
  readAssociated(slide: SlidePointer, name: string, into: Buffer): Promise<void>
  /** From OpenSlide 4.0 on. */
  icc?: {
    size(slide: SlidePointer): number
    read(slide: SlidePointer, into: Buffer): void
  }
}

/** `src` and `out` have the same folders, so this holds for both. */
const resourcesDir = fileURLToPath(new URL('../../../../../resources', import.meta.url))
const loaded = new Map<string, OpenSlideLibrary | undefined>()

/** OpenSlide, loaded once per process; undefined where there is none. `setting` is tried first. */
export function openSlideLibrary(setting: string | undefined): OpenSlideLibrary | undefined {
  const key = setting ?? ''
  if (!loaded.has(key)) loaded.set(key, firstThatLoads(setting))
  return loaded.get(key)
}

function firstThatLoads(setting: string | undefined): OpenSlideLibrary | undefined {
  const { platform, arch } = process
  for (const { path } of libraryCandidates({ platform, arch, setting, resourcesDir })) {
    const library = tryLoad(path)
    if (library) return library
  }
  return undefined
}

function tryLoad(path: string): OpenSlideLibrary | undefined {
  try {
    return declare(path)
  } catch {
    // Not there, of another platform, or something else than OpenSlide: the next candidate.
    return undefined
  }
}

function declare(path: string): OpenSlideLibrary {
  const lib = koffi.load(path)
  const func = (prototype: string) => lib.func(prototype)
  const version = func('const char *openslide_get_version()')
  const propertyNames = func('const void *openslide_get_property_names(void *slide)')
  const associatedNames = func('const void *openslide_get_associated_image_names(void *slide)')
  return {
    version: version(),
    path,
    detectVendor: threaded(func('const char *openslide_detect_vendor(const char *path)')),
    open: threaded(func('void *openslide_open(const char *path)')),
    close: func('void openslide_close(void *slide)'),
    getError: func('const char *openslide_get_error(void *slide)'),
    levelCount: func('int32_t openslide_get_level_count(void *slide)'),
    levelDimensions: func(
      'void openslide_get_level_dimensions(void *slide, int32_t level, _Out_ int64_t *w, _Out_ int64_t *h)'
    ),
    levelDownsample: func('double openslide_get_level_downsample(void *slide, int32_t level)'),
    readRegion: threaded(
      func(
        'void openslide_read_region(void *slide, void *into, int64_t x, int64_t y, int32_t level, int64_t w, int64_t h)'
      )
    ),
    propertyNames: (slide) => textsAt(propertyNames(slide)),
    propertyValue: func('const char *openslide_get_property_value(void *slide, const char *name)'),
    associatedNames: (slide) => textsAt(associatedNames(slide)),
    associatedDimensions: func(
      'void openslide_get_associated_image_dimensions(void *slide, const char *name, _Out_ int64_t *w, _Out_ int64_t *h)'
    ),
    readAssociated: threaded(func('void openslide_read_associated_image(void *slide, const char *name, void *into)')),
    ...declareIcc(func)
  }
}

function declareIcc(func: (prototype: string) => ReturnType<LibraryHandle['func']>): Pick<OpenSlideLibrary, 'icc'> {
  try {
    const size = func('int64_t openslide_get_icc_profile_size(void *slide)')
    return { icc: { size, read: func('void openslide_read_icc_profile(void *slide, void *into)') } }
  } catch {
    // OpenSlide 3.4 has no ICC profiles.
    return {}
  }
}

/** koffi copies texts; buffers it passes as they are, so they are held by the closure until the call is over. */
function threaded<Args extends unknown[], Result>(call: {
  async: (...args: never[]) => unknown
}): (...args: Args) => Promise<Result> {
  const start = call.async as (...args: unknown[]) => void
  return (...args) =>
    new Promise((resolve, reject) => {
      start(...args, (error: Error | null, result: Result) => (error ? reject(error) : resolve(result)))
    })
}

const pointerBytes = koffi.sizeof('void *')

/** A NULL-terminated array of C strings. */
function textsAt(pointer: bigint | null): string[] {
  const texts: string[] = []
  if (pointer === null) return texts
  for (;;) {
    const text: unknown = koffi.decode(pointer, texts.length * pointerBytes, 'char *')
    if (typeof text !== 'string') return texts
    texts.push(text)
  }
}
