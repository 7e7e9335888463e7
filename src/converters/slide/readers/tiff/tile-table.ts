import { getTiffTagSize, type Tag, TiffTag } from '@cogeotiff/core'
import { damaged, tooLarge } from '../../../failures.ts'
import type { ByteSource } from './byte-source.ts'
import type { Directory } from './directory.ts'
import type { TiffPage } from './pages.ts'

/** Where each tile of a page lies, row by row. Typed arrays: a level may have millions. */
export interface TileTable {
  columns: number
  rows: number
  offsets: Float64Array
  sizes: Uint32Array
}

/** 100 gigapixels in tiles of 200 px; 30 MB. */
const maxTiles = 2_500_000
/** Values are read in pieces of this many, so that a count from a damaged file costs no memory. */
const valuesPerRead = 1 << 16
const hint = 'Copy it again from where it was made.'

/** Reads a tiled page's table; throws `damaged` where it doesn't fit the page's grid, `too-large` beyond 2.5 million. */
export async function readTileTable(source: ByteSource, page: TiffPage): Promise<TileTable> {
  const { columns, rows } = gridOfPage(page)
  const offsets = new Float64Array(columns * rows)
  const sizes = new Uint32Array(columns * rows)
  await fill(source, page.directory, TiffTag.TileOffsets, offsets)
  await fill(source, page.directory, TiffTag.TileByteCounts, sizes)
  return { columns, rows, offsets, sizes }
}

/** Columns and rows of a tiled page, before its table is read. Throws as {@link readTileTable}. */
export function gridOfPage({ tile, widthPx, heightPx, directory }: TiffPage): { columns: number; rows: number } {
  const [tileWidthPx, tileHeightPx] = [tile?.widthPx ?? 0, tile?.heightPx ?? 0]
  const sane = (length: number) => length >= 1 && length <= 1 << 16
  if (!sane(tileWidthPx) || !sane(tileHeightPx))
    throw damaged(`The TIFF is damaged: it says its tiles have ${tileWidthPx} x ${tileHeightPx} pixels.`, hint)
  const [columns, rows] = [Math.ceil(widthPx / tileWidthPx), Math.ceil(heightPx / tileHeightPx)]
  if (columns * rows > maxTiles)
    throw tooLarge(
      `The slide has ${columns * rows} tiles; at most ${maxTiles} in a level are converted.`,
      'Save it with larger tiles.'
    )
  for (const tag of [TiffTag.TileOffsets, TiffTag.TileByteCounts]) {
    const count = directory.tags.get(tag)?.count ?? 0
    if (count < columns * rows)
      throw damaged(
        `The TIFF is damaged: its table has ${count} of the ${columns * rows} tiles that its size asks for.`,
        hint
      )
  }
  return { columns, rows }
}

async function fill(source: ByteSource, directory: Directory, tagId: number, into: Float64Array | Uint32Array) {
  const tag = directory.tags.get(tagId)
  if (!tag) return
  // A size beyond 4 GB must not come out small.
  const fitting = (value: number) => (into instanceof Uint32Array ? Math.min(value, 0xffff_ffff) : value)
  // Values that fit into the directory itself.
  if (tag.type === 'inline') return into.set((await directory.numbers(tagId)).slice(0, into.length).map(fitting))
  const sizeBytes = getTiffTagSize(tag.dataType)
  for (let done = 0; done < into.length; done += valuesPerRead) {
    const many = Math.min(valuesPerRead, into.length - done)
    const bytes = await source.read(tag.dataOffset + done * sizeBytes, many * sizeBytes)
    const read = readerOf(new DataView(bytes.buffer), tag, directory.littleEndian)
    for (let i = 0; i < many; i++) into[done + i] = fitting(read(i))
  }
}

function readerOf(view: DataView, { dataType }: Tag, littleEndian: boolean): (index: number) => number {
  switch (getTiffTagSize(dataType)) {
    case 1:
      return (i) => view.getUint8(i)
    case 2:
      return (i) => view.getUint16(i * 2, littleEndian)
    case 4:
      return (i) => view.getUint32(i * 4, littleEndian)
    default:
      return (i) => Number(view.getBigUint64(i * 8, littleEndian))
  }
}
