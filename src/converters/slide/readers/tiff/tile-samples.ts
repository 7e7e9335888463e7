import { jpegHeader } from '../../pixels/jpeg-header.ts'
import type { SourceTile } from '../../source.ts'
import type { ByteSource } from './byte-source.ts'
import { TiffLevel } from './tiff-level.ts'
import type { TiledLevel } from './tiff-slide.ts'
import type { TileTable } from './tile-table.ts'

const samples = 8

/** A few of a level's tiles that can be read, spread over it. */
export async function sampleTiles(source: ByteSource, level: TiledLevel, table: TileTable): Promise<SourceTile[]> {
  const { columns, offsets, sizes } = table
  const tiles = new TiffLevel(source, level, table, { decode: async () => {} })
  const found: SourceTile[] = []
  const step = Math.ceil(offsets.length / samples)
  for (let start = 0; start < offsets.length; start += step) {
    let index = start
    while (index < Math.min(start + step, offsets.length) && !(offsets[index] && sizes[index])) index++
    if (index >= offsets.length) break
    const [row, column] = [Math.floor(index / columns), index % columns]
    const [tile] = await tiles.readTiles(row, column, column + 1)
    if (tile?.bytes) found.push(tile)
  }
  return found
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
