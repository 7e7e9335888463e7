import { scenes } from './scenes.ts'
import { expectAccessible, test } from './window-test.ts'

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme, viewport: { width: 1280, height: 800 }, contextOptions: { reducedMotion: 'reduce' } })
    for (const scene of scenes) {
      test(`axe finds nothing on ${scene.name}`, async ({ page, open }) => {
        const node = await open(scene.scenario)
        await scene.act?.(page, node)
        await page.waitForFunction(() =>
          document.getAnimations().every((animation) => animation.playState !== 'running')
        )
        // In the dark nothing but the colours is another.
        await expectAccessible(page, colorScheme === 'dark')
      })
    }
  })
}
