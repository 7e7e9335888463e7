import sharp from 'sharp'
import { damaged, unsupportedCompression } from '../../../failures.ts'
import { checkSlideSize } from '../../../limits.ts'
import type { AssociatedImage, SlideContent } from '../../content.ts'
import { newPixels, packed } from '../../pixels/pixel-window.ts'
import { flattenPixels } from './flatten-pixels.ts'
import { frameOf } from './frame.ts'
import type { OpenSlideLibrary } from './library.ts'
import { openSlideSource } from './openslide-source.ts'
import { PatientSlide } from './patient-slide.ts'
import { OpenSlideError, SlideHandle } from './slide-handle.ts'
import { identifyingWords, scaleOf } from './words.ts'

/** Far above any scanner's profile (some 100 KB to 1 MB). */
const maxIccBytes = 16 << 20
/** A macro of a whole glass has some 2 megapixels. */
const maxAssociatedPixels = 64_000_000
const associatedNames = ['label', 'macro', 'thumbnail'] as const

/** What OpenSlide says of a slide. Throws `damaged` or `unsupported-compression` with OpenSlide's reason, or `too-large`. */
export async function openContent(library: OpenSlideLibrary, path: string, format: string): Promise<SlideContent> {
  const open = () => SlideHandle.open(library, path)
  const handle = await open().catch((error: unknown) => refuse(error, format, library))
  try {
    return await describe(handle, open, format, library)
  } catch (error) {
    return refuse(error, format, library)
  } finally {
    handle.close()
  }
}

async function describe(
  handle: SlideHandle,
  open: () => Promise<SlideHandle>,
  format: string,
  library: OpenSlideLibrary
): Promise<SlideContent> {
  const properties = handle.properties()
  const levels = handle.levels()
  if (levels.length === 0) throw new OpenSlideError('it holds no image')
  const frame = frameOf(levels, properties)
  const { widthPx, heightPx } = frame.bounds
  checkSlideSize(widthPx, heightPx)
  const icc = handle.icc(maxIccBytes)
  handle.check()
  return {
    kind: 'slide',
    copyable: false,
    format,
    reader: 'openslide',
    widthPx,
    heightPx,
    levels: frame.levels.map((level) => ({ widthPx: level.widthPx, heightPx: level.heightPx })),
    properties: scaleOf(properties),
    ...(icc && { icc }),
    identifying: identifyingWords(properties),
    associated: associatedImages(handle.associatedNames(), open, format, library),
    open: async ({ threads, signal }) => {
      const slide = await PatientSlide.open(open).catch((error: unknown) => refuse(error, format, library))
      return openSlideSource({ slide, frame, threads, signal })
    }
  }
}

function associatedImages(
  names: string[],
  open: () => Promise<SlideHandle>,
  format: string,
  library: OpenSlideLibrary
): AssociatedImage[] {
  return associatedNames
    .filter((name) => names.includes(name))
    .map((name) => ({
      name,
      toJpeg: () =>
        associatedJpeg(name, open).catch((error: unknown) => refuse(error, `${name} of the ${format}`, library))
    }))
}

async function associatedJpeg(name: string, open: () => Promise<SlideHandle>): Promise<Buffer> {
  const handle = await open()
  try {
    const { argb, widthPx, heightPx } = await handle.readAssociated(name, maxAssociatedPixels)
    const pixels = newPixels(widthPx, heightPx)
    flattenPixels(argb, pixels, '#ffffff')
    return await sharp(packed(pixels), { raw: { width: widthPx, height: heightPx, channels: 3 } })
      .jpeg()
      .toBuffer()
  } finally {
    handle.close()
  }
}

function refuse(error: unknown, what: string, { version }: OpenSlideLibrary): never {
  if (!(error instanceof OpenSlideError)) throw error
  if (/^Unsupported TIFF compression/.test(error.message))
    throw unsupportedCompression(
      `The ${what} can't be read by OpenSlide ${version}: ${error.message}.`,
      'Export it with JPEG, JPEG 2000, LZW, Deflate or uncompressed pixels.',
      error
    )
  throw damaged(
    `The ${what} can't be opened by OpenSlide ${version}: ${error.message}.`,
    'Copy it again with all its files from where it was made; if it still fails, try a newer OpenSlide.',
    error
  )
}
