import type { Locator, Page } from '@playwright/test'
import type { Job } from '../../src/shared/domain/jobs.ts'
import { parseProfile } from '../../src/shared/domain/profiles.ts'
import { repairedReportOf } from './fixture/details.ts'
import type { Scenario } from './fixture/scenario.ts'
import type { FixtureNode } from './fixture-node.ts'

/** One picture: which lab, and what was done on the page before it was taken. */
export interface Scene {
  name: string
  scenario: Partial<Scenario>
  /** Only small, light and dark; the large size adds nothing. */
  smallOnly?: boolean
  act?(page: Page, node: FixtureNode): Promise<void>
}

const gridRow = (page: Page, index: number): Locator => page.getByRole('row').nth(index + 1)

async function openScreen(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name }).click()
  await page.getByRole('heading', { name, level: 1 }).waitFor()
}

async function filter(page: Page, name: string): Promise<void> {
  await page.getByRole('group', { name: 'Show jobs by state' }).getByRole('button', { name }).click()
}

async function openDetails(page: Page): Promise<void> {
  await gridRow(page, 0).getByRole('gridcell').nth(1).getByRole('button').click()
  await page.getByRole('dialog').getByText('For support').waitFor()
}

async function openAddComputer(page: Page): Promise<void> {
  await openScreen(page, 'Computers')
  await page.getByRole('button', { name: 'Add another computer' }).first().click()
  await page.getByRole('dialog').waitFor()
}

async function openPicker(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add folder' }).click()
  await page.getByRole('menuitem', { name: 'From the computer' }).click()
  await page.getByRole('dialog').getByRole('navigation', { name: 'Places' }).getByText('scanner').click()
}

/** Adds a folder of the node through its own picker, which opens the sheet. */
async function openSheet(page: Page, day = '2026-11-23'): Promise<void> {
  await openPicker(page)
  const picker = page.getByRole('dialog')
  await picker.getByText(day).click()
  await picker.getByRole('button', { name: /^Add/ }).click()
  await page.getByRole('button', { name: /^Start \d+ files$/ }).waitFor()
}

const slideOptionsOf = (page: Page) => page.getByRole('dialog').getByRole('button', { name: 'Options' }).first()

async function withoutDeidentification(page: Page): Promise<void> {
  await openSheet(page, '2026-11-22')
  await slideOptionsOf(page).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByRole('switch', { name: 'De-identify' }).click()
  await sheet.getByText('De-identification is off').scrollIntoViewIfNeeded()
}

async function renamed(page: Page): Promise<void> {
  await openSheet(page)
  const sheet = page.getByRole('dialog')
  await sheet.getByRole('button', { name: 'Other names for the results' }).click()
  await sheet.getByLabel('Names of the results').fill('2026-11-23_{index}_{hash}')
  await sheet.getByText('The first:').scrollIntoViewIfNeeded()
}

async function openServices(page: Page): Promise<void> {
  await openScreen(page, 'Settings')
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: 'Services' }).click()
  await page.getByRole('list', { name: 'Services of this computer' }).waitFor()
}

async function openUrls(page: Page): Promise<void> {
  await openServices(page)
  await page.getByLabel('Keep results of jobs by URL').scrollIntoViewIfNeeded()
}

async function createKey(page: Page): Promise<void> {
  await openServices(page)
  await page.getByRole('button', { name: 'Create a key' }).click()
  await page.getByLabel('What it is for').fill('Export of the slide scanner')
}

/** A slide that is done, as `change` makes it, with its details open. */
async function openSlideDetails(page: Page, node: FixtureNode, change: (job: Job) => Job): Promise<void> {
  const job = node.lab.inState('completed').find(({ profile, skipped }) => profile.name === 'dzi' && !skipped)
  if (!job) throw new Error('The lab of this scene has no slide that is done.')
  node.lab.change([change(job)])
  await filter(page, 'Done')
  await page.getByLabel('Search by file').fill(job.name)
  await openDetails(page)
}

async function endEverything(_page: Page, node: FixtureNode): Promise<void> {
  const open = node.lab.inState('queued', 'running', 'verifying', 'held')
  const last = open.filter((job) => job.submissionId === 'sub-1')
  node.lab.change(last.map((job) => ({ ...job, state: 'completed', progress: 1, endedAtMs: node.lab.nowMs })))
}

async function view(page: Page, kind: RegExp): Promise<void> {
  await filter(page, 'Done')
  const row = page.getByRole('row').filter({ hasText: kind }).filter({ hasText: 'took' }).first()
  await row.getByRole('button', { name: /^View/ }).click()
}

/** The first job is a slide that becomes a Deep Zoom folder on this computer. */
async function viewGrowing(page: Page): Promise<void> {
  await filter(page, 'Running')
  await page.getByLabel('Search by file').fill('S26-04000')
  await openDetails(page)
  await page.getByRole('dialog').getByRole('button', { name: 'View what is there' }).click()
  await page.getByText('Still converting').waitFor()
}

async function viewBigTiff(page: Page, node: FixtureNode): Promise<void> {
  const job = node.lab.inState('completed').find(({ kind }) => kind === 'slide')
  if (!job) throw new Error('The lab of this scene has no slide that is done.')
  const output = job.output?.replace(/\.[a-z]+$/, '.tif') ?? ''
  node.lab.change([{ ...job, profile: parseProfile('bigtiff'), output }])
  await filter(page, 'Done')
  await page.getByLabel('Search by file').fill(job.name)
  await gridRow(page, 0).getByRole('button', { name: /^View/ }).click()
}

/** Every screen in the states that people meet. */
export const scenes: readonly Scene[] = [
  { name: 'queue-0-first-start', scenario: { jobs: 0, nodes: 1, nearby: 0 } },
  { name: 'queue-0-video-off', scenario: { jobs: 0, nodes: 5, video: false }, smallOnly: true },
  { name: 'queue-1', scenario: { jobs: 1, nodes: 1 } },
  { name: 'queue-300', scenario: { jobs: 300 } },
  { name: 'queue-10000', scenario: { jobs: 10_000 } },
  {
    name: 'queue-10000-far-down',
    scenario: { jobs: 10_000 },
    smallOnly: true,
    act: async (page) => {
      await page.getByRole('grid').focus()
      await page.keyboard.press('End')
    }
  },
  { name: 'queue-300-failed', scenario: { jobs: 300 }, act: (page) => filter(page, 'Failed') },
  {
    name: 'queue-300-selected',
    scenario: { jobs: 300 },
    smallOnly: true,
    act: async (page) => {
      await gridRow(page, 1).getByRole('gridcell').nth(2).click()
      await gridRow(page, 8)
        .getByRole('gridcell')
        .nth(2)
        .click({ modifiers: ['Shift'] })
    }
  },
  {
    name: 'queue-menu',
    scenario: { jobs: 300 },
    smallOnly: true,
    act: async (page) => {
      await filter(page, 'Waiting')
      await gridRow(page, 2)
        .getByRole('button', { name: /^More actions/ })
        .click()
    }
  },
  {
    name: 'queue-nothing-found',
    scenario: { jobs: 300 },
    smallOnly: true,
    act: (page) => page.getByLabel('Search by file').fill('no such slide')
  },
  { name: 'details-running', scenario: { jobs: 300 }, act: openDetails },
  {
    name: 'details-failed',
    scenario: { jobs: 300 },
    act: async (page) => {
      await filter(page, 'Failed')
      await page.getByLabel('Search by file').fill('1.2 GB')
      await openDetails(page)
    }
  },
  {
    name: 'details-done',
    scenario: { jobs: 300 },
    smallOnly: true,
    act: async (page) => {
      await filter(page, 'Done')
      await page.getByLabel('Search by file').fill('.svs')
      await openDetails(page)
    }
  },
  {
    name: 'details-repaired',
    scenario: { jobs: 300 },
    smallOnly: true,
    act: async (page, node) => {
      await openSlideDetails(page, node, (job) => {
        node.lab.reports.set(job.id, repairedReportOf(job))
        return job
      })
      await page
        .getByRole('dialog')
        .getByText(/^Repaired: 5 tiles/)
        .click()
    }
  },
  {
    name: 'details-not-deidentified',
    scenario: { jobs: 300 },
    smallOnly: true,
    act: (page, node) =>
      openSlideDetails(page, node, (job) => ({ ...job, profile: parseProfile('dzi', { deidentify: false }) }))
  },
  { name: 'sheet', scenario: { jobs: 0, nodes: 3 }, act: (page) => openSheet(page) },
  {
    name: 'sheet-options',
    scenario: { jobs: 0, nodes: 3, video: false },
    smallOnly: true,
    act: async (page) => {
      await openSheet(page)
      await slideOptionsOf(page).click()
    }
  },
  {
    name: 'sheet-missing-part',
    scenario: { jobs: 0, nodes: 3 },
    act: (page) => openSheet(page, '2026-11-22')
  },
  { name: 'sheet-not-deidentified', scenario: { jobs: 0, nodes: 3 }, smallOnly: true, act: withoutDeidentification },
  { name: 'sheet-names', scenario: { jobs: 0, nodes: 3 }, smallOnly: true, act: renamed },
  { name: 'summary', scenario: { jobs: 300 }, act: endEverything },
  {
    name: 'submissions',
    scenario: { jobs: 300 },
    act: (page) => page.getByRole('button', { name: 'Submissions' }).click()
  },
  {
    name: 'connection-lost',
    scenario: { jobs: 300 },
    smallOnly: true,
    act: async (page, node) => {
      await node.vanish()
      await page.getByText('Connection to Microtome interrupted').waitFor()
    }
  },
  { name: 'configuration-wrong', scenario: { jobs: 300, configError: true }, smallOnly: true },
  { name: 'storage-set-aside', scenario: { jobs: 300, storageError: true }, smallOnly: true },
  { name: 'computers-1', scenario: { jobs: 0, nodes: 1 }, act: (page) => openScreen(page, 'Computers') },
  { name: 'computers-5', scenario: { jobs: 300, nodes: 5 }, act: (page) => openScreen(page, 'Computers') },
  { name: 'computers-12', scenario: { jobs: 300, nodes: 12 }, act: (page) => openScreen(page, 'Computers') },
  { name: 'add-computer', scenario: { jobs: 0, nodes: 1 }, smallOnly: true, act: openAddComputer },
  {
    name: 'add-computer-show',
    scenario: { jobs: 0, nodes: 1 },
    smallOnly: true,
    act: async (page) => {
      await openAddComputer(page)
      await page.getByRole('button', { name: 'Show a code on this computer' }).click()
      await page.getByRole('timer').waitFor()
    }
  },
  {
    name: 'add-computer-type',
    scenario: { jobs: 0, nodes: 1 },
    smallOnly: true,
    act: async (page) => {
      await openAddComputer(page)
      await page.getByRole('button', { name: 'Type the code of another computer' }).click()
      await page.getByRole('radio').first().waitFor()
    }
  },
  { name: 'folder-picker', scenario: { jobs: 0, nodes: 1 }, smallOnly: true, act: openPicker },
  { name: 'settings', scenario: { jobs: 300 }, act: (page) => openScreen(page, 'Settings') },
  { name: 'services', scenario: { jobs: 300 }, act: openServices },
  { name: 'services-no-key', scenario: { jobs: 0, nodes: 1 }, smallOnly: true, act: openServices },
  { name: 'services-urls', scenario: { jobs: 0, nodes: 1 }, smallOnly: true, act: openUrls },
  { name: 'services-create-key', scenario: { jobs: 0, nodes: 1 }, smallOnly: true, act: createKey },
  {
    name: 'services-new-key',
    scenario: { jobs: 0, nodes: 1 },
    smallOnly: true,
    act: async (page) => {
      await createKey(page)
      await page.getByRole('button', { name: 'Create key' }).click()
      await page.getByLabel('The new key').waitFor()
      await page.getByRole('button', { name: 'Copy the key' }).click()
    }
  },
  {
    name: 'services-revoke-key',
    scenario: { jobs: 300 },
    smallOnly: true,
    act: async (page) => {
      await openServices(page)
      await page.getByRole('button', { name: 'Revoke Export of the slide scanner' }).click()
      await page.getByRole('dialog').waitFor()
    }
  },
  { name: 'viewer-slide', scenario: { jobs: 300 }, act: (page) => view(page, /Deep Zoom/) },
  {
    name: 'viewer-turned',
    scenario: { jobs: 300 },
    smallOnly: true,
    act: async (page) => {
      await view(page, /Deep Zoom/)
      await page.getByRole('dialog').getByRole('button', { name: 'Turn right (R)' }).click()
      await page.getByRole('dialog').getByText('90°').waitFor()
    }
  },
  { name: 'viewer-converting', scenario: { jobs: 300 }, act: viewGrowing },
  { name: 'viewer-bigtiff', scenario: { jobs: 300 }, smallOnly: true, act: viewBigTiff },
  { name: 'viewer-image', scenario: { jobs: 300 }, smallOnly: true, act: (page) => view(page, /WebP/) },
  { name: 'viewer-video', scenario: { jobs: 300 }, smallOnly: true, act: (page) => view(page, /H\.264/) }
]
