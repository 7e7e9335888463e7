import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runToEnd } from '../at-end.ts'
import { type Bench, folderIn, memoryDir, quickSizes as plainSizes } from '../bench.ts'
import { machineFacts } from '../report/machine.ts'
import { startGenerator } from './generator/index.ts'
import type { Load } from './load.ts'
import { loads } from './loads.ts'
import { type HttpSection, measureLoad } from './measure.ts'
import { httpFile } from './report/http-file.ts'
import { linesOf } from './report/lines.ts'
import { fullSizes, quickSizes } from './sizes.ts'

/*
 * `npm run bench:http [-- --quick] [--only NAME]... [--write]`: measures the dispatch face of the built program over loopback, prints
 * rates, goals and what bounds each. `--write` puts them into docs/figures-http.md. A whole run takes some minutes.
 */
const file = fileURLToPath(new URL('../../docs/figures-http.md', import.meta.url))
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    rounds: { type: 'string' },
    write: { type: 'boolean', default: false }
  }
})
const say = (line: string) => void process.stderr.write(`${line}\n`)

async function measureOne(load: Load): Promise<HttpSection> {
  await using undo = new AsyncDisposableStack()
  const bench: Bench = { sizes: plainSizes, undo, folder: () => folderIn(memoryDir, undo), say }
  const sizes = values.quick ? quickSizes : fullSizes
  const rounds = values.rounds === undefined ? sizes.rounds : Number(values.rounds)
  try {
    return await measureLoad(load, { bench, sizes: { ...sizes, rounds }, generate: startGenerator(bench) })
  } catch (error) {
    // One that fails is told of and does not take the others with it.
    process.exitCode = 1
    return { title: load.title, rows: [{ what: load.what(sizes), missing: String(error) }] }
  }
}

async function main(): Promise<void> {
  const names = loads.map(({ name }) => name)
  const unknown = values.only?.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new Error(`There is no measure "${unknown}"; there are ${names.join(', ')}.`)
  const machine = machineFacts()
  process.stdout.write(`${machine.join('\n')}\n\n`)
  const sections: HttpSection[] = []
  for (const load of loads.filter(({ name }) => values.only?.includes(name) ?? true)) {
    say(`${load.title} …`)
    const section = await measureOne(load)
    process.stdout.write(`${linesOf(section).join('\n')}\n\n`)
    sections.push(section)
  }
  if (values.write) writeFileSync(file, httpFile(machine, sections))
}

await runToEnd(main, say)
