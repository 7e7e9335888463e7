import type { SlideOptions } from '../../shared/domain/profiles.ts'

/** Why slides' own tiles can't be copied with these options; undefined where nothing hinders it. One sentence or two. */
export function copyHindrance({ overlapPx, color, tileSizePx }: SlideOptions): string | undefined {
  const price = 'takes many times longer'
  if (overlapPx > 0) return `With an overlap no tile can be copied: every tile is encoded again, which ${price}.`
  if (color === 'srgb') return `Converted colours mean that every tile is encoded again, which ${price}.`
  if (tileSizePx !== 'source')
    return `Slides whose own tiles are not ${tileSizePx} px wide are encoded again, which ${price}.`
  return undefined
}
