// `npm test`: installs what is missing and runs everything. Node 20.19, nothing installed.
import process from 'node:process'
import { runChecks } from './checks.mjs'
import { provideElectron } from './downloads.mjs'
import { say } from './project.mjs'
import { runPlaywright, runVitest } from './runners.mjs'
import { SetUpError, setUpClone } from './set-up.mjs'
import { provideFfmpeg, provideOpenSlide, provideTestTools } from './setup-tools.mjs'
import { hasFailed, summaryLines } from './summary.mjs'
import { testBedOf } from './test-bed.mjs'

/** @param {import('./setup-tools.mjs').SetUp} setUp */
async function provideAll(setUp) {
  const video = await provideFfmpeg(setUp)
  const openSlide = await provideOpenSlide(setUp)
  const electron = await provideElectron(setUp)
  const desktop = 'reason' in electron ? [`The real desktop is not tested: ${electron.reason}.`] : []
  return [...(video ? [video] : []), ...(openSlide ? [openSlide] : []), ...desktop, ...(await provideTestTools(setUp))]
}

try {
  const { setUp, more: missing } = await setUpClone(provideAll)
  for (const line of missing) say(line)
  const bed = testBedOf(setUp)
  const results = await runChecks(bed)
  // Nodes wait for each other's leases most of the time.
  const [nodes, desktop] = await Promise.all([
    runVitest(bed, 'nodes', ['e2e/nodes']),
    runVitest({ ...bed, aside: true }, 'desktop', ['e2e/desktop'])
  ])
  results.push(nodes, desktop, await runPlaywright(bed))
  console.log(`\n${[...missing, ...summaryLines(results)].join('\n')}`)
  process.exitCode = hasFailed(results) ? 1 : 0
} catch (error) {
  if (!(error instanceof SetUpError)) throw error
  say(error.message)
  process.exitCode = 1
}
