import type { Page } from '@playwright/test'
import { axeViolations } from '../../support/axe-violations.ts'
import { expect } from './browser-test.ts'

const serious = ['serious', 'critical']

/** Looks at the screen in both colours; a violation fails the test at its end, so that one run names all. */
export async function expectAccessible(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme)
    await expect.poll(() => moving(page), 'things that fade or slide').toBe(0)
    // Nothing but the contrast depends on the colours.
    const violations = await axeViolations(page, colorScheme === 'dark')
    const found = violations.filter(({ impact }) => serious.includes(impact ?? ''))
    const words = found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`)
    expect.soft(words, `${screen}, ${colorScheme}`).toEqual([])
  }
}

/** Animations that will end; a loader that turns for ever changes no colour. */
const moving = (page: Page) =>
  page.evaluate(
    () =>
      document
        .getAnimations()
        .filter(({ playState, effect }) => playState === 'running' && effect?.getComputedTiming().endTime !== Infinity)
        .length
  )
