import { MicrotomeError } from '../../../../shared/errors.ts'
import { reasonOf, verifyFailed } from '../../../failures.ts'
import { type ByteSource, withFile } from '../../readers/tiff/byte-source.ts'
import { readPages, type TiffPage } from '../../readers/tiff/pages.ts'
import { readTileTable } from '../../readers/tiff/tile-table.ts'
import type { PageShape } from '../bigtiff/page-fields.ts'
import { type FilePlace, rangeOf } from '../single-file.ts'
import { missingTile } from './missing-tile.ts'

/** Throws `verify-failed` unless our own reader finds these pages, and in each table every tile, not empty, in the file. */
export async function checkBigTiff(place: FilePlace, shapes: readonly PageShape[]): Promise<void> {
  const { start, end } = await rangeOf(place)
  const check = (file: ByteSource) =>
    checkPages({ sizeBytes: end - start, read: (offset, length) => file.read(start + offset, length) }, shapes)
  await withFile(place.path, check).catch((error: unknown) => {
    if (error instanceof MicrotomeError && error.code === 'verify-failed') throw error
    throw verifyFailed(
      `The TIFF that was written can't be read again: ${reasonOf(error, [place.path])}.`,
      'Retry.',
      error
    )
  })
}

async function checkPages(tiff: ByteSource, shapes: readonly PageShape[]): Promise<void> {
  const pages = (await readPages(tiff))?.pages ?? []
  if (pages.length !== shapes.length) throw wrongPages(`${pages.length} pages instead of ${shapes.length}`)
  for (const [level, page] of pages.entries()) {
    const shape = shapes[level]
    if (!shape || !hasShape(page, shape))
      throw wrongPages(`level ${level} with ${page.widthPx} x ${page.heightPx} pixels`)
    await checkTable(tiff, level, page)
  }
}

async function checkTable(tiff: ByteSource, level: number, page: TiffPage): Promise<void> {
  const { offsets, sizes, columns } = await readTileTable(tiff, page)
  const lost = sizes.findIndex(
    (size, i) => size === 0 || (offsets[i] ?? 0) < 16 || (offsets[i] ?? 0) + size > tiff.sizeBytes
  )
  if (lost >= 0) throw missingTile({ level, column: lost % columns, row: Math.floor(lost / columns) })
}

function hasShape({ widthPx, heightPx, tile }: TiffPage, shape: PageShape): boolean {
  const sameTile = tile?.widthPx === shape.tileWidthPx && tile.heightPx === shape.tileHeightPx
  return sameTile && widthPx === shape.widthPx && heightPx === shape.heightPx
}

const wrongPages = (what: string) =>
  verifyFailed(`The TIFF that was written has ${what}.`, 'Retry; report it if it happens again.')
