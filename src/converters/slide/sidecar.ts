import { z } from 'zod'
import { readerNames } from './content.ts'
import { repairedTile } from './pyramid/repaired-tile.ts'

/**
 * The `result.json` beside a converted slide (docs/sidecar.md): what a viewer needs, how the tiles were made, and
 * nothing that names a patient, a file or a day unless de-identification was turned off.
 */
export const sidecar = z.object({
  schema: z.literal('microtome-slide/2'),
  /** What the source was: `Aperio SVS`, `OME-TIFF`, `DICOM WSI`, `BigTIFF`, `TIFF`, `JPEG`, ... */
  sourceFormat: z.string(),
  /** What read it. */
  reader: z.enum(readerNames),
  widthPx: z.number().int(),
  heightPx: z.number().int(),
  /** µm per pixel of the full size; `mppY` only where the pixels are not square. */
  mpp: z.number().optional(),
  mppY: z.number().optional(),
  /** Of the objective, such as 20. */
  magnification: z.number().optional(),
  /** Which picture of several in the source it is: `first of 5 focal planes`. */
  chosen: z.string().optional(),
  /** Versions of the main image in the source, itself included. */
  sourceLevels: z.number().int(),
  /** Levels of the result's pyramid. */
  levels: z.number().int(),
  /** Of the result: `copied` byte for byte, `encoded` anew, `resumed` from a run that was killed. `repaired`: of the source. */
  tiles: z.object({
    total: z.number().int(),
    copied: z.number().int(),
    encoded: z.number().int(),
    resumed: z.number().int(),
    repaired: z.number().int()
  }),
  tileFormat: z.literal('jpeg'),
  tileSizePx: z.number().int(),
  overlapPx: z.number().int(),
  /** Of the tiles that were encoded. */
  quality: z.number().int(),
  background: z.string(),
  /** `none` (no profile), `kept` (the profile is here as `icc`), `converted to sRGB`, or why it was kept. */
  color: z.string(),
  /** The source's ICC profile, base64. */
  icc: z.string().optional(),
  deidentified: z.boolean(),
  /** What the source held and the result does not: `label`, `macro`, `thumbnail`, tags of words; never what they say. */
  removed: z.array(z.string()),
  /** Only where de-identification was turned off. */
  identifying: z.array(z.object({ tag: z.string(), value: z.string() })).optional(),
  /** Tiles of the source that could not be used, and what stands in their place; `level` 0 is the full size. */
  repaired: z.array(repairedTile)
})
export type Sidecar = z.infer<typeof sidecar>

/** A job's report lists no more repaired tiles than this; the sidecar lists all. */
const listedRepairs = 200

/** The sidecar as the job's report: without the profile's bytes, the source's words and the tail of a long list. */
export function reportOf({ icc: _icc, identifying: _words, repaired, ...rest }: Sidecar): Record<string, unknown> {
  return { ...rest, repaired: repaired.slice(0, listedRepairs) }
}
