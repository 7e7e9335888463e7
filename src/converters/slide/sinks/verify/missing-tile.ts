import { verifyFailed } from '../../../failures.ts'
import type { TilePlace } from '../../sink.ts'

/** The failure of a tile that is promised and not there. */
export function missingTile({ level, column, row }: TilePlace) {
  return verifyFailed(
    `The tile in column ${column}, row ${row} of level ${level} is missing or empty in the result.`,
    'Retry; check the disk if it happens again.'
  )
}
