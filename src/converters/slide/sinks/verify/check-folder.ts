import { statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { describeFiles, listedTiles, listResult, type Unlisted } from '../../../output/result-files.ts'
import type { Geometry } from '../../pyramid/geometry.ts'
import { placesOf, type TileNames } from '../tile-names.ts'
import { missingTile } from './missing-tile.ts'

const perTurn = 10_000

/** Every tile is a file that is not empty. Answers what the result is made of, so that nobody looks for its files again. */
export async function checkFolder(
  dir: string,
  geometry: Geometry,
  names: TileNames,
  signal: AbortSignal
): Promise<ReturnType<typeof describeFiles>> {
  // To read the names of a folder whose names are known costs as much again as to ask for each.
  const asked = geometry.tiles > listedTiles ? (names.folders ?? []) : []
  const files = await listResult(dir, new Set(asked))
  signal.throwIfAborted()
  if (asked.length > 0) return describeFiles(files, await askForTiles(dir, geometry, names, signal))
  const filled = new Set<string>()
  for (const { path, sizeBytes } of files) if (sizeBytes > 0) filled.add(path)
  for (const place of placesOf(geometry))
    if (!filled.has(names.path(place.level, place.column, place.row))) throw missingTile(place)
  return describeFiles(files)
}

async function askForTiles(dir: string, geometry: Geometry, names: TileNames, signal: AbortSignal): Promise<Unlisted> {
  const found = { files: 0, sizeBytes: 0 }
  for (const place of placesOf(geometry)) {
    const path = `${dir}/${names.path(place.level, place.column, place.row)}`
    const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    if (sizeBytes === 0) throw missingTile(place)
    found.sizeBytes += sizeBytes
    if (++found.files % perTurn > 0) continue
    await setImmediate()
    signal.throwIfAborted()
  }
  return found
}
