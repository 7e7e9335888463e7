import { z } from 'zod'

/** A tile of the source that could not be used, and what stands in its place. */
export const repairedTile = z.object({
  /** Of the source: 0 is the full size. */
  level: z.number().int(),
  column: z.number().int(),
  row: z.number().int(),
  how: z.enum(['from a smaller level', 'background']),
  /** `not stored`, or what is wrong with its bytes. */
  reason: z.string()
})
export type RepairedTile = z.infer<typeof repairedTile>
