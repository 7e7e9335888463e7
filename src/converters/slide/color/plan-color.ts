import type { SlideOptions } from '../../../shared/domain/profiles.ts'
import { iccInTileMaxBytes } from './embed-icc.ts'
import { type ColorConverter, ProfileUnusable, srgbConverter } from './srgb-converter.ts'

/** What becomes of a slide's colours. */
export interface ColorPlan {
  /** As report and sidecar say it: `none` (no profile), `kept`, `converted to sRGB`, `kept: ` and why. */
  decision: string
  /** Every decoded pixel goes through it; absent where colours stay as they are, so that tiles can be copied. */
  converter?: ColorConverter
  /** The profile that the result's colours need, for sidecar and descriptor. */
  icc?: Buffer
  /** The same where it is small enough for each encoded tile. */
  iccInTiles?: Buffer
}

/**
 * Decides what becomes of the colours, before anything is written. A profile that can't be used is no reason to refuse a
 * slide: its colours stay, the
 * decision says why, and such a profile is not passed on. Throws `tool-missing`. The caller closes the converter.
 */
export async function planColor(
  icc: Buffer | undefined,
  wanted: SlideOptions['color'],
  threads: number
): Promise<ColorPlan> {
  if (!icc || icc.length === 0) return { decision: 'none' }
  if (!isProfile(icc)) return { decision: damagedProfile }
  if (wanted === 'keep') return keep(icc, 'kept')
  try {
    const converter = await srgbConverter(icc, threads)
    return { decision: 'converted to sRGB', converter }
  } catch (error) {
    if (error instanceof ProfileUnusable) return { decision: `kept: ${error.reason}` }
    throw error
  }
}

/** ICC.1:2022, 7.2.11: every profile says so. */
const isProfile = (icc: Buffer) => icc.toString('latin1', 36, 40) === 'acsp'
const damagedProfile = 'kept: the embedded profile is damaged'

const keep = (icc: Buffer, decision: string): ColorPlan => ({
  decision,
  icc,
  ...(icc.length <= iccInTileMaxBytes && { iccInTiles: icc })
})
