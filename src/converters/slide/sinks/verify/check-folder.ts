import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Geometry } from '../../pyramid/geometry.ts'
import { placesOf, type TileNames } from '../tile-names.ts'
import { missingTile } from './missing-tile.ts'

const perTurn = 2000

/** Every tile is a file that is not empty: 3 µs each. */
export async function checkFolder(dir: string, geometry: Geometry, names: TileNames, signal: AbortSignal) {
  let looked = 0
  for (const place of placesOf(geometry)) {
    const path = join(dir, names.path(place.level, place.column, place.row))
    if (!statSync(path, { throwIfNoEntry: false })?.size) throw missingTile(place)
    if (++looked % perTurn !== 0) continue
    signal.throwIfAborted()
    await setImmediate()
  }
}
