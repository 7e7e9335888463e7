// `npm run check`: what CI runs before the end-to-end tests.
import process from 'node:process'
import { runChecks } from './checks.mjs'
import { say } from './project.mjs'
import { SetUpError, setUpClone } from './set-up.mjs'
import { hasFailed, summaryLines } from './summary.mjs'
import { testBedOf } from './test-bed.mjs'

try {
  const { setUp } = await setUpClone(async () => undefined)
  const results = await runChecks(testBedOf(setUp))
  console.log(`\n${summaryLines(results).join('\n')}`)
  process.exitCode = hasFailed(results) ? 1 : 0
} catch (error) {
  if (!(error instanceof SetUpError)) throw error
  say(error.message)
  process.exitCode = 1
}
