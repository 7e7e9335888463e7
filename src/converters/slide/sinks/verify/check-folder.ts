import { listResult, type ResultFile } from '../../../output/result-files.ts'
import type { Geometry } from '../../pyramid/geometry.ts'
import { placesOf, type TileNames } from '../tile-names.ts'
import { missingTile } from './missing-tile.ts'

/** Every tile is a file that is not empty. Answers all files that were found, so that nobody looks for them again. */
export async function checkFolder(
  dir: string,
  geometry: Geometry,
  names: TileNames,
  signal: AbortSignal
): Promise<ResultFile[]> {
  const files = await listResult(dir)
  signal.throwIfAborted()
  const filled = new Set<string>()
  for (const { path, sizeBytes } of files) if (sizeBytes > 0) filled.add(path)
  for (const place of placesOf(geometry))
    if (!filled.has(names.path(place.level, place.column, place.row))) throw missingTile(place)
  return files
}
