import { join } from 'node:path'
import { type Browser, chromium } from '@playwright/test'
import { chromiumOnPath } from '../../scripts/setup-tools.mjs'
import { atEnd } from '../at-end.ts'
import type { Bench, Measure } from '../bench.ts'
import { interleaved, timed } from '../interleaved.ts'
import { photos } from '../nodes/inputs.ts'
import { submit } from '../nodes/jobs.ts'
import { doorOf, type RunningNode, startNode } from '../nodes/running-node.ts'

// Chromium's sandbox refuses to run as root.
const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []

/** The page of a real node with a long queue, in Chromium, from its address to all rows counted and the first ones drawn. */
export const page: Measure = {
  name: 'page',
  title: 'The page',
  async run(bench) {
    const { rounds, pageJobs } = bench.sizes
    const many = pageJobs.toLocaleString('en')
    const long = await nodeWithJobs(bench, pageJobs)
    const short = await nodeWithJobs(bench, 1)
    const executablePath = chromiumOnPath()
    if (!executablePath) return [{ what: `page load with ${many} jobs`, missing: 'there is no Chromium on PATH' }]
    const browser = await chromium.launch({
      executablePath,
      args: ['--disable-gpu', '--disable-background-networking', ...sandbox]
    })
    atEnd(bench.undo, () => browser.close())
    await load(browser, short, 1)
    const samples = await interleaved(rounds, {
      long: () => load(browser, long, pageJobs),
      short: () => load(browser, short, 1)
    })
    return [
      {
        what: `page load with ${many} jobs, until all are counted and the first are drawn`,
        unit: 'ms',
        samples: samples.long,
        against: { what: 'the same page with one job', samples: samples.short },
        bound:
          'The engine reads, checks and sends every job in pages of 2,000; the page checks and sorts them. Only rows in sight are drawn.'
      }
    ]
  }
}

/** They stay where they are: the node does no work itself and knows nobody who would. */
async function nodeWithJobs(bench: Bench, count: number): Promise<RunningNode> {
  const folder = bench.folder()
  const paths = await photos(join(folder, 'photos'), count)
  const node = await startNode(bench, join(folder, 'data'), '--no-local-work')
  await submit(await doorOf(bench, node), paths, 'webp', join(folder, 'out'))
  return node
}

/** In a browser profile of its own, so that nothing is cached. */
async function load(browser: Browser, node: RunningNode, jobs: number): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const tab = await context.newPage()
  const ms = await timed(async () => {
    await tab.goto(node.uiUrl)
    await tab.waitForFunction((rows) => {
      const grid = document.querySelector('[role=grid]')
      return grid?.getAttribute('aria-rowcount') === String(rows + 1) && grid.querySelector('[role=row] button')
    }, jobs)
  })
  await context.close()
  return ms
}
