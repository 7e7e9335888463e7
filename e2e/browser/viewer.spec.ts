import { copyFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { makeVideo, realSlide } from '../nodes/support/inputs.ts'
import { expect, test } from './support/browser-test.ts'
import { makeColourfulPhoto } from './support/inputs.ts'
import { distanceFrom, lookOfCanvas } from './support/picture.ts'
import { coloursOf, seek, untilPlayed } from './support/video.ts'
import { view } from './support/window.ts'

/** Mean colours of source and screen, 0 to 255: JPEG and scaling change them a little, another picture a lot. */
const alikeWithin = 8

test('a slide is drawn from its tiles, in a folder or an archive, with scale bar and magnification', async ({
  home,
  startNode,
  openPage
}) => {
  const slide = await realSlide(home)
  const node = await startNode()
  const page = await openPage(node)
  for (const profile of ['dzi', 'szi']) {
    const name = `as ${profile}${extname(slide)}`
    await copyFile(slide, join(home, name))
    const { code, lines } = await node.cli('convert', join(home, name), '--to', profile, '--out', join(home, 'out'))
    expect(code, JSON.stringify(lines.at(-1))).toBe(0)
    const viewer = await view(page, name)

    await expect.poll(() => distanceFrom(page, slide)).toBeLessThan(alikeWithin)
    const readout = viewer.getByTitle('Magnification')
    await expect(readout).toHaveText(/^[1-9](\.\d)?x$/)

    // 2220 x 2967 pixels have their own size at level 12.
    const finest = page.waitForResponse((response) => /\/slide_files\/12\/\d+_\d+\.jpe?g$/.test(response.url()))
    await page.keyboard.press('1')
    expect((await finest).status()).toBe(200)
    await expect(readout).toHaveText('20x')
    await expect(viewer.getByRole('img', { name: 'Scale bar: 50 µm' })).toBeVisible()
    await expect.poll(async () => (await lookOfCanvas(page)).drawnShare).toBeGreaterThan(0.9)

    await readout.click()
    await page.getByRole('menuitem', { name: '5x', exact: true }).click()
    await expect(readout).toHaveText('5x')
    await expect(viewer.getByRole('img', { name: 'Scale bar: 200 µm' })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(viewer).toBeHidden()
  }
})

test('a photo and a video are looked at in their own viewers, one after the other', async ({
  home,
  startNode,
  openPage
}) => {
  const photo = await makeColourfulPhoto(home, 'gross.jpg')
  const film = await makeVideo(home, 4, 'film.mp4')
  const node = await startNode()
  expect((await node.cli('convert', photo, '--to', 'webp', '--out', join(home, 'out'))).code).toBe(0)
  expect((await node.cli('convert', film, '--to', 'h264', '--out', join(home, 'out'))).code).toBe(0)
  const page = await openPage(node)

  const picture = await view(page, 'gross.jpg')
  await expect.poll(() => distanceFrom(page, photo)).toBeLessThan(alikeWithin)
  await expect(picture.getByText('Scale bar')).toHaveCount(0)
  await page.keyboard.press('i')
  await expect(picture.getByRole('complementary', { name: 'Details' })).toContainText('WebP')
  await page.keyboard.press('Escape')

  const player = (await view(page, 'film.mp4')).locator('video')
  const moving = untilPlayed(player, 0.5)
  await player.click()
  expect(await moving).toBeGreaterThan(0.5)
  expect(await seek(player, 3)).toBeCloseTo(3, 1)
  expect(await coloursOf(player)).toBeGreaterThan(20)
})
