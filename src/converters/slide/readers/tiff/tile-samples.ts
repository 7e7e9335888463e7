import { jpegHeader } from '../../pixels/jpeg-header.ts'
import type { SourceTile } from '../../source.ts'
import type { ByteSource } from './byte-source.ts'
import { TiffLevel } from './tiff-level.ts'
import type { TiledLevel } from './tiff-slide.ts'
import type { TileTable } from './tile-table.ts'

const samples = 8
/** Steps of the golden ratio fall on no pattern, such as that every third tile is damaged. */
const golden = 0.618_033_988_749_895

/** A few of a level's tiles that can be read, spread over it; `many` in number where there are so many. */
export async function sampleTiles(
  source: ByteSource,
  level: TiledLevel,
  table: TileTable,
  many = samples
): Promise<SourceTile[]> {
  const { columns, offsets, sizes } = table
  const tiles = new TiffLevel(source, level, table, { decode: async () => {} })
  const found: SourceTile[] = []
  const step = Math.ceil(offsets.length / many)
  for (let start = 0, part = 0; start < offsets.length; start += step, part = (part + golden) % 1) {
    const end = Math.min(start + step, offsets.length)
    const first = start + Math.floor((end - start) * part)
    const index = storedIn(first, end) ?? storedIn(start, first)
    if (index === undefined) continue
    const [row, column] = [Math.floor(index / columns), index % columns]
    const [tile] = await tiles.readTiles(row, column, column + 1)
    if (tile?.bytes) found.push(tile)
  }
  return found

  function storedIn(from: number, to: number): number | undefined {
    for (let index = from; index < to; index++) if (offsets[index] && sizes[index]) return index
    return undefined
  }
}

/** True where the tiles are what every viewer shows: sequential JPEGs of 3 components of 8 bits, as large as they should be. */
export function areCopyable({ page: { tile }, format }: TiledLevel, tiles: SourceTile[]): boolean {
  if (format.kind !== 'jpeg' || format.grey) return false
  const heads = tiles.flatMap(({ bytes }) => (bytes && jpegHeader(bytes)) ?? [])
  return heads.every(
    ({ process, bits, components, widthPx, heightPx }) =>
      process <= 1 && bits === 8 && components === 3 && widthPx === tile?.widthPx && heightPx === tile.heightPx
  )
}
