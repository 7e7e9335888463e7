import type { Missing } from '../../figure.ts'
import { amount, spread, times } from '../../report/amount.ts'
import type { HttpFigure, HttpSection } from '../measure.ts'
import { verdictOf } from './verdict.ts'

const head = `# Figures of the dispatch face

Written by \`npm run bench:http -- --write\`. A node of the built program answers on 127.0.0.1; a small program on the same machine asks, over
connections that are kept, one request at a time on each, and checks every answer: that it is a success, and that no job was answered
to two submits or two assigns. Each figure is a median with the lowest and highest; all in a section ran in turn in the same rounds,
because the same machine may be three times as slow a minute later: read the ratios. Node and generator share the machine's cores, and
so does whatever else runs there. A profile tells where the node's thread was, in a run of its own.
`

/** The text of docs/figures-http.md. */
export function httpFile(machine: readonly string[], sections: readonly HttpSection[]): string {
  const facts = machine.map((line) => `- ${line}`).join('\n')
  return `${head}\n## The machine\n\n${facts}\n\n${sections.map(text).join('\n\n')}\n`
}

const columns = [
  '| What | Figure | Range | Asked | | Ratio | Compared with |',
  '| --- | ---: | ---: | ---: | --- | ---: | --- |'
]

function text({ title, rows }: HttpSection): string {
  const figures = rows.filter((row) => 'samples' in row)
  const bounds = figures.map(({ what, bound }) => `- **${what}**: ${bound}`)
  const missing = rows.flatMap((row: HttpFigure | Missing) =>
    'missing' in row ? [`Not measured: ${row.what} (${row.missing}).`] : []
  )
  return [`## ${title}`, [...columns, ...figures.map(cells)].join('\n'), bounds.join('\n'), ...missing].join('\n\n')
}

function cells(row: HttpFigure): string {
  const verdict = verdictOf(row)
  const met = verdict === undefined ? '' : verdict.isMet ? 'met' : '**not met**'
  const compared = row.against ? `${row.against.what}, ${amount(row.against.samples, row.unit)}` : ''
  const all = [row.what, amount(row.samples, row.unit), spread(row), verdict?.asked ?? '', met, times(row), compared]
  return `| ${all.join(' | ')} |`
}
