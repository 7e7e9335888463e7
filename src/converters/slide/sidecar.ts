import { z } from 'zod'

/**
 * The `result.json` beside a converted slide (docs/sidecar.md): what a viewer needs and nothing that names a patient,
 * a file or a day. It is the job's report as well.
 */
export const sidecar = z.object({
  schema: z.literal('microtome-slide/1'),
  /** What the source was: `Aperio SVS`, `OME-TIFF`, `BigTIFF`, `TIFF`, `JPEG`, ... */
  sourceFormat: z.string(),
  /** What decoded it. */
  reader: z.string(),
  widthPx: z.number().int(),
  heightPx: z.number().int(),
  /** µm per pixel of the full size; `mppY` only where the pixels are not square. */
  mpp: z.number().optional(),
  mppY: z.number().optional(),
  /** Of the objective, such as 20. */
  magnification: z.number().optional(),
  /** Versions of the main image in the source, itself included. */
  sourceLevels: z.number().int(),
  /** Levels of the result's pyramid, down to one pixel. */
  levels: z.number().int(),
  tiles: z.number().int(),
  tileFormat: z.literal('jpeg'),
  tileSizePx: z.number().int(),
  overlapPx: z.number().int(),
  quality: z.number().int()
})
export type Sidecar = z.infer<typeof sidecar>
