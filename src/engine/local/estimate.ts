import type { Recognised } from '../../shared/contract/local.ts'
import { type Kind, kindOfProfile, type Profile } from '../../shared/domain/profiles.ts'
import { estimateSlide, isCopied } from '../../shared/domain/slide-estimate.ts'

/** What of a recognised thing bears on its result. */
export type Measured = Pick<
  Recognised,
  'kind' | 'sizeBytes' | 'widthPx' | 'heightPx' | 'durationS' | 'tileSizePx' | 'copyable'
>

const imageBytesPerPixel = { webp: 0.12, jpeg: 0.25, png: 1.8 }
/** Megabits per second of 1080p video at our default rates. */
const videoBitsPerSecond = 4_000_000

/** Disk that the result of one item takes, roughly; never more exact than it looks. */
export function estimateBytes(item: Measured, profile: Profile): number {
  switch (kindOfProfile(profile.name)) {
    case 'slide':
      return slideBytes(item, profile)
    case 'image':
      return Math.min(item.sizeBytes * 2, fittedPixels(item, profile) * bytesPerPixel(profile))
    case 'video':
      return item.durationS === undefined
        ? item.sizeBytes
        : Math.min(item.sizeBytes * 2, (item.durationS * videoBitsPerSecond) / 8)
  }
}

function slideBytes(item: Measured, profile: Profile): number {
  const { widthPx, heightPx } = item
  if (!widthPx || !heightPx) return item.sizeBytes
  return estimateSlide({ ...item, widthPx, heightPx }, profile).sizeBytes
}

function bytesPerPixel(profile: Profile): number {
  return profile.name in imageBytesPerPixel ? imageBytesPerPixel[profile.name as keyof typeof imageBytesPerPixel] : 1
}

function fittedPixels(item: Measured, profile: Profile): number {
  const width = item.widthPx ?? 0
  const height = item.heightPx ?? 0
  if (width === 0 || height === 0) return Number.POSITIVE_INFINITY
  const scale = Math.min(1, Number(profile.options.maxWidthPx) / width, Number(profile.options.maxHeightPx) / height)
  return width * height * scale * scale
}

/** Seconds until all items are done, given how many bytes a second the lab's free slots convert per profile; undefined while unknown. */
export function estimateSeconds(
  items: Measured[],
  profiles: Partial<Record<Kind, Profile>>,
  labBytesPerSecond: (profile: Profile['name'], copied: boolean) => number | undefined
): number | undefined {
  let seconds = 0
  for (const item of items) {
    const profile = profiles[item.kind]
    if (!profile) continue
    const rate = labBytesPerSecond(profile.name, kindOfProfile(profile.name) === 'slide' && isCopied(item, profile))
    if (!rate) return undefined
    seconds += item.sizeBytes / rate
  }
  return seconds
}
