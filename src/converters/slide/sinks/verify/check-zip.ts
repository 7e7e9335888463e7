import { verifyFailed } from '../../../failures.ts'
import { type ListedEntry, listZip } from '../../../output/zip-listing.ts'
import type { Geometry } from '../../pyramid/geometry.ts'
import { type FilePlace, rangeOf } from '../single-file.ts'
import { placesOf, type TileNames } from '../tile-names.ts'
import { TileTable } from '../tile-table.ts'
import { missingTile } from './missing-tile.ts'

/** Every tile stands in the zip's directory once and is not empty. */
export async function checkZip(place: FilePlace, geometry: Geometry, names: TileNames, signal: AbortSignal) {
  const table = new TileTable(geometry.levels)
  for await (const entries of listZip(place.path, await rangeOf(place))) {
    signal.throwIfAborted()
    for (const entry of entries) note(entry, names, table)
  }
  for (const tile of placesOf(geometry)) {
    const { level, column, row } = names.twin?.(tile.level, tile.column, tile.row) ?? tile
    if (!table.has(table.at(level, column, row))) throw missingTile(tile)
  }
}

function note({ name, sizeBytes, offset }: ListedEntry, names: TileNames, table: TileTable): void {
  const tile = names.place(name)
  if (!tile) return
  const at = table.at(tile.level, tile.column, tile.row)
  if (table.has(at))
    throw verifyFailed('A tile is in the packed result twice.', 'Retry; report it if it happens again.')
  table.set(at, offset, sizeBytes)
}
