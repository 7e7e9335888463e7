import type { Page } from '@playwright/test'
import { scenes } from './scenes.ts'
import { expect, expectAccessible, test } from './window-test.ts'

test.use({
  colorScheme: 'light',
  viewport: { width: 1280, height: 800 },
  contextOptions: { reducedMotion: 'reduce' }
})

for (const scene of scenes) {
  test(`axe finds nothing on ${scene.name}, in light and dark colours`, async ({ page, open }) => {
    const node = await open(scene.scenario)
    await scene.act?.(page, node)
    await atRest(page)
    await expectAccessible(page)
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
    await atRest(page)
    // In the dark nothing but the colours is another.
    await expectAccessible(page, true)
  })
}

const atRest = (page: Page) =>
  page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState !== 'running'))
