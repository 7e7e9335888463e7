import type { JpegCodec } from '../pixels/codec.ts'
import type { TileSink } from '../sink.ts'
import type { SlideSource } from '../source.ts'
import type { Geometry } from './geometry.ts'
import type { LevelPlan } from './plan.ts'
import type { Presence } from './presence.ts'
import type { RepairJournal } from './repair-journal.ts'
import type { RepairedTile } from './repaired-tile.ts'
import type { Recolour } from './source-pixels.ts'

/** What a pyramid is made of and how. `progress` gets tiles done of `geometry.tiles`, and full-size pixels done. */
export interface BuildOrder {
  geometry: Geometry
  plan: LevelPlan[]
  source: SlideSource
  sink: TileSink
  codec: JpegCodec
  quality: number
  background: string
  /** Where tiles that are mended are noted, for a run that takes the place of this one. */
  journal?: RepairJournal
  recolour: Recolour
  /** Puts what an encoded tile should carry (a profile) into it. */
  dress: (jpeg: Buffer) => Buffer
  /** True where a killed run may have left tiles in the sink. */
  resume: boolean
  signal: AbortSignal
  progress: (tilesDone: number, pixelsDone: number) => void
}

/** What became of the tiles, in tiles of the result; `repaired` in tiles of the source. */
export interface Built {
  copied: number
  encoded: number
  resumed: number
  repaired: RepairedTile[]
  presence: Presence
}
