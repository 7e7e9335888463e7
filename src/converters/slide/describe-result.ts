import type { ColorPlan } from './color/plan-color.ts'
import type { SlideContent } from './content.ts'
import { type KeptIdentity, removedFrom } from './deidentify/keep-identifying.ts'
import type { ResolvedOptions } from './options.ts'
import type { RepairedTile } from './pyramid/repaired-tile.ts'
import type { Sidecar } from './sidecar.ts'

/** What became of the tiles: of `total` in `levels` levels of the result, and which of the source had to be mended. */
export interface Made {
  levels: number
  total: number
  copied: number
  encoded: number
  resumed: number
  repaired: RepairedTile[]
}

/** What there is to say of a result. `kept` only where de-identification was turned off. */
export interface Told {
  content: SlideContent
  options: ResolvedOptions
  background: string
  color: ColorPlan
  made: Made
  kept?: KeptIdentity | undefined
}

/** The sidecar of a result. */
export function describeResult({ content, options, background, color, made, kept }: Told): Sidecar {
  const { format, reader, widthPx, heightPx, levels, properties, chosen } = content
  const { total, copied, encoded, resumed, repaired } = made
  return {
    schema: 'microtome-slide/2',
    sourceFormat: format,
    reader,
    widthPx,
    heightPx,
    ...properties,
    ...(chosen !== undefined && { chosen }),
    sourceLevels: levels.length,
    levels: made.levels,
    tiles: { total, copied, encoded, resumed, repaired: repaired.length },
    tileFormat: 'jpeg',
    tileSizePx: options.tileSizePx,
    overlapPx: options.overlapPx,
    quality: options.quality,
    background,
    color: color.decision,
    ...(color.icc && { icc: color.icc.toString('base64') }),
    deidentified: options.deidentify,
    removed: kept ? kept.damaged : removedFrom(content),
    ...(kept && { identifying: kept.identifying }),
    repaired
  }
}
