import type { Recognised } from '../../shared/contract/local.ts'
import type { Profile } from '../../shared/domain/profiles.ts'
import { estimateSlide, isCopied, type SlideEstimate } from '../../shared/domain/slide-estimate.ts'
import { formatBytes, formatCount, plural } from '../format/quantity.ts'

/**
 * `40x, 0.2498 µm per pixel, 4 levels, first of 5 focal planes`: what a slide says of its own scale, and which picture of several
 * it is; what it doesn't say is left out.
 */
export function scaleWords({ magnification, mpp, levels, chosen }: Recognised): string[] {
  return [
    ...(magnification === undefined ? [] : [`${Number(magnification.toFixed(2))}x`]),
    ...(mpp === undefined ? [] : [`${Number(mpp.toFixed(4))} µm per pixel`]),
    ...(levels === undefined ? [] : [plural(levels, 'level')]),
    ...(chosen === undefined ? [] : [chosen])
  ]
}

/** What a slide becomes; undefined for anything else and for a slide of unknown size. */
export function estimateOf(item: Recognised, profile: Profile): SlideEstimate | undefined {
  const { kind, widthPx, heightPx } = item
  if (kind !== 'slide' || widthPx === undefined || heightPx === undefined) return undefined
  return estimateSlide({ ...item, widthPx, heightPx }, profile)
}

/** `Becomes 17 levels, 31,620 tiles, about 1.31 GB, tiles copied`. */
export function estimateWords(item: Recognised, profile: Profile): string | undefined {
  const estimate = estimateOf(item, profile)
  if (estimate === undefined) return undefined
  const { levels, tiles, sizeBytes } = estimate
  const how = isCopied(item, profile) ? 'tiles copied' : 'tiles encoded'
  return `Becomes ${plural(levels, 'level')}, ${plural(tiles, 'tile')}, about ${formatBytes(sizeBytes)}, ${how}`
}

/** `36 slides become 1,138,320 tiles`; undefined where there is no slide of known size. */
export function tilesInAll(items: readonly Recognised[], profile: Profile): string | undefined {
  const estimates = items.flatMap((item) => estimateOf(item, profile) ?? [])
  if (estimates.length === 0) return undefined
  const tiles = estimates.reduce((sum, estimate) => sum + estimate.tiles, 0)
  return `${estimates.length === 1 ? '1 slide becomes' : `${formatCount(estimates.length)} slides become`} ${plural(tiles, 'tile')}`
}
