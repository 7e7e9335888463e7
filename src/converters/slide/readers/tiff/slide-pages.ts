import { largestPhotoPixels } from '../../../limits.ts'
import { isAperio } from './aperio.ts'
import type { ByteSource } from './byte-source.ts'
import { isOme } from './ome.ts'
import { readPages, type TiffPage } from './pages.ts'
import { isPhilips, philipsDownsamples } from './philips.ts'
import { isVentana } from './ventana.ts'

/** Who wrote the file, as far as it matters for reading it. */
export type TiffVendor = 'aperio' | 'ome' | 'philips' | 'ventana' | 'generic'

/** A version of the main image: a page and the size that it really has (Philips pads what the page says). */
export interface LevelPage {
  page: TiffPage
  widthPx: number
  heightPx: number
}

/** A page that is a picture of the glass. */
export interface AssociatedPage {
  name: 'label' | 'macro' | 'thumbnail'
  page: TiffPage
}

/** What each page of a TIFF is for. */
export interface SlidePages {
  vendor: TiffVendor
  big: boolean
  /** ImageDescription of the first page. */
  description: string
  /** All XMP packets behind each other, 32 MB at most. */
  xmp: string
  pages: TiffPage[]
  main: TiffPage
  /** Of the same picture, the main page first, each clearly smaller than the one before; tiled where that one is. */
  levels: LevelPage[]
  associated: AssociatedPage[]
  /** False where it is rather a photo: one plain small image without a pyramid. */
  isSlide: boolean
}

const xmpTag = 700
/** Ventana's tells each joint of two tiles in 150 bytes. */
const xmpBytes = 32 << 20
/** Scanners make each level at least twice as small as the one before. */
const leastStep = 1.2

/** Reads what a TIFF holds and what for; undefined if it is no TIFF, `damaged` if it is a broken one. */
export async function readSlidePages(source: ByteSource): Promise<SlidePages | undefined> {
  const tiff = await readPages(source)
  if (!tiff) return undefined
  const { big, pages } = tiff
  const description = pages[0]?.description ?? ''
  const xmp = await readXmp(pages)
  const vendor = vendorOf(description, xmp)
  const main = mainPage(pages, vendor)
  const levels = levelsOf(pages, main, vendor, description)
  // One smaller version is the thumbnail that photo software adds.
  const isSlide = vendor !== 'generic' || big || main.tile !== undefined || levels.length > 2 || isScanSized(main)
  return { vendor, big, description, xmp, pages, main, levels, associated: associatedOf(pages, main, vendor), isSlide }
}

async function readXmp(pages: TiffPage[]): Promise<string> {
  let all = ''
  for (const { directory } of pages) all += await directory.text(xmpTag, xmpBytes - all.length)
  return all
}

function vendorOf(description: string, xmp: string): TiffVendor {
  if (isAperio(description)) return 'aperio'
  if (isPhilips(description)) return 'philips'
  if (isOme(description)) return 'ome'
  return isVentana(xmp) ? 'ventana' : 'generic'
}

/** Aperio, OME: always the first. Others: the largest that is no smaller version and no picture of the glass. */
function mainPage(pages: TiffPage[], vendor: TiffVendor): TiffPage {
  const [first, ...others] = pages
  if (!first) throw new Error('a TIFF without pages got here')
  if (vendor === 'aperio' || vendor === 'philips') return first
  const candidates = others.filter((page) => page.subPage === undefined && !isReduced(page) && !isPictureOfGlass(page))
  const start = isPictureOfGlass(first) && candidates[0] ? candidates[0] : first
  return candidates.reduce((largest, page) => (area(page) > area(largest) ? page : largest), start)
}

function levelsOf(pages: TiffPage[], main: TiffPage, vendor: TiffVendor, description: string): LevelPage[] {
  const sized = vendor === 'philips' ? philipsLevels(pages, main, description) : pages.map(asItSays)
  const versions = sized.filter((level) => level.page === main || isVersionOf(level, main, vendor))
  const kept: LevelPage[] = []
  for (const level of versions.sort((a, b) => b.widthPx - a.widthPx || a.page.page - b.page.page))
    if (isSmaller(level, kept.at(-1))) kept.push(level)
  return kept
}

const asItSays = (page: TiffPage): LevelPage => ({ page, widthPx: page.widthPx, heightPx: page.heightPx })
const isSmaller = (level: LevelPage, than: LevelPage | undefined) =>
  than === undefined || level.widthPx * leastStep <= than.widthPx

/** Levels of Philips slides have the full size over a whole number; without the pixel sizes only the full one is sure. */
function philipsLevels(pages: TiffPage[], main: TiffPage, description: string): LevelPage[] {
  const tiled = pages.filter(({ tile }) => tile !== undefined)
  const downsamples = philipsDownsamples(description, tiled.length) ?? [1]
  return downsamples.flatMap((downsample, i) => {
    const page = tiled[i]
    const [widthPx, heightPx] = [Math.ceil(main.widthPx / downsample), Math.ceil(main.heightPx / downsample)]
    return page && widthPx <= page.widthPx && heightPx <= page.heightPx ? [{ page, widthPx, heightPx }] : []
  })
}

/** Same picture in smaller: same shape within a pixel of rounding per side, no picture of the glass. */
function isVersionOf({ page, widthPx, heightPx }: LevelPage, main: TiffPage, vendor: TiffVendor): boolean {
  // Sub-directories of another page are smaller versions of that one; OME's other pages are other pictures.
  if ((page.subPage !== undefined || vendor === 'ome') && page.page !== main.page) return false
  // A thumbnail in strips may be as large as a level of tiles.
  if ((page.tile === undefined) !== (main.tile === undefined)) return false
  if (isPictureOfGlass(page) || widthPx >= main.widthPx || heightPx > main.heightPx) return false
  // Aperio's macro has no name of its own in some versions, but always this type (a smaller version of another page).
  if (page.subfileType === 9) return false
  const scale = main.widthPx / widthPx
  return Math.abs(main.heightPx / scale - heightPx) <= 1 + heightPx * 0.005
}

function associatedOf(pages: TiffPage[], main: TiffPage, vendor: TiffVendor): AssociatedPage[] {
  const named = pages.flatMap((page) => {
    const name = page === main ? undefined : associatedName(page, vendor)
    return name ? [{ name, page }] : []
  })
  // A slide has one of each; further pages of that name are other sizes of it.
  return named.filter(({ name }, i) => named.findIndex((other) => other.name === name) === i)
}

function associatedName(page: TiffPage, vendor: TiffVendor): AssociatedPage['name'] | undefined {
  const said = associatedNames.exec(secondLine(page.description).slice(0, 40))?.[1]?.toLowerCase()
  // Ventana's label image shows the whole glass, as OpenSlide's name for it (macro) says.
  if (said === 'label') return vendor === 'ventana' ? 'macro' : 'label'
  if (said !== undefined) return said === 'thumbnail' ? 'thumbnail' : 'macro'
  if (vendor !== 'aperio' || page.tile !== undefined) return undefined
  if (page.subfileType === 9) return 'macro'
  return isReduced(page) ? 'label' : 'thumbnail'
}

/** Pictures of the whole glass or its label: patients' words are on them. */
const associatedNames = /(?:\b|_)(label|macro|overview|thumbnail)(?:\b|_)/i
const area = ({ widthPx, heightPx }: TiffPage) => widthPx * heightPx
const isReduced = ({ subfileType }: TiffPage) => (subfileType & 1) === 1
const isScanSized = (page: TiffPage) => area(page) > largestPhotoPixels
/** Only the start: a main image's description may well contain the word further on, in a file name. */
export const isPictureOfGlass = ({ description }: TiffPage) =>
  associatedNames.test(secondLine(description).slice(0, 40))
/** Aperio puts its version into the first line and `label 387x463` into the second. */
const secondLine = (text: string) => (isAperio(text) ? (text.split('\n')[1] ?? '') : text)
