import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/** What axe finds wrong with a page; `colorsOnly`: where nothing but its colours changed since it was looked at. */
export async function axeViolations(page: Page, colorsOnly: boolean) {
  // Our pages have no frames: without legacy mode a second page would be opened to put those of frames together.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  return (await (colorsOnly ? axe.withRules('color-contrast') : axe).analyze()).violations
}
