import { expect, type Locator, type Page } from '@playwright/test'

const mostPresses = 40

/** Presses one key until `target` has the focus, as somebody without a mouse does; fails where it never gets there. */
export async function pressUntilFocused(page: Page, key: string, target: Locator): Promise<void> {
  await expect(target).toBeVisible()
  for (let presses = 0; presses < mostPresses; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press(key)
  }
  await expect(target, `not reached by ${mostPresses} times ${key}`).toBeFocused()
}

/** Goes to a control by Tab, sees that its focus shows, and presses it by Enter. */
export async function pressByKeyboard(page: Page, target: Locator): Promise<void> {
  await pressUntilFocused(page, 'Tab', target)
  await expect(target).toHaveCSS('outline-style', /solid|auto/)
  await page.keyboard.press('Enter')
}
