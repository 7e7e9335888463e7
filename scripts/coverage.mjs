// `npm run coverage`: what the unit tests of engine, converters and services run. Node 20.19, nothing installed.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { coverageTable } from './coverage-table.mjs'
import { passThrough } from './pass-through.mjs'
import { say } from './project.mjs'
import { SetUpError, setUpClone } from './set-up.mjs'

const areas = ['src/services', 'src/engine', 'src/converters']
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--coverage', ...areas]

try {
  const { setUp } = await setUpClone(async () => undefined)
  const file = join(setUp.root, 'coverage', 'coverage-summary.json')
  rmSync(file, { force: true })
  process.exitCode = await passThrough(setUp.node, [...vitest, ...process.argv.slice(2)], { cwd: setUp.root })
  // A run that was interrupted has counted nothing.
  if (existsSync(file)) console.log(coverageTable(JSON.parse(readFileSync(file, 'utf8')), setUp.root, areas).join('\n'))
} catch (error) {
  if (!(error instanceof SetUpError)) throw error
  say(error.message)
  process.exitCode = 1
}
