import { TiffTag } from '@cogeotiff/core'
import { damaged } from '../../../failures.ts'
import { isPlausibleMpp } from '../../properties/scale.ts'
import type { ByteSource } from './byte-source.ts'
import { type Directory, readDirectory, readHeader, type TiffHeader } from './directory.ts'
import { ndpiTag } from './foreign-scanner.ts'

/** What a directory says of its image. `page` and `subPage` are how libvips counts them. */
export interface TiffPage {
  page: number
  subPage?: number
  widthPx: number
  heightPx: number
  /** Absent where the page is stored in strips. */
  tile?: { widthPx: number; heightPx: number }
  /** TIFF's number of the compression: 7 JPEG, 33003 and 33005 Aperio's JPEG 2000, ... */
  compression: number
  /** 1 grey, 2 RGB, 6 YCbCr, ... */
  photometric: number
  samplesPerPixel: number
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

const hint = 'Copy it again from where it was made.'
/** Z stacks and plates of thousands of pages exist; the pyramid of a slide is among the first. */
const maxPages = 1000
/** OME's or Philips' XML lies on the first page and may be long; what other pages need fits into a few lines. */
const descriptionBytes = { first: 8 << 20, other: 4096 }
/** Reads what a TIFF holds, without its pixels; undefined if it is no TIFF, `damaged` if it is a broken one. */
export async function readPages(source: ByteSource): Promise<TiffPages | undefined> {
  const header = await readHeader(source)
  if (!header) return undefined
  const found = new PageCollector(source, header)
  try {
    await found.follow(header.first)
  } catch (error) {
    // Of the classic TIFFs only Hamamatsu's grow beyond 4 GB, with offsets that no one else understands.
    if (!header.big && source.sizeBytes > 0xffff_ffff) return undefined
    throw error
  }
  if (found.pages.length === 0) throw damaged('The TIFF holds no image.', hint)
  return { big: header.big, pages: found.pages }
}

/** Directories may overlap in a file, so a small one could claim any number of entries; real ones have about 20 each. */
const maxEntries = 200_000

/** Walks the chain of directories; one that comes back to itself ends there. */
class PageCollector {
  readonly pages: TiffPage[] = []
  readonly #seen = new Set<number>()
  readonly #source: ByteSource
  readonly #header: TiffHeader
  #entries = 0

  constructor(source: ByteSource, header: TiffHeader) {
    this.#source = source
    this.#header = header
  }

  async follow(first: number): Promise<void> {
    let offset = first
    for (let page = 0; this.#isNew(offset); page++) {
      const directory = await this.#read(offset)
      this.pages.push(await readPage(directory, page))
      // NDPI's offsets of the directories have 8 bytes where a classic TIFF's have 4.
      if (directory.has(ndpiTag)) return
      await this.#addSubPages(directory, page)
      offset = directory.next
    }
  }

  async #addSubPages(directory: Directory, page: number): Promise<void> {
    for (const [subPage, offset] of (await directory.numbers(TiffTag.SubIFDs)).entries()) {
      if (!this.#isNew(offset)) return
      this.pages.push(await readPage(await this.#read(offset), page, subPage))
    }
  }

  async #read(offset: number): Promise<Directory> {
    const directory = await readDirectory(this.#source, this.#header, offset)
    this.#entries += directory.entries
    if (this.#entries <= maxEntries) return directory
    throw damaged(`The TIFF is damaged: its directories have more than ${maxEntries} entries.`, hint)
  }

  #isNew(offset: number): boolean {
    if (offset === 0 || this.#seen.has(offset) || this.pages.length >= maxPages) return false
    this.#seen.add(offset)
    return true
  }
}

async function readPage(directory: Directory, page: number, subPage?: number): Promise<TiffPage> {
  const number = async (tag: number, missing: number) => (await directory.number(tag)) ?? missing
  const widthPx = await number(TiffTag.ImageWidth, 0)
  const heightPx = await number(TiffTag.ImageHeight, 0)
  if (!(widthPx >= 1 && heightPx >= 1 && Number.isSafeInteger(widthPx * heightPx)))
    throw damaged(`The TIFF is damaged: its page ${page + 1} says it has ${widthPx} x ${heightPx} pixels.`, hint)
  const resolution = await readResolution(directory)
  return {
    page,
    ...(subPage !== undefined && { subPage }),
    widthPx,
    heightPx,
    ...(directory.has(TiffTag.TileWidth) && {
      tile: { widthPx: await number(TiffTag.TileWidth, 0), heightPx: await number(TiffTag.TileHeight, 0) }
    }),
    compression: await number(TiffTag.Compression, 1),
    photometric: await number(TiffTag.Photometric, -1),
    samplesPerPixel: await number(TiffTag.SamplesPerPixel, 1),
    subfileType: await number(TiffTag.SubFileType, 0),
    description: await directory.text(
      TiffTag.ImageDescription,
      descriptionBytes[page === 0 && subPage === undefined ? 'first' : 'other']
    ),
    ...(resolution && { resolution }),
    directory
  }
}

async function readResolution(directory: Directory): Promise<TiffPage['resolution']> {
  const unit = (await directory.number(TiffTag.ResolutionUnit)) ?? 2
  const unitUm = unit === 3 ? 10_000 : 25_400
  const x = await directory.number(TiffTag.XResolution)
  const y = (await directory.number(TiffTag.YResolution)) ?? x
  if (unit === 1 || !x || !y) return undefined
  const resolution = { xMpp: unitUm / x, yMpp: unitUm / y }
  return isPlausibleMpp(resolution.xMpp) && isPlausibleMpp(resolution.yMpp) ? resolution : undefined
}
