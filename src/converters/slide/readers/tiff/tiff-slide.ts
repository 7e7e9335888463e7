import { damaged } from '../../../failures.ts'
import { checkSlideSize } from '../../../limits.ts'
import type { ByteSource } from './byte-source.ts'
import { foreignScanner } from './foreign-scanner.ts'
import { isSinglePlane } from './ome.ts'
import { type LevelPage, readSlidePages, type SlidePages } from './slide-pages.ts'
import { type TileFormat, tileFormatOf } from './tile-format.ts'
import { gridOfPage, readTileTable, type TileTable } from './tile-table.ts'
import { isOneGrid } from './ventana.ts'

/** A level whose tiles this reader reads. */
export type TiledLevel = LevelPage & { format: TileFormat }

/** A TIFF's slide that this reader reads: the full level first. */
export interface TiffSlide {
  pages: SlidePages
  levels: TiledLevel[]
}

/**
 * Finds the slide in a TIFF; undefined where it is none, or one for another reader. Throws `damaged` and `too-large`.
 */
export async function findSlide(source: ByteSource): Promise<TiffSlide | undefined> {
  const pages = await readSlidePages(source)
  if (!pages?.isSlide || (await isForAnotherReader(source, pages))) return undefined
  checkSlideSize(pages.main.widthPx, pages.main.heightPx)
  if (pages.main.tile) gridOfPage(pages.main)
  const levels = await tiledLevels(pages)
  return levels[0]?.page === pages.main ? { pages, levels } : undefined
}

/** Formats that mean something else by their pages, and several pictures in one. */
async function isForAnotherReader(source: ByteSource, { vendor, description, xmp }: SlidePages): Promise<boolean> {
  const scanner = await foreignScanner(source)
  if (scanner !== undefined && scanner !== 'Ventana BIF') return true
  return (vendor === 'ome' && !isSinglePlane(description)) || (vendor === 'ventana' && !isOneGrid(xmp))
}

async function tiledLevels({ levels }: SlidePages): Promise<TiledLevel[]> {
  const found: TiledLevel[] = []
  for (const level of levels) {
    const format = await tileFormatOf(level.page)
    if (format) found.push({ ...level, format })
  }
  return found
}

/**
 * Throws `damaged` if more than half of the full level's tiles lie beyond the end of the file (it was cut short), or if
 * there are none at all. Fewer are repaired and reported tile by tile.
 */
export async function checkTilesArePresent(source: ByteSource, { levels: [full] }: TiffSlide): Promise<void> {
  if (!full) return
  const { stored, beyond, end } = countTiles(await readTileTable(source, full.page), source.sizeBytes)
  if (stored === 0) throw damaged('The slide stores none of its tiles.', 'Copy it again from where it was made.')
  if (beyond * 2 <= stored) return
  throw damaged(
    `The slide is cut short: its pixels reach to byte ${end}, the file ends at ${source.sizeBytes}.`,
    'Copy it again from where it was made.'
  )
}

function countTiles({ offsets, sizes }: TileTable, fileBytes: number) {
  let [stored, beyond, end] = [0, 0, 0]
  for (let i = 0; i < offsets.length; i++) {
    const [offset, sizeBytes] = [offsets[i] ?? 0, sizes[i] ?? 0]
    if (offset === 0 || sizeBytes === 0) continue
    stored++
    if (offset + sizeBytes > fileBytes) beyond++
    end = Math.max(end, offset + sizeBytes)
  }
  return { stored, beyond, end }
}
