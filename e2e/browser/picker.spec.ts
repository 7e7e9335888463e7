import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './support/browser-test.ts'
import { makeColourfulPhoto } from './support/inputs.ts'
import { pressByKeyboard, pressUntilFocused } from './support/keyboard.ts'
import { dropped, pickFromNode, row, sheetOf, start } from './support/window.ts'

test('files and folders of the node are chosen in its own picker, used in place, and their results go to a new folder', async ({
  home,
  startNode,
  openPage
}) => {
  await mkdir(join(home, 'day'))
  await makeColourfulPhoto(home, 'one.jpg')
  await makeColourfulPhoto(join(home, 'day'), 'two.jpg')
  const node = await startNode()
  const page = await openPage(node)

  await pickFromNode(page, ['one.jpg', 'day'])
  await expect(dropped(page, 'one.jpg')).toContainText('Image')
  await expect(dropped(page, 'two.jpg')).toContainText('Image')
  await sheetOf(page).getByRole('button', { name: 'Choose the destination' }).click()
  const picker = page.getByRole('dialog', { name: 'Choose a folder' })
  await picker.getByRole('button', { name: 'New folder' }).click()
  await page.getByLabel('Name of the new folder').fill('für später')
  await page.getByRole('button', { name: 'Make folder' }).click()
  await expect(picker.getByRole('navigation', { name: 'Open folder' })).toContainText('für später')
  await picker.getByRole('button', { name: 'Choose this folder' }).click()
  await expect(sheetOf(page).getByLabel('Destination', { exact: true })).toHaveValue(join(home, 'für später'))
  await start(page, 'Start 2 files')

  for (const name of ['one.jpg', 'two.jpg']) await expect(row(page, name)).toContainText('Done')
  expect((await readdir(join(home, 'für später'))).sort()).toEqual(['one.webp', 'two.webp'])
  expect(existsSync(join(home, 'one.jpg'))).toBe(true)
})

test('from the button to the running job nothing but the keyboard is needed', async ({ home, startNode, openPage }) => {
  await mkdir(join(home, 'day'))
  await makeColourfulPhoto(join(home, 'day'), 'first.jpg')
  await makeColourfulPhoto(join(home, 'day'), 'second.jpg')
  const page = await openPage(await startNode())

  await pressByKeyboard(page, page.getByRole('button', { name: 'Add files' }))
  await pressUntilFocused(page, 'ArrowDown', page.getByRole('menuitem', { name: 'From the computer' }))
  await page.keyboard.press('Enter')
  const picker = page.getByRole('dialog', { name: 'Add files and folders of this computer' })
  const list = picker.getByRole('listbox', { name: 'Files and folders' })
  await expect(list).toBeFocused()
  await expect(list.getByRole('option').first()).toContainText('day')
  await page.keyboard.press('Enter')
  await expect(list.getByRole('option').first()).toContainText('first.jpg')
  await expect(list).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Space')
  await expect(list.getByRole('option', { selected: true })).toContainText('second.jpg')
  await pressByKeyboard(page, picker.getByRole('button', { name: 'Add', exact: true }))

  await pressByKeyboard(page, sheetOf(page).getByRole('button', { name: 'Start 1 file' }))
  await expect(row(page, 'second.jpg')).toContainText('Done')
  const grid = page.getByRole('grid', { name: 'Jobs' })
  await pressUntilFocused(page, 'Tab', grid)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'Job details' })).toContainText('second.jpg')
  await page.keyboard.press('Escape')
  await expect(grid).toBeFocused()
})
