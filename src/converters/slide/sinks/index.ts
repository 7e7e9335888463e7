import type { ProfileName } from '../../../shared/domain/profiles.ts'
import { badOption } from '../../failures.ts'
import type { Geometry } from '../pyramid/geometry.ts'
import type { TileSink } from '../sink.ts'
import { type ResultPlace, type SinkContext, type SlideFormat, slideFormats } from './formats.ts'

/** The format that a slide profile writes. */
export function formatOf(profile: ProfileName): SlideFormat {
  const formats: Partial<Record<ProfileName, SlideFormat>> = slideFormats
  const format = formats[profile]
  if (!format) throw new Error(`${profile} writes no pyramid`)
  return format
}

/** Throws `bad-option` where a format can't have such tiles. */
export function checkTiling(
  profile: ProfileName,
  { tileSizePx, overlapPx }: { tileSizePx: number; overlapPx: number }
) {
  const { allowsOverlap, tileMultiplePx } = formatOf(profile)
  if (overlapPx > 0 && !allowsOverlap)
    throw badOption(`Tiles of ${profile} can't overlap; overlapPx is ${overlapPx}.`, 'Set overlapPx to 0.')
  if (tileSizePx % tileMultiplePx !== 0)
    throw badOption(
      `Tiles of ${profile} are a multiple of ${tileMultiplePx} pixels wide; tileSizePx is ${tileSizePx}.`,
      'Choose 256 or 512, for example.'
    )
}

/** Opens the sink of a slide profile. Its `resume` or its first `write` comes next; at the end always its `close`. */
export function sinkFor(
  profile: ProfileName,
  geometry: Geometry,
  place: ResultPlace,
  context: SinkContext
): Promise<TileSink> {
  return formatOf(profile).open(geometry, place, context)
}
