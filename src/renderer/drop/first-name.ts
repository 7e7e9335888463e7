import type { Recognised } from '../../shared/contract/local.ts'
import { nameFrom } from '../../shared/domain/name-pattern.ts'
import type { Profile, ProfileName } from '../../shared/domain/profiles.ts'

/** Endings of results that are known before the start. */
const endings: Partial<Record<ProfileName, string>> = {
  dzi: '.dzi',
  szi: '.szi',
  bigtiff: '.tif',
  webp: '.webp',
  jpeg: '.jpg',
  png: '.png',
  h264: '.mp4',
  h265: '.mp4',
  vp9: '.webm',
  av1: '.mp4'
}

/** What the first of `total` results is called; its hash is not known before the content was read, so dots stand for it. */
export function firstName(pattern: string, item: Recognised, total: number, profile: Profile): string {
  return `${nameFrom(pattern, { sourceName: item.name, index: 1, total, hash: '············' })}${endings[profile.name] ?? ''}`
}
