import { profiles, type SlideOptions } from '../../shared/domain/profiles.ts'
import type { SlideTask } from './content.ts'

/** The options of a task with what its slide decides: the tile size in pixels. */
export type ResolvedOptions = Omit<SlideOptions, 'tileSizePx'> & { tileSizePx: number }

/** Where the source has no tiles of its own, or such as no viewer wants. */
const usualTilePx = 256
const viewersTilePx = { min: 64, max: 4096 }

/** Reads a task's options; `source` becomes the slide's own tile size, or 256 where it has none that viewers take. */
export function optionsOf({ profile, content }: SlideTask): ResolvedOptions {
  const options = profiles.dzi.options.parse(profile.options)
  const own = content.tileSizePx ?? usualTilePx
  const fits = own >= viewersTilePx.min && own <= viewersTilePx.max
  const tileSizePx = options.tileSizePx === 'source' ? (fits ? own : usualTilePx) : options.tileSizePx
  return { ...options, tileSizePx }
}
