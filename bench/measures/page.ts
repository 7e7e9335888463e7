import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from '@playwright/test'
import sharp from 'sharp'
import { chromiumOnPath } from '../../scripts/setup-tools.mjs'
import type { Bench, Measure } from '../bench.ts'
import { interleaved, timed } from '../interleaved.ts'
import { submit } from '../nodes/jobs.ts'
import { doorOf, type RunningNode, startNode } from '../nodes/running-node.ts'

// Chromium's sandbox refuses to run as root.
const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []

/** The page of a real node with a long queue, in Chromium, from its address to all rows counted and the first ones drawn. */
export const page: Measure = {
  name: 'page',
  title: 'A long queue',
  async run(bench) {
    const { rounds, pageJobs } = bench.sizes
    const many = pageJobs.toLocaleString('en')
    const { node, submitMs } = await nodeWithJobs(bench, pageJobs)
    const short = (await nodeWithJobs(bench, 1)).node
    const drop = {
      what: `taking in a drop of ${many} files, until it is answered`,
      unit: 'ms',
      samples: [submitMs],
      bound: 'A look at each file’s date and size, one transaction, and an answer that lists every job.'
    } as const
    const executablePath = chromiumOnPath()
    if (!executablePath) return [drop, { what: `page load with ${many} jobs`, missing: 'there is no Chromium on PATH' }]
    const browser = await chromium.launch({
      executablePath,
      args: ['--disable-gpu', '--disable-background-networking', ...sandbox]
    })
    bench.undo.defer(() => browser.close())
    await load(browser, short, 1)
    const samples = await interleaved(rounds, {
      long: () => load(browser, node, pageJobs),
      short: () => load(browser, short, 1)
    })
    return [
      drop,
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

async function nodeWithJobs(bench: Bench, count: number): Promise<{ node: RunningNode; submitMs: number }> {
  const folder = bench.folder()
  const paths = await photos(join(folder, 'photos'), count)
  const node = await startNode(bench, join(folder, 'data'), '--no-local-work')
  const door = await doorOf(bench, node)
  let ids: string[] = []
  const submitMs = await timed(async () => {
    ids = (await submit(door, paths, 'webp', join(folder, 'out'))).map(({ id }) => id)
  })
  await door.client.jobs.hold({ ids })
  return { node, submitMs }
}

async function photos(dir: string, count: number): Promise<string[]> {
  mkdirSync(dir)
  const bytes = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#c04080' } })
    .jpeg()
    .toBuffer()
  const paths = Array.from({ length: count }, (_, i) => join(dir, `photo ${String(i).padStart(5, '0')}.jpg`))
  for (const path of paths) writeFileSync(path, bytes)
  return paths
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
