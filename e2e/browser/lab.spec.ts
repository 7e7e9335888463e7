import { join } from 'node:path'
import { makeSlide, slowly } from '../nodes/support/inputs.ts'
import { expect, test } from './support/browser-test.ts'
import { makeColourfulPhoto } from './support/inputs.ts'
import { card, filter, openScreen, row } from './support/window.ts'

test('two computers: paired by code in their windows, one works for the other, is paused, resumed and removed', async ({
  home,
  startNode,
  openPage
}) => {
  const master = await startNode({ name: 'Desk', args: ['--no-local-work'] })
  const worker = await startNode({ name: 'Scanner room', args: ['--slots', '1'] })
  const page = await openPage(master)
  const other = await openPage(worker)

  await test.step('one window shows six digits, the other has them typed in', async () => {
    await openScreen(other, 'Computers')
    await other.getByRole('button', { name: 'Add another computer' }).first().click()
    await other.getByRole('button', { name: /^Show a code/ }).click()
    const digits = (await other.getByLabel(/^Code( \d){6}$/).getAttribute('aria-label'))?.replaceAll(/\D/g, '') ?? ''
    await openScreen(page, 'Computers')
    await page.getByRole('button', { name: 'Add another computer' }).first().click()
    await page.getByRole('button', { name: /^Type the code/ }).click()
    await page.getByLabel('Or type its address').fill(worker.address)
    await page.getByLabel('Digit of the code').first().click()
    await page.keyboard.type(digits)
    await expect(page.getByRole('heading', { name: 'Paired with Scanner room' })).toBeVisible()
    await expect(other.getByRole('heading', { name: 'Paired with Desk' })).toBeVisible()
    for (const window of [page, other]) await window.getByRole('button', { name: 'Done' }).click()
    await expect(card(page, 'Scanner room')).toContainText('Ready')
    await expect(card(other, 'Desk')).toBeVisible()
  })

  const large = await makeSlide(home, { name: 'large.tif', widthPx: 24_000, heightPx: 24_000 })
  const scanner = card(page, 'Scanner room')

  await test.step('the card says what it works on', async () => {
    await master.cli('submit', large, '--to', 'szi', '--out', join(home, 'out'), ...slowly)
    await expect(scanner).toContainText('Working')
    await expect(scanner.getByRole('progressbar', { name: 'Progress of large.tif' })).toBeVisible()
    await expect(scanner).toContainText('1 of 1 in use')
    await expect(card(other, 'Scanner room')).toContainText('One task for another computer of the lab')
    await expect(other.getByText('large.tif'), 'a worker sees an id, not the file’s name').toHaveCount(0)
  })

  await test.step('paused now, it gives the job back; resumed, it takes it again', async () => {
    await scanner.getByRole('button', { name: 'Pause Scanner room' }).click()
    await page.getByRole('menuitem', { name: 'Pause now' }).click()
    await expect(scanner).toContainText('Paused')
    await expect(scanner).toContainText('0 of 1 in use')
    await expect(other.getByRole('button', { name: 'Resume work on this computer' })).toBeVisible()
    await openScreen(page, 'Queue')
    await expect(row(page, 'large.tif')).toContainText('Waiting')
    await openScreen(page, 'Computers')
    await scanner.getByRole('button', { name: 'Resume' }).click()
    await expect(scanner).toContainText('Working')
  })

  await test.step('a cancelled job makes room for the next, whose result comes back', async () => {
    await openScreen(page, 'Queue')
    await row(page, 'large.tif').getByRole('button', { name: 'Cancel: large.tif' }).click()
    await expect(filter(page, 'Cancelled')).toHaveText('Cancelled1')
    const photo = await makeColourfulPhoto(home, 'gross.jpg')
    await master.cli('submit', photo, '--to', 'webp', '--out', join(home, 'out'))
    await expect(row(page, 'gross.jpg')).toContainText('Done')
    await expect(row(page, 'gross.jpg')).toContainText('Scanner room')
  })

  await test.step('removed, it is gone from both windows', async () => {
    await openScreen(page, 'Computers')
    await scanner.getByRole('button', { name: 'More for Scanner room' }).click()
    await page.getByRole('menuitem', { name: 'Remove from the lab' }).click()
    await page
      .getByRole('dialog', { name: 'Remove this computer from the lab' })
      .getByRole('button', { name: 'Remove', exact: true })
      .click()
    await expect(scanner).toHaveCount(0)
    await expect(card(page, 'Desk')).toBeVisible()
    await expect(card(other, 'Desk')).toHaveCount(0)
  })
})
