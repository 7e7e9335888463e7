import { randomUUID } from 'node:crypto'
import { type BrowserContext, test as base, expect, type Page } from '@playwright/test'
import { type AtEnd, NodeProcess, temporaryFolder, until } from '../../support/node-process-core.ts'
import { processesOf } from '../../support/processes.ts'

interface Fixtures {
  /** Has something undone when the test is over; the last noted is undone first. */
  atEnd: AtEnd
  /** An empty folder, removed with the test; the nodes take it for the user's home. */
  home: string
  /** Starts a real headless node on 127.0.0.1; killed with the test. */
  startNode(options?: NodeSettings): Promise<NodeProcess>
  /** Opens a node's page in a tab of its own and waits until it is in touch; closed before its node ends. */
  openPage(node: NodeProcess): Promise<Page>
}

interface NodeSettings {
  name?: string
  dataDir?: string
  args?: string[]
}

export { expect }

/** A test with real nodes and the built page. It fails, too, where a page throws or a node leaves a process behind. */
export const test = base.extend<Fixtures>({
  viewport: { width: 1280, height: 800 },
  contextOptions: { reducedMotion: 'reduce' },
  locale: 'en-GB',

  context: async ({ context }, use) => {
    const errors = watchErrors(context)
    await use(context)
    expect(errors, 'errors that the page threw or logged').toEqual([])
  },

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
  atEnd: async ({}, use) => {
    const undos: (() => Promise<void>)[] = []
    await use((undo) => undos.push(undo))
    for (const undo of undos.reverse()) await undo()
  },

  home: async ({ atEnd }, use) => use(await temporaryFolder(atEnd)),

  startNode: async ({ atEnd, home }, use) => {
    const mark = randomUUID()
    const env = { HOME: home, USERPROFILE: home, LEAK_MARK: mark }
    atEnd(() => expectNothingLeft(`LEAK_MARK=${mark}`))
    await use((options = {}) => NodeProcess.start({ ...options, env }, atEnd))
  },

  openPage: async ({ atEnd, context }, use) => {
    await use(async (node) => {
      const page = await context.newPage()
      atEnd(() => page.close())
      await page.goto(node.ready.uiUrl)
      await expect(page.getByRole('button', { name: /work on this computer$/ })).toBeEnabled()
      return page
    })
  }
})

/** What a page logs of a request that fails is the network's affair: no thumbnail, a node that is away. */
const ofTheNetwork = /Failed to load resource|WebSocket connection to/

function watchErrors(context: BrowserContext): string[] {
  const errors: string[] = []
  context.on('weberror', (error) => errors.push(String(error.error())))
  context.on('console', (message) => {
    if (message.type() === 'error' && !ofTheNetwork.test(message.text())) errors.push(message.text())
  })
  return errors
}

/** Converters end by themselves when their node is killed; that takes them a moment. */
async function expectNothingLeft(mark: string): Promise<void> {
  const noRoot = -1
  await until(
    () => Promise.resolve(processesOf(noRoot, mark)),
    (left) => left.length === 0,
    10_000
  )
}
