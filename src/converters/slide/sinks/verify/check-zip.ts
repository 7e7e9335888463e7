import { verifyFailed } from '../../../failures.ts'
import { listZip } from '../../../output/zip-listing.ts'
import type { Geometry } from '../../pyramid/geometry.ts'
import { type FilePlace, rangeOf } from '../single-file.ts'
import { placesOf, type TileNames } from '../tile-names.ts'
import { TileTable } from '../tile-table.ts'
import { missingTile } from './missing-tile.ts'

const perTurn = 10_000

/** Every tile stands in the zip's directory once and is not empty. */
export async function checkZip(place: FilePlace, geometry: Geometry, names: TileNames, signal: AbortSignal) {
  const table = new TileTable(geometry.levels)
  let looked = 0
  for await (const { name, sizeBytes, offset } of listZip(place.path, await rangeOf(place))) {
    if (++looked % perTurn === 0) signal.throwIfAborted()
    const tile = names.place(name)
    if (!tile) continue
    const at = table.at(tile.level, tile.column, tile.row)
    if (table.has(at))
      throw verifyFailed('A tile is in the packed result twice.', 'Retry; report it if it happens again.')
    table.set(at, offset, sizeBytes)
  }
  for (const tile of placesOf(geometry)) {
    const { level, column, row } = names.twin?.(tile.level, tile.column, tile.row) ?? tile
    if (!table.has(table.at(level, column, row))) throw missingTile(tile)
  }
}
