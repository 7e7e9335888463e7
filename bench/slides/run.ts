import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { onPath } from '../../scripts/find-program.mjs'
import { runToEnd } from '../at-end.ts'
import { type Bench, folderIn, memoryDir, quickSizes as plainSizes } from '../bench.ts'
import { machineFacts } from '../report/machine.ts'
import { Slides } from './inputs/slides.ts'
import { measures, type SlideMeasure } from './measures.ts'
import { linesOf } from './report/lines.ts'
import { slidesFile } from './report/slides-file.ts'
import type { Section, Skipped } from './section.ts'
import { fullSizes, quickSizes, type SlideSizes } from './sizes.ts'

/*
 * `npm run bench:slides [-- --quick] [--only NAME]... [--write]`: measures the slide converter against others, all in memory, prints
 * ratios, commands and what bounds it. `--write` puts them into docs/figures-slides.md. A whole run takes about 20 minutes.
 */
const file = fileURLToPath(new URL('../../docs/figures-slides.md', import.meta.url))
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    rounds: { type: 'string' },
    write: { type: 'boolean', default: false }
  }
})
const say = (line: string) => void process.stderr.write(`${line}\n`)

function benchWith(undo: AsyncDisposableStack): Bench {
  return { sizes: plainSizes, undo, folder: () => folderIn(memoryDir, undo), say }
}

async function measureAll(sizes: SlideSizes, wanted: SlideMeasure[]): Promise<(Section | Skipped)[]> {
  await using inputs = new AsyncDisposableStack()
  const slides = new Slides(benchWith(inputs), sizes)
  const sections: (Section | Skipped)[] = []
  for (const measure of wanted) {
    say(`${measure.title} …`)
    const section = await measureOne(measure, sizes, slides)
    for (const line of linesOf(section)) process.stdout.write(`${line}\n`)
    process.stdout.write('\n')
    sections.push(section)
  }
  return sections
}

/** One that fails is told of and does not take the others with it. */
async function measureOne(measure: SlideMeasure, sizes: SlideSizes, slides: Slides): Promise<Section | Skipped> {
  await using undo = new AsyncDisposableStack()
  try {
    return await measure.run({ bench: benchWith(undo), sizes, slides })
  } catch (error) {
    process.exitCode = 1
    return { title: measure.title, missing: error instanceof Error ? error.message : String(error) }
  }
}

function wantedMeasures(): SlideMeasure[] {
  const names = measures.map(({ name }) => name)
  const unknown = values.only?.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new Error(`There is no measure "${unknown}"; there are ${names.join(', ')}.`)
  return measures.filter(({ name }) => values.only?.includes(name) ?? true)
}

async function main(): Promise<void> {
  const wanted = wantedMeasures()
  if (!onPath('vips')[0]) throw new Error('There is no vips on PATH, which makes the slides (Debian: libvips-tools).')
  const sizes = values.quick ? quickSizes : fullSizes
  const rounds = values.rounds === undefined ? sizes.rounds : Number(values.rounds)
  const machine = machineFacts()
  process.stdout.write(`${machine.join('\n')}\nRounds: ${rounds}\n\n`)
  const sections = await measureAll({ ...sizes, rounds }, wanted)
  if (values.write) writeFileSync(file, slidesFile([...machine, `Rounds: ${rounds}`], sections))
}

await runToEnd(main, say)
