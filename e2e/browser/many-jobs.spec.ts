import type { Locator } from '@playwright/test'
import { temporaryFolder } from '../support/node-process-core.ts'
import { expect, test } from './support/browser-test.ts'
import { seedJobs } from './support/seed-jobs.ts'
import { filter, row } from './support/window.ts'

/** Far fewer rows than jobs: what is in sight and some around it. */
const mostRows = 60

/** Rows that are to be seen and have a name; a table that scrolls into nothing has none. */
const filledRowsInSight = (grid: Locator) =>
  grid.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect()
    const rows = [...element.querySelectorAll('[role=rowgroup] [role=row]')]
    return rows.filter((row) => {
      const box = row.getBoundingClientRect()
      return box.top >= top && box.bottom <= bottom && /slide-\d{5}\.svs/.test(row.textContent ?? '')
    }).length
  })

test('10,000 jobs are scrolled to their end and found again, with only the rows in sight on the page', async ({
  atEnd,
  startNode,
  openPage
}) => {
  const dataDir = await temporaryFolder(atEnd)
  await seedJobs(dataDir, 10_000)
  const page = await openPage(await startNode({ dataDir }))
  const grid = page.getByRole('grid', { name: 'Jobs' })
  await expect(grid).toHaveAttribute('aria-rowcount', '10001')
  await page.getByRole('button', { name: 'File', exact: true }).click()
  await expect(row(page, 'slide-00001.svs')).toBeInViewport()

  await grid.hover()
  await page.mouse.wheel(0, 200_000)
  await expect(row(page, 'slide-00001.svs')).toHaveCount(0)
  await expect.poll(() => filledRowsInSight(grid)).toBeGreaterThan(5)
  expect(await grid.getByRole('row').count()).toBeLessThan(mostRows)

  await grid.focus()
  await page.keyboard.press('End')
  await expect(row(page, 'slide-10000.svs')).toBeInViewport()
  await expect(row(page, 'slide-10000.svs')).toContainText('slide-10000.svs ends too early.')
  expect(await grid.getByRole('row').count()).toBeLessThan(mostRows)

  await expect(filter(page, 'Failed')).toHaveText('Failed1,000')
  await page.getByLabel('Search by file').fill('slide-07777')
  await expect(grid).toHaveAttribute('aria-rowcount', '2')
  await expect(row(page, 'slide-07777.svs')).toContainText('Held')
})

test('every one of 10,000 jobs is selected and edited at once', async ({ atEnd, startNode, openPage }) => {
  const dataDir = await temporaryFolder(atEnd)
  await seedJobs(dataDir, 10_000)
  const page = await openPage(await startNode({ dataDir }))
  await expect(filter(page, 'Held')).toHaveText('Held1,286')
  await filter(page, 'Held').click()
  await page.getByRole('grid', { name: 'Jobs' }).focus()
  await page.keyboard.press('ControlOrMeta+a')
  const selected = page.getByRole('toolbar', { name: 'Selected jobs' })
  await expect(selected).toContainText('1,286 jobs selected')
  await selected.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel 1,286 jobs' }).click()
  await expect(filter(page, 'Cancelled')).toHaveText('Cancelled1,286')
})
