import { z } from 'zod'
import type { Report } from './jobs.ts'

/** A tile that the source held damaged or not at all; `level` counts from the full size (0) down. */
export const repairedTile = z.object({
  level: z.number().int(),
  column: z.number().int(),
  row: z.number().int(),
  how: z.string()
})
export type RepairedTile = z.infer<typeof repairedTile>

/** What people want to hear of a slide's report (the sidecar, docs/sidecar.md); what is absent or wrong is left out. */
export const slideReport = z.object({
  sourceFormat: z.string().optional().catch(undefined),
  reader: z.string().optional().catch(undefined),
  tiles: z
    .object({
      total: z.number(),
      copied: z.number(),
      encoded: z.number(),
      repaired: z.number().default(0),
      /** Taken over from a run that was killed. */
      resumed: z.number().default(0)
    })
    .optional()
    .catch(undefined),
  repaired: z.array(repairedTile).default([]).catch([]),
  /** Names of pictures (`label`, `macro`, `thumbnail`) and tags of words that are not in the result. */
  removed: z.array(z.string()).default([]).catch([]),
  /** Which picture of several in the source it is. */
  chosen: z.string().optional().catch(undefined),
  color: z.string().optional().catch(undefined),
  deidentified: z.boolean().optional().catch(undefined)
})
export type SlideReport = z.infer<typeof slideReport>

/**
 * A slide's report in one sentence without a full stop: `96 % of tiles copied, 4 % encoded; label and macro removed`.
 * Undefined for the report of anything else.
 */
export function slideSentence(report: Report | undefined): string | undefined {
  const read = slideReport.safeParse(report ?? {})
  if (!read.success) return undefined
  const { tiles, removed, chosen, color, deidentified } = read.data
  const clauses = [
    tiles && tilesClause(tiles),
    chosen,
    color === 'converted to sRGB' ? 'colours converted to sRGB' : undefined,
    deidentified === false ? 'not de-identified' : removedClause(removed)
  ]
  return clauses.filter((clause) => clause !== undefined).join('; ') || undefined
}

function tilesClause({ total, copied, encoded, repaired, resumed }: NonNullable<SlideReport['tiles']>): string {
  const made = copied + encoded
  const words = [
    ...(made > 0 && copied > 0 ? [`${share(copied, made)} of tiles copied`] : []),
    ...(made > 0 && encoded > 0 ? [copied > 0 ? `${share(encoded, made)} encoded` : 'all tiles encoded'] : []),
    ...(repaired > 0 ? [`${count(repaired, 'tile')} repaired`] : []),
    ...(resumed > 0 ? [`${number(resumed)} taken over from a run that was cut short`] : [])
  ]
  return words.length > 0 ? words.join(', ') : count(total, 'tile')
}

/** `all` and `none` are said only where they are true: one tile of a million is `less than 1 %` against `more than 99 %`. */
function share(part: number, whole: number): string {
  if (part === whole) return '100 %'
  const percent = (part * 100) / whole
  if (percent < 1) return 'less than 1 %'
  return percent > 99 ? 'more than 99 %' : `${Math.round(percent)} %`
}

const pictures = ['label', 'macro', 'thumbnail']

function removedClause(removed: string[]): string | undefined {
  const seen = pictures.filter((picture) => removed.some((one) => one.toLowerCase() === picture))
  const words = new Set(removed.filter((one) => !pictures.includes(one.toLowerCase()))).size
  const things = [...seen, ...(words > 0 ? [count(words, 'identifying entry', 'identifying entries')] : [])]
  if (things.length === 0) return undefined
  return `${things.length > 1 ? `${things.slice(0, -1).join(', ')} and ${things.at(-1)}` : things[0]} removed`
}

function count(amount: number, one: string, many = `${one}s`): string {
  return `${number(amount)} ${amount === 1 ? one : many}`
}

function number(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, ',')
}
