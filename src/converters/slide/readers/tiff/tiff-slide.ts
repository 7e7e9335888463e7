import { damaged } from '../../../failures.ts'
import { checkSlideSize } from '../../../limits.ts'
import type { ByteSource } from './byte-source.ts'
import { foreignScanner } from './foreign-scanner.ts'
import { isSinglePlane } from './ome.ts'
import { type LevelPage, readSlidePages, type SlidePages } from './slide-pages.ts'
import { refuseJpeg2000, type TileFormat, tileFormatOf } from './tile-format.ts'
import { gridOfPage, type TileTable } from './tile-table.ts'
import { refuseUnsupportedPixels } from './unsupported-pixels.ts'
import { isOneGrid } from './ventana.ts'

/** A level whose tiles this reader reads. */
export type TiledLevel = LevelPage & { format: TileFormat }

/** A TIFF's slide that this reader reads. */
export interface TiffSlide {
  pages: SlidePages
  /** The full level first. */
  levels: [TiledLevel, ...TiledLevel[]]
}

/**
 * Finds the slide in a TIFF; undefined where it is none, or one for another reader. Throws `damaged`, `too-large` and
 * `unsupported-compression`.
 */
export async function findSlide(source: ByteSource): Promise<TiffSlide | undefined> {
  const pages = await readSlidePages(source)
  if (!pages?.isSlide) return undefined
  const scanner = await foreignScanner(source)
  if (scanner !== undefined && scanner !== 'Ventana BIF') return undefined
  await refuseUnsupportedPixels(pages)
  if (isForAnotherReader(pages)) return undefined
  checkSlideSize(pages.main.widthPx, pages.main.heightPx)
  if (pages.main.tile) gridOfPage(pages.main)
  const [full, ...smaller] = await tiledLevels(pages)
  if (full?.page !== pages.main) await refuseJpeg2000(pages.main)
  return full?.page === pages.main ? { pages, levels: [full, ...smaller] } : undefined
}

/** Several pictures or planes in one, and tiles that overlap. */
function isForAnotherReader({ vendor, description, xmp }: SlidePages): boolean {
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
 * Throws `damaged` if more than half of a level's tiles lie beyond the end of the file (it was cut short), or if there
 * are none at all. Fewer are repaired and reported tile by tile.
 */
export function checkTilesArePresent(source: ByteSource, table: TileTable): void {
  const { stored, beyond, end } = countTiles(table, source.sizeBytes)
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
    const offset = offsets[i] ?? 0
    const sizeBytes = sizes[i] ?? 0
    if (offset === 0 || sizeBytes === 0) continue
    stored++
    if (offset + sizeBytes > fileBytes) beyond++
    end = Math.max(end, offset + sizeBytes)
  }
  return { stored, beyond, end }
}
