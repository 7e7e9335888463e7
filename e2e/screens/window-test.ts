import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'
import { axeViolations } from '../support/axe-violations.ts'
import { type Media, makeMedia } from './fixture/media.ts'
import type { Scenario } from './fixture/scenario.ts'
import { type FixtureNode, startFixtureNode } from './fixture-node.ts'

interface Fixtures {
  /** Starts a lab and opens its page; ended with the test. */
  open(scenario?: Partial<Scenario>): Promise<FixtureNode>
  /** An empty folder, removed with the test. */
  folder: string
}

export const test = base.extend<Fixtures, { media: Media }>({
  media: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
    async ({}, use) => {
      const media = await makeMedia()
      await use(media)
      await media.close()
    },
    { scope: 'worker' }
  ],
  open: async ({ page, media }, use) => {
    const nodes: FixtureNode[] = []
    const pageDir = process.env.PAGE_DIR === undefined ? {} : { pageDir: process.env.PAGE_DIR }
    await use(async (scenario = {}) => {
      const node = await startFixtureNode({ scenario: { nowMs: Date.now(), ...scenario }, media, ...pageDir })
      nodes.push(node)
      await page.goto(node.url)
      await page.getByRole('region', { name: 'Queue' }).waitFor()
      return node
    })
    for (const node of nodes) await node.close()
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'microtome-drop-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true })
  }
})

export { expect }

/** Fails with every accessibility violation that axe finds, by name and place. */
export async function expectAccessible(page: Page, colorsOnly = false): Promise<void> {
  const violations = await axeViolations(page, colorsOnly)
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
  ).toEqual([])
}
