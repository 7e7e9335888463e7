import type { SourceLevel } from '../source.ts'
import type { Geometry, PyramidLevel } from './geometry.ts'

/**
 * Where a level of the result comes from. `copy`: the source has this very level as JPEG tiles on the same grid.
 * `encode`: decoded and encoded anew from a source level, whose pixels are `scale` times as fine. `reduce`: each tile
 * from its four tiles of the level above. `resample`: from the finished level above where tiles don't lie on its grid.
 */
export type LevelPlan =
  | { kind: 'copy'; source: SourceLevel }
  | { kind: 'encode'; source: SourceLevel; scale: 1 | 2 }
  | { kind: 'reduce' }
  | { kind: 'resample' }

/** Plans every level of a pyramid; `mayCopy` is false where pixels must change (colours) . */
export function planPyramid(geometry: Geometry, levels: readonly SourceLevel[], mayCopy: boolean): LevelPlan[] {
  const [full] = levels
  if (!full) throw new Error('a slide without levels')
  // Four tiles make one only where they begin at even pixels and share none.
  const aligned = geometry.overlapPx === 0 && geometry.tileSizePx % 2 === 0
  return geometry.levels.map((level): LevelPlan => {
    const same = mayCopy ? levels.find((candidate) => isCopyable(geometry, level, candidate)) : undefined
    if (same) return { kind: 'copy', source: same }
    if (level.index === 0) return { kind: 'encode', source: full, scale: 1 }
    if (aligned) return { kind: 'reduce' }
    // Half of an odd tile ends amid a pixel.
    const halves = full.tileWidthPx % 2 === 0 && full.tileHeightPx % 2 === 0
    return level.index === 1 && halves ? { kind: 'encode', source: full, scale: 2 } : { kind: 'resample' }
  })
}

function isCopyable({ tileSizePx, overlapPx }: Geometry, level: PyramidLevel, source: SourceLevel): boolean {
  return (
    source.jpeg !== undefined &&
    overlapPx === 0 &&
    source.widthPx === level.widthPx &&
    source.heightPx === level.heightPx &&
    source.tileWidthPx === tileSizePx &&
    source.tileHeightPx === tileSizePx
  )
}
