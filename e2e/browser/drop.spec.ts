import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator } from '@playwright/test'
import sharp from 'sharp'
import { makeVideo } from '../nodes/support/inputs.ts'
import type { NodeProcess } from '../support/node-process-core.ts'
import { Relay } from '../support/relay-core.ts'
import { expect, test } from './support/browser-test.ts'
import { makeColourfulPhoto, makeHeavySlide } from './support/inputs.ts'
import { dropFiles, dropped, pickFromNode, row, sheetOf, start } from './support/window.ts'

/** What a node keeps of files that browsers sent. */
async function uploadsOf(node: NodeProcess): Promise<string[]> {
  const names = await readdir(join(node.dataDir, 'uploads'), { recursive: true }).catch(() => [])
  return names.filter((name) => !name.endsWith('about.json'))
}

/** Pixels of a picture that was loaded; 0 while it was not. */
const widthOf = (picture: Locator) => picture.evaluate((element: HTMLImageElement) => element.naturalWidth)

test('files and a folder that are dropped are shown as what they are, converted, and leave no upload behind', async ({
  home,
  startNode,
  openPage
}) => {
  const day = join(home, 'day', 'deeper')
  await mkdir(day, { recursive: true })
  await makeHeavySlide(home, 'biopsy.tif', 600)
  // The content tells the kind, whatever the name says.
  await copyFile(await makeColourfulPhoto(home, 'gross.jpg'), join(home, 'day', 'gross.svs'))
  await makeVideo(day, 2, 'ward round.mp4')
  await writeFile(join(day, 'notes.svs'), 'a text')
  const node = await startNode()
  const page = await openPage(node)

  await dropFiles(page, [join(home, 'biopsy.tif'), join(home, 'day')])
  await expect(dropped(page, 'biopsy.tif')).toContainText(/Slide, .*600 . 600 px/)
  await expect(dropped(page, 'gross.svs')).toContainText(/Image, .*800 . 600 px/)
  await expect(dropped(page, 'ward round.mp4')).toContainText(/Video, .*640 . 360 px, 0:02/)
  await expect(dropped(page, 'notes.svs')).toContainText(/Left out: .*text/)
  await expect(sheetOf(page).getByRole('status')).toHaveText('1 slide, 1 image, 1 video, 1 file left out')
  for (const name of ['biopsy.tif', 'gross.svs', 'ward round.mp4'])
    await expect.poll(() => widthOf(dropped(page, name).locator('img'))).toBeGreaterThan(0)
  await expect(sheetOf(page).getByText(/^1 slide becomes \d+ tiles, about .* of .* free/)).toBeVisible()

  await start(page, 'Start 3 files')
  for (const name of ['biopsy.tif', 'gross.svs', 'ward round.mp4']) await expect(row(page, name)).toContainText('Done')
  await expect(page.getByRole('region', { name: 'Finished submission' })).toContainText('3 done')
  expect((await readdir(join(home, 'Microtome'))).sort()).toEqual(
    ['biopsy.dzi', 'biopsy.json', 'biopsy_files', 'gross.webp', 'ward round.mp4'].sort()
  )
  await expect.poll(() => uploadsOf(node)).toEqual([])
})

test('a drop whose line is cut half way goes on where it stopped', async ({ atEnd, home, startNode, openPage }) => {
  const slide = await makeHeavySlide(home, 'long way.tif', 2400)
  const node = await startNode()
  const ui = new URL(node.ready.uiUrl)
  const relay = await Relay.to(Number(ui.port), atEnd)
  ui.host = relay.address
  node.ready.uiUrl = ui.href
  const page = await openPage(node)
  const offsets: number[] = []
  page.on('request', (request) => {
    if (request.method() === 'PUT') offsets.push(Number(request.headers()['upload-offset']))
  })

  relay.cutAfter(11_000_000)
  await dropFiles(page, [slide])
  await expect(page.getByText('Connection to Microtome interrupted')).toBeVisible()
  await expect(sheetOf(page).getByRole('progressbar', { name: 'Copying to this computer' })).toBeVisible()
  const before = offsets.length
  relay.accept()
  await start(page, 'Start 1 file')

  await expect(row(page, 'long way.tif')).toContainText('Done')
  // Pieces have 8 MB (2^23): only a piece that was cut makes the next one begin elsewhere.
  expect(offsets.slice(before).some((offset) => offset > 0 && offset % 2 ** 23 !== 0)).toBe(true)
  await expect.poll(() => uploadsOf(node)).toEqual([])
})

test('a drop that is called off leaves nothing on the node', async ({ home, startNode, openPage }) => {
  const photo = await makeColourfulPhoto(home, 'not this one.jpg')
  const node = await startNode()
  const page = await openPage(node)
  await dropFiles(page, [photo])
  await expect(dropped(page, 'not this one.jpg')).toContainText('Image')
  expect(await uploadsOf(node)).not.toEqual([])
  await sheetOf(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(sheetOf(page)).toBeHidden()
  await expect.poll(() => uploadsOf(node)).toEqual([])
  await expect(page.getByRole('heading', { name: 'Drop slides, photos or videos' })).toBeVisible()
})

test('the sheet’s profile, options, destination and priority are what the job gets', async ({
  home,
  startNode,
  openPage
}) => {
  const photo = await makeColourfulPhoto(home, 'gross.jpg', 1600, 1200)
  const node = await startNode()
  const page = await openPage(node)
  await dropFiles(page, [photo])
  const sheet = sheetOf(page)
  await sheet.getByRole('combobox', { name: 'Images become' }).click()
  await page.getByRole('option', { name: 'PNG' }).click()
  await sheet.getByRole('button', { name: 'Options' }).click()
  await sheet.getByLabel('Max width (px)').fill('320')
  await sheet.getByLabel('Destination', { exact: true }).fill(join(home, 'elsewhere'))
  await sheet.getByRole('combobox', { name: 'Priority' }).click()
  await page.getByRole('option', { name: 'Stat' }).click()
  await start(page, 'Start 1 file')
  await expect(row(page, 'gross.jpg')).toContainText('Done')
  await expect(row(page, 'gross.jpg')).toContainText('Stat')
  const png = await sharp(join(home, 'elsewhere', 'gross.png')).metadata()
  expect([png.width, png.height]).toEqual([320, 240])
})

test('what is there already is skipped when it is dropped again', async ({ home, startNode, openPage }) => {
  const photo = await makeColourfulPhoto(home, 'gross.jpg')
  const node = await startNode()
  const page = await openPage(node)
  const summary = page.getByRole('region', { name: 'Finished submission' })
  await pickFromNode(page, ['gross.jpg'])
  await start(page, 'Start 1 file')
  await expect(summary).toContainText('1 done')
  expect((await node.cli('convert', photo, '--to', 'webp', '--out', join(home, 'Microtome'))).code).toBe(0)
  await expect.poll(() => readdir(join(home, 'Microtome'))).toHaveLength(2)

  await pickFromNode(page, ['gross.jpg'])
  await sheetOf(page).getByRole('combobox', { name: 'If a result exists there' }).click()
  await page.getByRole('option', { name: 'Skip if it is the same result' }).click()
  await start(page, 'Start 1 file')
  await expect(summary).toContainText('0 done, 1 skipped')
  await expect(page.getByRole('row').filter({ hasText: 'Already there' })).toHaveCount(1)
  expect(await readdir(join(home, 'Microtome'))).toHaveLength(2)
})
