import { Photometric } from '@cogeotiff/core'
import type { SourceFile } from '../../../converter.ts'
import { damaged, sourceUnreadable } from '../../../failures.ts'
import { checkSlideSize } from '../../../limits.ts'
import type { OpenContext, SlideContent } from '../../content.ts'
import type { SlideSource } from '../../source.ts'
import { associatedImages } from './associated.ts'
import { type ByteSource, openFile, withFile } from './byte-source.ts'
import { chosenOf } from './chosen.ts'
import { type ForeignScanner, foreignScanner } from './foreign-scanner.ts'
import { identifyingWords } from './identifying.ts'
import { openLevels } from './open-levels.ts'
import { scaleOf } from './scale.ts'
import { readSlidePages, type SlidePages } from './slide-pages.ts'
import { checkTilesArePresent, findSlide, type TiffSlide } from './tiff-slide.ts'
import { areCopyable, sampleTiles } from './tile-samples.ts'
import { readTileTable } from './tile-table.ts'

const iccTag = 34_675
const maxIccBytes = 8 << 20

/** What a TIFF says of its slide, whoever reads the pixels. `page` is libvips' number of the main image. */
export type TiffDescription = Pick<
  SlideContent,
  'format' | 'widthPx' | 'heightPx' | 'properties' | 'chosen' | 'icc' | 'identifying' | 'associated'
> & {
  isSlide: boolean
  page: number
  /** Cyan, magenta, yellow, black: only colour management makes red, green and blue of them. */
  hasInks: boolean
}

/**
 * The slide in a TIFF of tiles; undefined where the file is no TIFF, rather a photo, or a TIFF that only another reader
 * can take (NDPI, SCN, strips, 16 bits, several planes, ...). Throws `damaged`, `too-large`, `source-unreadable`.
 */
export async function readTiffSlide(source: SourceFile): Promise<SlideContent | undefined> {
  const { path } = source
  return looking(path, async (bytes) => {
    const slide = await findSlide(bytes)
    if (!slide) return undefined
    const [full] = slide.levels
    const table = await readTileTable(bytes, full.page)
    checkTilesArePresent(bytes, table)
    const { tile } = full.page
    return {
      kind: 'slide',
      reader: 'tiff',
      ...(await describe(path, slide.pages)),
      levels: slide.levels.map(({ widthPx, heightPx }) => ({ widthPx, heightPx })),
      ...(tile && tile.widthPx === tile.heightPx && { tileSizePx: tile.widthPx }),
      copyable: areCopyable(full, await sampleTiles(bytes, full, table)),
      open: (context) => openSlide(path, context)
    }
  })
}

/** What a TIFF says of its slide or picture; undefined if it is no TIFF. Throws as {@link readTiffSlide}. */
export async function describeTiff({ path }: SourceFile): Promise<TiffDescription | undefined> {
  return looking(path, async (bytes) => {
    const pages = await readSlidePages(bytes)
    if (pages?.isSlide) checkSlideSize(pages.main.widthPx, pages.main.heightPx)
    return pages && { ...(await describe(path, pages)), ...kindOf(pages) }
  })
}

const kindOf = ({ isSlide, main }: SlidePages) => ({
  isSlide,
  page: main.page,
  hasInks: main.photometric === Photometric.Separated
})

/** The scanner's format that lies in a TIFF and only OpenSlide reads, by its first page; undefined for any other file. */
export function scannerInTiff(path: string): Promise<ForeignScanner | undefined> {
  return looking(path, foreignScanner)
}

async function describe(path: string, pages: SlidePages) {
  const icc = await pages.main.directory.bytes(iccTag, maxIccBytes)
  const chosen = chosenOf(pages)
  return {
    format: formatName(pages),
    widthPx: pages.main.widthPx,
    heightPx: pages.main.heightPx,
    properties: scaleOf(pages),
    ...(chosen !== undefined && { chosen }),
    // Also a damaged one: what becomes of the colours is told.
    ...(icc && { icc }),
    identifying: await identifyingWords(pages),
    associated: associatedImages(path, pages)
  }
}

function formatName({ vendor, big }: SlidePages): string {
  switch (vendor) {
    case 'aperio':
      return 'Aperio SVS'
    case 'ome':
      return 'OME-TIFF'
    case 'philips':
      return 'Philips TIFF'
    case 'ventana':
      return 'Ventana BIF'
    case 'generic':
      return big ? 'BigTIFF' : 'TIFF'
  }
}

/** Finds the slide anew: the look at it may be long ago, and its file was closed since. */
async function openSlide(path: string, context: OpenContext): Promise<SlideSource> {
  const file = await openFile(path).catch(unreadable)
  let slide: TiffSlide | undefined
  try {
    slide = await findSlide(file)
  } finally {
    if (!slide) await file.close()
  }
  if (!slide) throw damaged('The file changed since it was looked at.', 'Convert it again.')
  return openLevels(file, slide.levels, context)
}

function looking<T>(path: string, look: (bytes: ByteSource) => Promise<T>): Promise<T> {
  return withFile(path, look).catch(unreadable)
}

function unreadable(error: unknown): never {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error
  throw sourceUnreadable(`The file can't be read (${error.code}).`, 'Check its permissions.', error)
}
