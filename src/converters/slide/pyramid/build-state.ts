import type { SourceLevel } from '../source.ts'
import type { BuildOrder } from './build-order.ts'
import { onLevel, type PyramidLevel, type Rect, tileRect } from './geometry.ts'
import { Presence } from './presence.ts'
import { Repair } from './repair.ts'
import type { Mend } from './source-pixels.ts'
import { Work } from './work.ts'

/** Pictures of tiles that may be in memory at once. */
const picturesBytes = 64 << 20
/** Of tiles in their compressed form more may be under way than of pictures: threads take several in one message. */
const reducedPerThread = 16
const reducedPicturesBytes = 16 << 20

/** What the parts of one build share. */
export class BuildState {
  readonly order: BuildOrder
  readonly work: Work
  readonly presence: Presence
  readonly repair: Repair
  /** Jobs that may run beside each other where each holds pictures. */
  readonly mostPictures: number
  /** The same where nearly all hold nothing but compressed tiles. */
  readonly mostTiles: number
  copied = 0
  encoded = 0
  resumed = 0
  /** Tiles of a killed run that were read again. */
  readonly takenUp = new Set<string>()

  constructor(order: BuildOrder) {
    const { codec, geometry, source, background, journal } = order
    this.order = order
    this.work = new Work()
    this.presence = new Presence(geometry)
    this.repair = new Repair(source.levels, background, journal)
    const fitting = (bytes: number) => Math.floor(bytes / (geometry.tileSizePx ** 2 * 3))
    this.mostPictures = Math.max(2, Math.min(codec.threads * 4, fitting(picturesBytes)))
    const compressed = Math.min(codec.threads * reducedPerThread, fitting(reducedPicturesBytes))
    this.mostTiles = Math.max(this.mostPictures, compressed)
  }

  level(index: number): PyramidLevel {
    const level = this.order.geometry.levels[index]
    if (!level) throw new Error(`the pyramid has no level ${index}`)
    return level
  }

  /** The part of a tile's place that lies on its level. */
  visibleRect(level: PyramidLevel, column: number, row: number): Rect {
    return onLevel(tileRect(this.order.geometry, level, column, row), level)
  }

  /** Whether four tiles of this level make one of the next. */
  isReduced(level: PyramidLevel): boolean {
    return this.order.plan[level.index + 1]?.kind === 'reduce'
  }

  mend(source: SourceLevel): Mend {
    const index = this.order.source.levels.indexOf(source)
    return (tile, into, reason) => this.repair.mend(index, tile, into, reason)
  }
}
