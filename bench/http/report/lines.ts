import type { Missing } from '../../figure.ts'
import { amount, spread, times } from '../../report/amount.ts'
import type { HttpFigure, HttpSection } from '../measure.ts'
import { verdictOf } from './verdict.ts'

/** A section as lines for the terminal. */
export function linesOf({ title, rows }: HttpSection): string[] {
  return [title.toUpperCase(), ...rows.flatMap(rowLines)]
}

function rowLines(row: HttpFigure | Missing): string[] {
  if ('missing' in row) return [`  ${row.what}: not measured: ${row.missing}`]
  const verdict = verdictOf(row)
  const compared = row.against ? `; ${times(row)} of ${amount(row.against.samples, row.unit)}: ${row.against.what}` : ''
  return [
    `  ${row.what}`,
    `    ${amount(row.samples, row.unit)} (${spread(row)})${compared}`,
    ...(verdict ? [`    -> asked: ${verdict.asked}: ${verdict.isMet ? 'MET' : 'NOT MET'}`] : []),
    `    ${row.bound}`
  ]
}
