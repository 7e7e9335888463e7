import { readFile, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './support/browser-test.ts'
import { makeColourfulPhoto } from './support/inputs.ts'
import { filter, row } from './support/window.ts'

/** When the result of a photo was written. */
const madeAtMs = async (home: string, name: string) =>
  (await stat(join(home, 'out', name.replace('.jpg', '.webp')))).mtimeMs

const photos = ['liver 1.jpg', 'liver 2.jpg', 'liver 3.jpg', 'skin 4.jpg', 'skin 5.jpg', 'skin 6.jpg']

test('waiting jobs are filtered, searched, held, released, cancelled and moved up; then the most urgent runs first', async ({
  home,
  startNode,
  openPage
}) => {
  const node = await startNode({ args: ['--slots', '1'] })
  const page = await openPage(node)
  await page.getByRole('button', { name: 'Pause work on this computer' }).click()
  await expect(page.getByRole('button', { name: 'Resume work on this computer' })).toBeVisible()
  for (const name of photos) await makeColourfulPhoto(home, name)
  await node.cli('submit', ...photos.map((name) => join(home, name)), '--to', 'webp', '--out', join(home, 'out'))
  const grid = page.getByRole('grid', { name: 'Jobs' })
  const selected = page.getByRole('toolbar', { name: 'Selected jobs' })
  await expect(filter(page, 'Waiting')).toHaveText('Waiting6')
  await page.getByRole('button', { name: 'File', exact: true }).click()

  await page.getByLabel('Search by file').fill('SKIN')
  await expect(grid).toHaveAttribute('aria-rowcount', '4')
  await grid.focus()
  await page.keyboard.press('ControlOrMeta+a')
  await expect(selected).toContainText('3 jobs selected')
  await selected.getByRole('button', { name: 'Hold' }).click()
  await selected.getByRole('button', { name: 'Select nothing' }).click()
  await page.getByRole('button', { name: 'Clear the search' }).click()
  await filter(page, 'Held').click()
  await expect(grid).toHaveAttribute('aria-rowcount', '4')
  await expect(row(page, 'skin 5.jpg')).toContainText('Held')
  await page.getByLabel('Select all shown').check()
  await selected.getByRole('button', { name: 'Release' }).click()
  await expect(filter(page, 'Held')).toHaveText('Held0')

  await filter(page, 'All').click()
  await row(page, 'liver 1.jpg').getByRole('gridcell').nth(2).click()
  await row(page, 'liver 2.jpg')
    .getByRole('gridcell')
    .nth(2)
    .click({ modifiers: ['Shift'] })
  await selected.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('dialog', { name: 'Cancel 2 jobs?' }).getByRole('button', { name: 'Cancel 2 jobs' }).click()
  await selected.getByRole('button', { name: 'Select nothing' }).click()
  await expect(filter(page, 'Cancelled')).toHaveText('Cancelled2')

  await row(page, 'skin 6.jpg')
    .getByRole('button', { name: /^More actions/ })
    .click()
  await page.getByRole('menuitem', { name: 'Priority' }).hover()
  await page.getByRole('menuitem', { name: 'Stat', exact: true }).click()
  await expect(row(page, 'skin 6.jpg')).toContainText('Stat')

  await page.getByRole('button', { name: 'Resume work on this computer' }).click()
  await expect(filter(page, 'Done')).toHaveText('Done4')
  const first = await madeAtMs(home, 'skin 6.jpg')
  for (const name of ['liver 3.jpg', 'skin 4.jpg', 'skin 5.jpg'])
    expect(await madeAtMs(home, name)).toBeGreaterThan(first)
  expect((await node.jobs()).filter(({ state }) => state === 'cancelled')).toHaveLength(2)
})

test('of a submission only what failed is tried again, and its table has a line for each file', async ({
  home,
  startNode,
  openPage
}) => {
  const node = await startNode()
  const page = await openPage(node)
  const good = await makeColourfulPhoto(home, 'good.jpg')
  const bad = await makeColourfulPhoto(home, 'bad.jpg')
  await page.getByRole('button', { name: 'Pause work on this computer' }).click()
  await expect(page.getByRole('button', { name: 'Resume work on this computer' })).toBeVisible()
  await node.cli('submit', good, bad, '--to', 'webp', '--out', join(home, 'out'))
  await expect(filter(page, 'Waiting')).toHaveText('Waiting2')
  // A file that is bad when it is dropped is refused then; this one goes bad while it waits.
  await truncate(bad, Math.round((await stat(bad)).size / 2))
  await page.getByRole('button', { name: 'Resume work on this computer' }).click()

  const summary = page.getByRole('region', { name: 'Finished submission' })
  await expect(summary).toContainText('1 done, 1 failed')
  await summary.getByRole('button', { name: 'Show failed' }).click()
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '2')
  const reason = await row(page, 'bad.jpg').getByRole('gridcell').nth(4).innerText()
  const downloading = page.waitForEvent('download')
  await summary.getByRole('link', { name: 'CSV' }).click()
  const lines = (await readFile(await (await downloading).path(), 'utf8')).trim().split('\r\n')
  expect(lines).toHaveLength(3)
  expect(lines.find((line) => line.includes('good.jpg'))).toContain('completed')
  const failed = lines.find((line) => line.includes('bad.jpg'))
  expect(failed).toContain('failed')
  expect(failed).toContain(reason)

  const goodMadeAtMs = await madeAtMs(home, 'good.jpg')
  await makeColourfulPhoto(home, 'bad.jpg')
  await summary.getByRole('button', { name: 'Retry failed only' }).click()
  await expect(summary).toContainText('2 done')
  await expect(summary.getByRole('button', { name: 'Retry failed only' })).toHaveCount(0)
  expect(await madeAtMs(home, 'good.jpg'), 'what was done is not done again').toBe(goodMadeAtMs)
  expect(await madeAtMs(home, 'bad.jpg')).toBeGreaterThan(goodMadeAtMs)
})
