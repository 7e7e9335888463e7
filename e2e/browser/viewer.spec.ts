import { copyFile, readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { childrenOf } from '../nodes/support/children.ts'
import { makeSlide, makeVideo, realSlide } from '../nodes/support/inputs.ts'
import { until } from '../support/node-process-core.ts'
import { expect, test } from './support/browser-test.ts'
import { makeColourfulPhoto } from './support/inputs.ts'
import { distanceFrom, lookOfCanvas } from './support/picture.ts'
import { coloursOf, seek, untilPlayed } from './support/video.ts'
import { row, view } from './support/window.ts'

/** Mean colours of source and screen, 0 to 255: JPEG and scaling change them a little, another picture a lot. */
const alikeWithin = 8

/** Of a folder and all below it. */
async function filesIn(folder: string): Promise<number> {
  return (await readdir(folder, { recursive: true }).catch(() => [])).length
}

/** What the page asks for when it shows a pixel of the slide as a pixel: 2220 x 2967 pixels have their own size there. */
const finestTiles = {
  dzi: /\/slide_files\/12\/\d+_\d+\.jpe?g$/,
  szi: /\/slide_files\/12\/\d+_\d+\.jpe?g$/,
  iiif3: /\/iiif\/\d+,\d+,(\d+),\d+\/\1,\d+\/0\/default\.jpg$/,
  zoomify: /\/zoomify\/TileGroup\d+\/4-\d+-\d+\.jpg$/
}

for (const [profile, finestTile] of Object.entries(finestTiles)) {
  test(`a slide as ${profile} is drawn from its tiles, with scale bar and magnification, and can be turned`, async ({
    home,
    startNode,
    openPage
  }) => {
    const slide = await realSlide(home)
    const node = await startNode()
    const page = await openPage(node)
    const name = `as ${profile}${extname(slide)}`
    await copyFile(slide, join(home, name))
    const { code, lines } = await node.cli('convert', join(home, name), '--to', profile, '--out', join(home, 'out'))
    expect(code, JSON.stringify(lines.at(-1))).toBe(0)
    const viewer = await view(page, name)

    await expect.poll(() => distanceFrom(page, slide)).toBeLessThan(alikeWithin)
    const readout = viewer.getByTitle('Magnification')
    await expect(readout).toHaveText(/^[1-9](\.\d)?x$/)

    const finest = page.waitForResponse((response) => finestTile.test(response.url()))
    await page.keyboard.press('1')
    expect((await finest).status()).toBe(200)
    await expect(readout).toHaveText('20x')
    await expect(viewer.getByRole('img', { name: 'Scale bar: 50 µm' })).toBeVisible()
    await expect.poll(async () => (await lookOfCanvas(page)).drawnShare).toBeGreaterThan(0.9)

    await readout.click()
    await page.getByRole('menuitem', { name: '5x', exact: true }).click()
    await expect(readout).toHaveText('5x')
    await expect(viewer.getByRole('img', { name: 'Scale bar: 200 µm' })).toBeVisible()

    // The slide is higher than wide, the window wider than high.
    const shape = async () => (await lookOfCanvas(page)).drawnShare
    await page.keyboard.press('0')
    await page.keyboard.press('r')
    await expect.poll(shape).toBeGreaterThan(0.6)
    await page.keyboard.press('n')
    await expect.poll(shape).toBeLessThan(0.5)
    await page.keyboard.press('Escape')
    await expect(viewer).toBeHidden()
  })
}

test('a slide fills the screen by a key, and its map shows what is in sight and leads elsewhere', async ({
  home,
  startNode,
  openPage
}) => {
  const slide = await realSlide(home)
  const node = await startNode()
  const page = await openPage(node)
  const name = `as dzi${extname(slide)}`
  await copyFile(slide, join(home, name))
  await node.cli('convert', join(home, name), '--to', 'dzi', '--out', join(home, 'out'))
  const viewer = await view(page, name)
  await expect.poll(() => distanceFrom(page, slide)).toBeLessThan(alikeWithin)

  const isFull = () => page.evaluate(() => document.fullscreenElement !== null)
  await page.keyboard.press('f')
  await expect.poll(isFull).toBe(true)
  await page.keyboard.press('f')
  await expect.poll(isFull).toBe(false)

  const frame = viewer.locator('.displayregion')
  await page.keyboard.press('1')
  await expect.poll(async () => (await frame.boundingBox())?.width ?? 0).toBeLessThan(120)
  const before = await frame.boundingBox()
  const map = await viewer.locator('.navigator').boundingBox()
  if (!before || !map) throw new Error('there is no map')
  await page.mouse.click(map.x + map.width / 2, map.y + map.height - 8)
  await expect.poll(async () => (await frame.boundingBox())?.y ?? 0).toBeGreaterThan(before.y + 5)
})

test('a slide is looked at while it is being made: nothing is broken, and all is sharp in the end', async ({
  atEnd,
  home,
  startNode,
  openPage
}) => {
  const slide = await makeSlide(home, { widthPx: 12_000, heightPx: 9000 })
  const out = join(home, 'out')
  const node = await startNode()
  const page = await openPage(node)
  const tiles = new Map<string, number>()
  page.on('response', (response) => {
    if (/slide_files/.test(response.url())) tiles.set(response.url(), response.status())
  })
  // With overlap every tile is encoded, so that there is a middle in which its converter is frozen.
  const converting = node.cli('convert', slide, '--to', 'dzi', '--out', out, '--set', 'overlapPx=1')
  await until(
    () => filesIn(out),
    (count) => count > 300
  )
  const children = await childrenOf(node.pid)
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    for (const pid of children) process.kill(pid, name)
  }
  signal('SIGSTOP')
  let frozen = true
  const thaw = () => {
    if (frozen) signal('SIGCONT')
    frozen = false
  }
  atEnd(async () => thaw())

  await row(page, 'slide.tif').getByTitle('slide.tif').first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'View what is there' }).click()
  const viewer = page.getByRole('dialog', { name: 'slide.tif' })
  await expect(viewer.getByText(/Still converting, \d+%/)).toBeVisible()
  await expect.poll(() => [...tiles.values()].filter((status) => status === 404).length).toBeGreaterThan(0)
  await expect(viewer.getByRole('img', { name: /^Scale bar/ })).toBeVisible()
  await expect(viewer.getByTitle('Magnification')).toHaveText(/x$/)
  // The small picture of the whole stands in for what is missing.
  await expect.poll(async () => (await lookOfCanvas(page)).drawnShare).toBeGreaterThan(0.5)

  thaw()
  await expect(viewer.getByText('Still converting')).toBeHidden()
  expect((await converting).code).toBe(0)
  // What smaller levels lacked is no longer asked for where the level that is in view has come.
  const levelOf = (url: string) => Number(/slide_files\/(\d+)/.exec(url)?.[1])
  const inView = () => {
    const finest = Math.max(...[...tiles.keys()].map(levelOf))
    return [...tiles].filter(([url]) => levelOf(url) === finest).map(([, status]) => status)
  }
  await expect.poll(() => inView().every((status) => status === 200)).toBe(true)
  await expect(viewer.getByRole('img', { name: /^Scale bar/ })).toBeVisible()
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
