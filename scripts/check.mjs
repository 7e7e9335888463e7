// `npm run check`: what CI runs before the end-to-end tests.
import process from 'node:process'
import { benchOf } from './bench-of.mjs'
import { runChecks } from './checks.mjs'
import { say } from './project.mjs'
import { SetUpError, setUpClone } from './set-up.mjs'
import { hasFailed, summaryLines } from './summary.mjs'

try {
  const { setUp } = await setUpClone(async () => undefined)
  const results = await runChecks(benchOf(setUp))
  console.log(`\n${summaryLines(results).join('\n')}`)
  process.exitCode = hasFailed(results) ? 1 : 0
} catch (error) {
  if (!(error instanceof SetUpError)) throw error
  say(error.message)
  process.exitCode = 1
}
