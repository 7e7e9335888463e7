import { writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { undoAll } from './at-end.ts'
import { type Bench, folderIn, fullSizes, memoryDir, quickSizes, type Sizes } from './bench.ts'
import { edits } from './measures/edits.ts'
import { firstProgress } from './measures/first-progress.ts'
import { beginIdle } from './measures/idle.ts'
import { page } from './measures/page.ts'
import { slide } from './measures/slide.ts'
import { start } from './measures/start.ts'
import { stores } from './measures/stores.ts'
import { transfer } from './measures/transfer.ts'
import { figuresFile } from './report/figures-file.ts'
import { machineFacts } from './report/machine.ts'
import { type Group, table } from './report/table.ts'

/*
 * `npm run bench [-- --quick] [--only NAME]...`: measures the built program, prints one table and writes docs/figures.md.
 * `--quick` takes small sizes, `--only` some of the measures; neither writes the file, which is of whole runs.
 */
const measures = [start, firstProgress, slide, transfer, stores, edits, page]
const idleName = 'idle'
const longestMs = 8 * 60_000
const figures = fileURLToPath(new URL('../docs/figures.md', import.meta.url))

const names = [...measures.map(({ name }) => name), idleName]
const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } }
})
const wanted = (name: string) => values.only?.includes(name) ?? true
const whole = !values.quick && values.only === undefined

function benchFor(sizes: Sizes): Bench {
  const undo = new AsyncDisposableStack()
  return { sizes, undo, folder: () => folderIn(memoryDir, undo), say: (line) => void process.stderr.write(`${line}\n`) }
}

async function measureAll(sizes: Sizes): Promise<Group[]> {
  const rest = benchFor(sizes)
  const readIdle = wanted(idleName) ? await beginIdle(rest) : undefined
  const groups: Group[] = []
  for (const { title, run } of measures.filter(({ name }) => wanted(name))) {
    const bench = benchFor(sizes)
    bench.say(`${title} …`)
    groups.push({ title, rows: await run(bench).finally(() => bench.undo.disposeAsync()) })
  }
  if (readIdle) groups.push({ title: 'At rest', rows: await readIdle() })
  await rest.undo.disposeAsync()
  return groups
}

async function main(): Promise<number> {
  const unknown = values.only?.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new Error(`There is no measure "${unknown}"; there are ${names.join(', ')}.`)
  const machine = machineFacts()
  const groups = await measureAll(values.quick ? quickSizes : fullSizes)
  process.stdout.write(`${[...machine, '', table(groups)].join('\n')}\n`)
  if (whole) writeFileSync(figures, figuresFile(machine, groups))
  return 0
}

/** Says why the bench ends early; answers its exit code. */
function early(reason: string, code: number): number {
  process.stderr.write(`${reason}\n`)
  return code
}

const stopped = Promise.withResolvers<number>()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => stopped.resolve(early(`Stopped by ${signal}.`, 128 + constants.signals[signal])))
const tooLong = `Not done within ${longestMs / 60_000} minutes: this machine is too busy.`
setTimeout(() => stopped.resolve(early(tooLong, 1)), longestMs).unref()

const code = await Promise.race([main(), stopped.promise]).catch((error: Error) =>
  early(error.stack ?? error.message, 1)
)
await undoAll()
process.exit(code)
