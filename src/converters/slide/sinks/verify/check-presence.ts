import type { ProfileName } from '../../../../shared/domain/profiles.ts'
import { verifyFailed } from '../../../failures.ts'
import type { describeFiles } from '../../../output/result-files.ts'
import type { Geometry } from '../../pyramid/geometry.ts'
import { pageShapes } from '../bigtiff/page-fields.ts'
import { dziNames } from '../dzi/dzi-names.ts'
import { filePlace, type ResultPlace } from '../formats.ts'
import { iiif3Names } from '../iiif3/iiif3-names.ts'
import { sziNames } from '../szi/szi-names.ts'
import type { TileNames } from '../tile-names.ts'
import { zoomifyNames } from '../zoomify/zoomify-names.ts'
import { checkBigTiff } from './check-bigtiff.ts'
import { checkFolder } from './check-folder.ts'
import { checkZip } from './check-zip.ts'

/**
 * Throws `verify-failed` unless every tile that the geometry promises lies in the finished result, with bytes in it. Answers what
 * a result that is a folder is made of.
 */
export async function checkPresence(
  profile: ProfileName,
  geometry: Geometry,
  place: ResultPlace,
  signal: AbortSignal
): Promise<ReturnType<typeof describeFiles> | undefined> {
  switch (profile) {
    case 'dzi':
      return checkNames(dziNames(geometry, 'result'), geometry, place, signal)
    case 'iiif3':
      return checkNames(iiif3Names(geometry), geometry, place, signal)
    case 'zoomify':
      return checkNames(zoomifyNames(geometry), geometry, place, signal)
    case 'szi':
      await checkZip(filePlace(place, 'result.szi'), geometry, sziNames(geometry), signal)
      return undefined
    case 'bigtiff':
      await checkBigTiff(filePlace(place, 'result.tif'), pageShapes(geometry))
      return undefined
    default:
      throw verifyFailed(`${profile} writes no pyramid.`, 'Report this.')
  }
}

async function checkNames(names: TileNames, geometry: Geometry, { resultDir, zip }: ResultPlace, signal: AbortSignal) {
  if (zip === undefined) return checkFolder(resultDir, geometry, names, signal)
  await checkZip({ path: zip }, geometry, names, signal)
  return undefined
}
