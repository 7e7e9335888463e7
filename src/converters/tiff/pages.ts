import { damaged } from '../failures.ts'
import type { ByteSource } from './byte-source.ts'
import {
  type Directory,
  type Layout,
  numberOf,
  numbersOf,
  readDirectory,
  readHeader,
  tag,
  textOf
} from './directory.ts'

/** What a directory says of its image. `page` and `subPage` are how libvips counts them. */
export interface TiffPage {
  page: number
  subPage?: number
  widthPx: number
  heightPx: number
  tiled: boolean
  /** TIFF's number of the compression: 7 JPEG, 33003 and 33005 Aperio's JPEG 2000, ... */
  compression: number
  /** Bit 0: a smaller version of another page. */
  subfileType: number
  description: string
  /** µm per pixel as the resolution tags say it; absent where they say nothing of use. */
  resolution?: { xMpp: number; yMpp: number }
  directory: Directory
}

/** A TIFF's directories in file order, with the sub-directories right behind their page. */
export interface TiffPages {
  big: boolean
  pages: TiffPage[]
}

/** Z stacks and plates of thousands of pages exist; the pyramid of a slide is among the first. */
const maxPages = 1000
/** OME-XML lies on the first page and may be long; what other pages need fits into a few lines. */
const descriptionBytes = { first: 4 << 20, other: 4096 }

/** Reads what a TIFF holds, without its pixels; undefined if it is no TIFF, `damaged` if it is a broken one. */
export async function readPages(source: ByteSource): Promise<TiffPages | undefined> {
  const header = await readHeader(source)
  if (!header) return undefined
  const found = new PageCollector(source, header.layout)
  await found.follow(header.first)
  if (found.pages.length === 0) throw damaged('The TIFF holds no image.', 'Copy it again from where it was made.')
  return { big: header.layout.big, pages: found.pages }
}

/** Walks the chain of directories; one that comes back to itself ends there. */
class PageCollector {
  readonly pages: TiffPage[] = []
  readonly #seen = new Set<number>()
  readonly #source: ByteSource
  readonly #layout: Layout

  constructor(source: ByteSource, layout: Layout) {
    this.#source = source
    this.#layout = layout
  }

  async follow(first: number): Promise<void> {
    let offset = first
    for (let page = 0; this.#isNew(offset); page++) {
      const directory = await readDirectory(this.#source, this.#layout, offset)
      this.pages.push(await readPage(this.#source, directory, page))
      await this.#addSubPages(directory, page)
      offset = directory.next
    }
  }

  async #addSubPages(directory: Directory, page: number): Promise<void> {
    let subPage = 0
    for await (const offsets of numbersOf(this.#source, directory, tag.subDirectories))
      for (const offset of offsets) {
        if (!this.#isNew(offset)) return
        const sub = await readDirectory(this.#source, this.#layout, offset)
        this.pages.push({ ...(await readPage(this.#source, sub, page)), subPage: subPage++ })
      }
  }

  #isNew(offset: number): boolean {
    if (offset === 0 || this.#seen.has(offset) || this.pages.length >= maxPages) return false
    this.#seen.add(offset)
    return true
  }
}

async function readPage(source: ByteSource, directory: Directory, page: number): Promise<TiffPage> {
  const widthPx = (await numberOf(source, directory, tag.width)) ?? 0
  const heightPx = (await numberOf(source, directory, tag.height)) ?? 0
  if (!(widthPx >= 1 && heightPx >= 1 && Number.isSafeInteger(widthPx * heightPx)))
    throw damaged(
      `The TIFF is damaged: its page ${page + 1} says it has ${widthPx} x ${heightPx} pixels.`,
      'Copy it again from where it was made.'
    )
  const resolution = await readResolution(source, directory)
  return {
    page,
    widthPx,
    heightPx,
    tiled: directory.entries.has(tag.tileWidth),
    compression: (await numberOf(source, directory, tag.compression)) ?? 1,
    subfileType: (await numberOf(source, directory, tag.subfileType)) ?? 0,
    description: await textOf(source, directory, tag.description, descriptionBytes[page === 0 ? 'first' : 'other']),
    ...(resolution && { resolution }),
    directory
  }
}

/** Coarser than this is a print default (72 or 300 dpi: 353 and 85 µm), finer is no light microscope. */
const plausibleMpp = { min: 0.01, max: 10 }

/** True where a number can be the µm per pixel of a microscope. */
export function isPlausibleMpp(mpp: number): boolean {
  return mpp >= plausibleMpp.min && mpp <= plausibleMpp.max
}

async function readResolution(source: ByteSource, directory: Directory): Promise<TiffPage['resolution']> {
  const unit = (await numberOf(source, directory, tag.resolutionUnit)) ?? 2
  const unitUm = unit === 3 ? 10_000 : 25_400
  const x = await numberOf(source, directory, tag.resolutionX)
  const y = (await numberOf(source, directory, tag.resolutionY)) ?? x
  if (unit === 1 || !x || !y) return undefined
  const resolution = { xMpp: unitUm / x, yMpp: unitUm / y }
  return isPlausibleMpp(resolution.xMpp) && isPlausibleMpp(resolution.yMpp) ? resolution : undefined
}

/** Throws `damaged` if pixels of this page lie beyond the end of the file: the sign of a copy that was cut short. */
export async function checkPixelsArePresent(source: ByteSource, { directory, tiled }: TiffPage): Promise<void> {
  const sizes = numbersOf(source, directory, tiled ? tag.tileSizes : tag.stripSizes)
  let end = 0
  for await (const offsets of numbersOf(source, directory, tiled ? tag.tileOffsets : tag.stripOffsets)) {
    const chunk = await sizes.next()
    if (chunk.done) break
    for (const [i, offset] of offsets.entries()) end = Math.max(end, offset + (chunk.value[i] ?? 0))
    if (end > source.sizeBytes) break
  }
  if (end <= source.sizeBytes) return
  throw damaged(
    `The slide is cut short: its pixels reach to byte ${end}, the file ends at ${source.sizeBytes}.`,
    'Copy it again from where it was made.'
  )
}
