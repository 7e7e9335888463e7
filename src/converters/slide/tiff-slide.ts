import { unsupportedCompression } from '../failures.ts'
import { checkSlideSize, largestPhotoPixels } from '../limits.ts'
import type { ByteSource } from '../tiff/byte-source.ts'
import { checkPixelsArePresent, type TiffPage, type TiffPages } from '../tiff/pages.ts'
import type { PageRef, SlideContent } from './content.ts'
import { isAperio } from './properties/aperio.ts'
import { isOme } from './properties/ome.ts'
import { propertiesOf } from './properties/slide-properties.ts'

/** Pictures of the whole glass or its label: patients' words are on them. */
const associatedNames = /\b(label|macro|overview|thumbnail)\b/i
const previewSidePx = 256

/** Compressions that libvips' TIFF reader does not decode. */
const undecodable: Record<number, string | undefined> = {
  33003: 'JPEG 2000 (Aperio, YCbCr)',
  33004: 'JPEG 2000 (lossy)',
  33005: 'JPEG 2000 (Aperio, RGB)',
  34712: 'JPEG 2000',
  50002: 'JPEG XL'
}

/** The slide in a TIFF; undefined where it is rather a photo: one plain small image without a pyramid. */
export async function slideInTiff(source: ByteSource, tiff: TiffPages): Promise<SlideContent | undefined> {
  const description = tiff.pages[0]?.description ?? ''
  const main = mainPage(tiff.pages, isAperio(description))
  const levels = tiff.pages.filter((page) => isVersionOf(page, main))
  // One smaller version is the thumbnail that photo software adds.
  const isSlide =
    isAperio(description) || isOme(description) || tiff.big || main.tiled || levels.length > 2 || isScanSized(main)
  if (!isSlide) return undefined
  checkSlideSize(main.widthPx, main.heightPx)
  checkCompression(main)
  await checkPixelsArePresent(source, main)
  return {
    kind: 'slide',
    format: formatName(description, tiff.big),
    main: refOf(main),
    levels: levels.filter((page) => page === main || page.tiled === main.tiled).length,
    preview: refOf(previewPage(levels, main)),
    properties: propertiesOf(main, description),
    oriented: false
  }
}

/** Aperio: always the first. Others: the largest that is no smaller version and no picture of the glass. */
function mainPage(pages: TiffPage[], aperio: boolean): TiffPage {
  const [first, ...others] = pages
  if (!first) throw new Error('a TIFF without pages got here')
  if (aperio) return first
  const candidates = others.filter((page) => page.subPage === undefined && !isReduced(page) && !isAssociated(page))
  const start = isAssociated(first) && candidates[0] ? candidates[0] : first
  return candidates.reduce((largest, page) => (area(page) > area(largest) ? page : largest), start)
}

/** Same picture in smaller: same shape within a pixel of rounding per side, no picture of the glass. */
function isVersionOf(page: TiffPage, main: TiffPage): boolean {
  if (page === main) return true
  if (isAssociated(page) || page.widthPx >= main.widthPx || page.heightPx >= main.heightPx) return false
  // Aperio's macro has no name of its own in some versions, but always this type (a smaller version of another page).
  if (page.subfileType === 9) return false
  const scale = main.widthPx / page.widthPx
  return Math.abs(main.heightPx / scale - page.heightPx) <= 1 + page.heightPx * 0.005
}

function previewPage(levels: TiffPage[], main: TiffPage): TiffPage {
  const fit = levels.filter((page) => Math.max(page.widthPx, page.heightPx) >= previewSidePx)
  return fit.reduce((smallest, page) => (area(page) < area(smallest) ? page : smallest), main)
}

function checkCompression({ compression }: TiffPage): void {
  const name = undecodable[compression]
  if (name === undefined) return
  throw unsupportedCompression(
    `The slide's pixels are compressed as ${name} (TIFF ${compression}), which can't be read yet.`,
    "Save it with JPEG compression in the scanner's own software."
  )
}

function formatName(description: string, big: boolean): string {
  if (isAperio(description)) return 'Aperio SVS'
  if (isOme(description)) return 'OME-TIFF'
  return big ? 'BigTIFF' : 'TIFF'
}

const area = ({ widthPx, heightPx }: TiffPage) => widthPx * heightPx
const isReduced = ({ subfileType }: TiffPage) => (subfileType & 1) === 1
const isScanSized = (page: TiffPage) => area(page) > largestPhotoPixels
/** Only the start: a main image's description may well contain the word further on, in a file name. */
const isAssociated = ({ description }: TiffPage) => associatedNames.test(secondLine(description).slice(0, 40))
/** Aperio puts its version into the first line and `label 387x463` into the second. */
const secondLine = (text: string) => (/^Aperio /.test(text) ? (text.split('\n')[1] ?? '') : text)
const refOf = ({ page, subPage, widthPx, heightPx }: TiffPage): PageRef => ({
  page,
  ...(subPage !== undefined && { subPage }),
  widthPx,
  heightPx
})
