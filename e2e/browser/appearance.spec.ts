import type { Locator } from '@playwright/test'
import { expect, test } from './support/browser-test.ts'
import { openScreen } from './support/window.ts'

/** Of an element's background, 0 to 255. */
async function brightness(element: Locator): Promise<number> {
  const colour = await element.evaluate((found) => getComputedStyle(found).backgroundColor)
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number)
  return (red + green + blue) / 3
}

test('dark mode is chosen in the settings, stays after a reload, and may follow the system', async ({
  startNode,
  openPage
}) => {
  const page = await openPage(await startNode())
  const body = page.locator('body')
  await expect(page.getByRole('heading', { name: 'Drop slides, photos or videos' })).toBeVisible()
  await expect.poll(() => brightness(body)).toBeGreaterThan(230)

  await openScreen(page, 'Settings')
  const appearance = page.getByRole('group', { name: 'Appearance' })
  // A page that is left takes what it did not say yet with it.
  await Promise.all([appearance.getByText('Saved').waitFor(), appearance.getByText('Dark', { exact: true }).click()])
  await expect.poll(() => brightness(body)).toBeLessThan(60)
  await expect(appearance.getByRole('radio', { name: 'Dark' })).toBeChecked()
  await page.reload()
  await expect(appearance.getByRole('radio', { name: 'Dark' })).toBeChecked()
  await expect.poll(() => brightness(body)).toBeLessThan(60)

  await appearance.getByText('As the system').click()
  await expect.poll(() => brightness(body)).toBeGreaterThan(230)
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(() => brightness(body)).toBeLessThan(60)
})
