import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { damaged, reasonOf, writeFailureOf } from '../../../failures.ts'
import type { OpenContext, SlideContent } from '../../content.ts'
import type { SlideSource } from '../../source.ts'
import { readTiffSlide } from '../tiff/index.ts'

/** What is known of a picture that libvips reads from top to bottom: a photo, a scan in strips. */
export interface Picture {
  path: string
  /** As people read it: `PNG`, `JPEG`, `TIFF`. */
  format: string
  widthPx: number
  heightPx: number
  /** Of a file of several pictures. */
  page?: number
  /** A photo's EXIF orientation is applied; that of a scan means nothing to the viewers of scans. */
  oriented: boolean
  icc?: Buffer
}

/**
 * A picture as a slide of one level. It can't be read tile by tile, so opening it writes its tiles once, as a TIFF in
 * scratch: JPEG as the result wants them, which are then copied, or uncompressed where they change once more.
 */
export function pictureAsSlide(picture: Picture): SlideContent {
  const { format, widthPx, heightPx, icc } = picture
  return {
    kind: 'slide',
    format,
    reader: 'libvips',
    widthPx,
    heightPx,
    levels: [{ widthPx, heightPx }],
    copyable: false,
    properties: {},
    ...(icc && { icc }),
    // A photo's EXIF and XMP never get further than libvips: the tiles carry pixels only.
    identifying: [],
    associated: [],
    open: (context) => openPicture(picture, context),
    writeThumbnail: (path) => writeThumbnail(picture, path)
  }
}

/** Decoding more than this takes seconds; then the slide goes without a thumbnail. */
const quickPixels = 150_000_000

async function writeThumbnail(picture: Picture, path: string): Promise<boolean> {
  if (picture.widthPx * picture.heightPx > quickPixels) return false
  try {
    await pixelsOf(picture)
      .resize(256, 256, { fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 80 })
      .toFile(path)
    return true
  } catch (error) {
    throw writeFailureOf(error) ?? unreadable(error, [picture.path, path])
  }
}

function pixelsOf({ path, page, oriented }: Picture) {
  return sharp(path, {
    ...(page !== undefined && { page }),
    limitInputPixels: false,
    sequentialRead: true,
    failOn: 'error',
    autoOrient: oriented,
    ignoreIcc: true
  })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
}

function unreadable(error: unknown, privatePaths: string[]) {
  return damaged(
    `The picture can't be read to its end: ${reasonOf(error, privatePaths)}.`,
    'Copy it again from where it was made.',
    error
  )
}

async function openPicture(picture: Picture, context: OpenContext): Promise<SlideSource> {
  const path = join(context.scratchDir, 'picture.tif')
  await writeTiles(picture, path, context)
  const content = await readTiffSlide({ path, sizeBytes: 0 })
  if (!content) throw new Error('the tiles that were just written are no slide')
  const source = await content.open(context)
  const levels = source.levels.map((level) =>
    level.jpeg
      ? { ...bound(level), jpeg: { ...level.jpeg, complete: level.jpeg.complete.bind(level.jpeg), fresh: true } }
      : level
  )
  return {
    levels,
    background: source.background,
    close: async () => {
      await source.close()
      await rm(path, { force: true })
    }
  }
}

/** A level's methods with their object, so that the level can be copied. */
function bound(level: SlideSource['levels'][number]): SlideSource['levels'][number] {
  const { widthPx, heightPx, tileWidthPx, tileHeightPx } = level
  return {
    widthPx,
    heightPx,
    tileWidthPx,
    tileHeightPx,
    readTiles: level.readTiles.bind(level),
    decode: level.decode.bind(level)
  }
}

async function writeTiles(picture: Picture, to: string, { tiles, signal }: OpenContext): Promise<void> {
  signal.throwIfAborted()
  const { sizePx, quality, lossless } = tiles
  try {
    await pixelsOf(picture)
      .tiff({
        tile: true,
        // TIFF knows only multiples of 16.
        tileWidth: Math.ceil(sizePx / 16) * 16,
        tileHeight: Math.ceil(sizePx / 16) * 16,
        bigtiff: true,
        ...(lossless || sizePx % 16 !== 0 ? { compression: 'none' } : { compression: 'jpeg', quality })
      })
      .toFile(to)
  } catch (error) {
    await rm(to, { force: true })
    throw writeFailureOf(error) ?? unreadable(error, [picture.path, to])
  }
  signal.throwIfAborted()
}
