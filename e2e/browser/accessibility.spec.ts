import { mkdir, truncate } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { makeVideo, realSlide } from '../nodes/support/inputs.ts'
import type { NodeProcess } from '../support/node-process-core.ts'
import { expectAccessible } from './support/accessible.ts'
import { expect, test } from './support/browser-test.ts'
import { makeColourfulPhoto } from './support/inputs.ts'
import { card, filter, openScreen, pickFromNode, row, sheetOf, view } from './support/window.ts'

test('axe finds nothing on what a newcomer sees, from the first start to a sheet', async ({
  home,
  startNode,
  openPage
}) => {
  await mkdir(join(home, 'day'))
  await makeColourfulPhoto(home, 'gross.jpg')
  const page = await openPage(await startNode())
  await expect(page.getByRole('heading', { name: 'Drop slides, photos or videos' })).toBeVisible()
  await expectAccessible(page, 'first start')

  await page.getByRole('button', { name: 'Add files' }).click()
  await expectAccessible(page, 'menu of a button')
  await page.getByRole('menuitem', { name: 'From the computer Microtome runs on' }).click()
  await expect(page.getByRole('option').first()).toBeVisible()
  await expectAccessible(page, 'picker')
  await page.keyboard.press('Escape')

  await pickFromNode(page, ['gross.jpg'])
  await expect(sheetOf(page).getByRole('button', { name: 'Start 1 file' })).toBeVisible()
  await sheetOf(page).getByRole('button', { name: 'Options' }).click()
  await expectAccessible(page, 'sheet')
  await page.keyboard.press('Escape')

  await openScreen(page, 'Settings')
  await expect(page.getByRole('heading', { name: 'About' })).toBeVisible()
  await expectAccessible(page, 'settings')
})

test('axe finds nothing on the queue, its details and the viewers', async ({ home, startNode, openPage }) => {
  const node = await startNode()
  const page = await openPage(node)
  const slide = await convertSome(node, home)
  await expect(filter(page, 'Failed')).toHaveText('Failed1')
  await expect(filter(page, 'Done')).toHaveText('Done3')
  await expect(page.getByRole('region', { name: 'Finished submission' })).toBeVisible()
  await expectAccessible(page, 'queue and summary')

  await page.getByRole('grid', { name: 'Jobs' }).focus()
  await page.keyboard.press('ControlOrMeta+a')
  await expectAccessible(page, 'selection')
  await page.keyboard.press('Escape')
  await row(page, 'bad.jpg').getByRole('gridcell').nth(1).getByRole('button').click()
  await expect(page.getByText('For support')).toBeVisible()
  await expectAccessible(page, 'details of a failure')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Submissions' }).click()
  await expect(page.getByRole('dialog', { name: 'Submissions' }).getByRole('article').first()).toBeVisible()
  await expectAccessible(page, 'submissions')
  await page.keyboard.press('Escape')

  for (const name of [slide, 'gross.jpg', 'film.mp4']) {
    await view(page, name)
    await page.keyboard.press('i')
    await expect(page.getByRole('complementary', { name: 'Details' })).toContainText('How it was made')
    await expectAccessible(page, `viewer of ${name}`)
    await page.keyboard.press('Escape')
  }
})

test('axe finds nothing on the computers, on adding and removing one, and on a lost connection', async ({
  startNode,
  openPage
}) => {
  const node = await startNode({ name: 'Desk' })
  const other = await startNode({ name: 'Scanner room' })
  const page = await openPage(node)
  await openScreen(page, 'Computers')
  await expect(card(page, 'Desk')).toBeVisible()
  await expectAccessible(page, 'one computer')

  await page.getByRole('button', { name: 'Add another computer' }).first().click()
  await expectAccessible(page, 'adding a computer')
  await page.getByRole('button', { name: /^Show a code/ }).click()
  await expect(page.getByLabel(/^Code( \d){6}$/)).toBeVisible()
  await expectAccessible(page, 'a code')
  await page.getByRole('button', { name: 'Back' }).click()
  await page.getByRole('button', { name: /^Type the code/ }).click()
  await page.getByLabel('Or type its address').fill(other.address)
  await page.getByLabel('Digit of the code').first().click()
  await page.keyboard.type('123456')
  await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible()
  await expectAccessible(page, 'a refused code')
  await page.getByRole('button', { name: 'Close' }).click()

  await node.pair(other)
  await expect(card(page, 'Scanner room')).toContainText('Ready')
  await expectAccessible(page, 'two computers')
  await card(page, 'Scanner room').getByRole('button', { name: 'More for Scanner room' }).click()
  await page.getByRole('menuitem', { name: 'Remove from the lab' }).click()
  await expectAccessible(page, 'removing a computer')
  await page.getByRole('button', { name: 'Keep it' }).click()
  await other.stop('SIGKILL')
  await expect(card(page, 'Scanner room')).toContainText('Offline')
  await expectAccessible(page, 'a computer that is away')

  await node.stop('SIGKILL')
  await expect(page.getByText('Connection to Microtome interrupted')).toBeVisible()
  await expectAccessible(page, 'a lost connection')
})

/** A slide, a photo and a video that are done, and a photo that went bad while it waited; answers the slide's name. */
async function convertSome(node: NodeProcess, home: string): Promise<string> {
  const slide = await realSlide(home)
  const bad = await makeColourfulPhoto(home, 'bad.jpg')
  const out = ['--out', join(home, 'out')]
  await node.cli('pause')
  await node.cli('submit', bad, await makeColourfulPhoto(home, 'gross.jpg'), '--to', 'webp', ...out)
  await truncate(bad, 2000)
  await node.cli('submit', await makeVideo(home, 2, 'film.mp4'), '--to', 'h264', ...out)
  await node.cli('submit', slide, '--to', 'dzi', ...out)
  await node.cli('resume')
  return basename(slide)
}
