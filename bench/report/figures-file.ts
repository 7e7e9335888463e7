import type { Figure, Missing } from '../figure.ts'
import { amount, spread, times } from './amount.ts'
import type { Group } from './table.ts'

const head = `# Figures

Written by \`npm run bench\`; run it to get those of your machine. Each figure is a median; the range beside it is from the lowest to
the highest sample. What it is compared with was measured in the same run, in turn, because the same machine may be three times as slow a
minute later: read the ratios, not the absolute figures. Times are better when low, rates when high. MB are 10^6 bytes.
`

/** The text of docs/figures.md. */
export function figuresFile(machine: readonly string[], groups: readonly Group[]): string {
  const facts = machine.map((line) => `- ${line}`).join('\n')
  const sections = groups.map(({ title, rows }) => `## ${title}\n\n${section(rows)}`)
  return `${head}\n## The machine\n\n${facts}\n\n${sections.join('\n\n')}\n`
}

function section(rows: readonly (Figure | Missing)[]): string {
  const figures = rows.filter((row) => 'samples' in row)
  const missing = rows
    .filter((row) => 'missing' in row)
    .map(({ what, missing }) => `Not measured: ${what} (${missing}).`)
  const lines = figures.map((row) => `| ${tableCells(row).join(' | ')} |`)
  const bounds = figures.map(({ what, bound }) => `- **${what}**: ${bound}`)
  const header = ['| What | Figure | Range | Ratio | Compared with |', '| --- | ---: | ---: | ---: | --- |']
  return [...(figures.length > 0 ? [[...header, ...lines].join('\n'), bounds.join('\n')] : []), ...missing].join('\n\n')
}

function tableCells(row: Figure): string[] {
  const { what, samples, unit, against } = row
  const compared = against ? `${against.what}, ${amount(against.samples, unit)}` : ''
  return [what, amount(samples, unit), spread(row), times(row), compared]
}
