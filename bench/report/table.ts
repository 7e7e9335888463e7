import type { Figure, Missing } from '../figure.ts'
import { amount, spread, times } from './amount.ts'

/** The rows of one measure. */
export interface Group {
  title: string
  rows: readonly (Figure | Missing)[]
}

/** All groups as one table of plain text, for the terminal. */
export function table(groups: readonly Group[]): string {
  const rows = groups.flatMap(({ title, rows: figures }) => [[title.toUpperCase()], ...figures.map(cells)])
  const widths = [0, 1, 2, 3].map((at) =>
    Math.max(...rows.filter((row) => row.length > 2).map((row) => row[at]?.length ?? 0))
  )
  return rows.map((row) => (row.length > 2 ? aligned(row, widths) : row.join('  '))).join('\n')
}

function cells(row: Figure | Missing): string[] {
  if ('missing' in row) return [`  ${row.what}`, `not measured: ${row.missing}`]
  const { what, samples, unit, against } = row
  const compared = against ? `${against.what}: ${amount(against.samples, unit)}` : ''
  return [`  ${what}`, amount(samples, unit), spread(row), times(row), compared]
}

function aligned([what = '', value = '', range = '', factor = '', compared = '']: string[], widths: number[]): string {
  const [first = 0, ...numbers] = widths
  const right = [value, range, factor].map((cell, i) => cell.padStart(numbers[i] ?? 0))
  return [what.padEnd(first), ...right, compared].join('  ').trimEnd()
}
