import { expect, type Locator, type Page } from '@playwright/test'
import { dropFiles as drop } from '../../support/drop-files.ts'

/** The row of one file in the queue. */
export function row(page: Page, name: string): Locator {
  return page.getByRole('row').filter({ has: page.getByTitle(name, { exact: true }) })
}

/** The sheet that a drop opens. */
export function sheetOf(page: Page): Locator {
  return page.getByRole('dialog', { name: 'Convert' })
}

/** What was dropped, as the sheet lists it: one line of a file. */
export function dropped(page: Page, name: string): Locator {
  return sheetOf(page)
    .getByRole('listitem')
    .filter({ has: page.locator(`[title$="${name}"]`) })
}

export async function openScreen(page: Page, name: 'Queue' | 'Computers' | 'Settings'): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name, exact: true }).click()
}

/** The filter of the queue that shows one group of states. */
export function filter(page: Page, state: string): Locator {
  return page.getByRole('group', { name: 'Show jobs by state' }).getByRole('button', { name: state })
}

/** The card of a computer. */
export function card(page: Page, name: string): Locator {
  return page
    .getByRole('list', { name: 'Computers of the lab' })
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name, exact: true }) })
}

/** Drops real files and folders on the window, which opens the sheet. */
export async function dropFiles(page: Page, files: string[]): Promise<void> {
  await drop(page, files)
  await expect(sheetOf(page)).toBeVisible()
}

/** Chooses entries of the node's home folder in its own picker, by mouse. */
export async function pickFromNode(page: Page, names: string[]): Promise<void> {
  await page.getByRole('button', { name: 'Add files' }).click()
  await page.getByRole('menuitem', { name: 'From the computer Microtome runs on' }).click()
  const picker = page.getByRole('dialog', { name: 'Add files and folders of this computer' })
  for (const name of names)
    await picker
      .getByRole('option')
      .filter({ hasText: name })
      .click({ modifiers: ['ControlOrMeta'] })
  await picker.getByRole('button', { name: 'Add', exact: true }).click()
}

/** Presses Start once the sheet has looked at everything, and waits until the sheet has gone. */
export async function start(page: Page, label: string): Promise<void> {
  await sheetOf(page).getByRole('button', { name: label, exact: true }).click()
  await expect(sheetOf(page)).toBeHidden()
}

/** Opens the result of a job in the viewer. */
export async function view(page: Page, name: string): Promise<Locator> {
  await row(page, name)
    .getByRole('button', { name: `View: ${name}` })
    .click()
  const viewer = page.getByRole('dialog', { name })
  await expect(viewer).toBeVisible()
  return viewer
}
