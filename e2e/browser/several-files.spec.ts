import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { jpegWish, writeSlide } from '../../src/converters/slide/readers/dicom/testing/made-slides.ts'
import type { Attribute } from '../../src/converters/testing/dicom-attributes.ts'
import { expect, test } from './support/browser-test.ts'
import { lookOfCanvas } from './support/picture.ts'
import { dropFiles, dropped, row, sheetOf, start, view } from './support/window.ts'

/** A file of a series: its full size, a smaller one that was made of it, or the label. */
async function writeInstance(folder: string, name: string, widthPx: number, kind: string, series = '1.2.3.4.2') {
  const attributes: Attribute[] = [['0020000e', 'UI', series]]
  await mkdir(folder, { recursive: true })
  await writeSlide(folder, name, await jpegWish({ widthPx, heightPx: (widthPx / 3) * 2, imageType: kind, attributes }))
}

const full = 'DERIVED\\PRIMARY\\VOLUME\\NONE'
const smaller = 'DERIVED\\PRIMARY\\VOLUME\\RESAMPLED'
const label = 'ORIGINAL\\PRIMARY\\LABEL\\NONE'

test('a folder that is one slide is one row, converts as one job, and is looked at', async ({
  home,
  startNode,
  openPage
}) => {
  const folder = join(home, 'biopsy 7')
  await writeInstance(folder, '1.dcm', 300, smaller)
  await writeInstance(folder, '2.dcm', 600, full)
  await writeInstance(folder, '3.dcm', 60, label)
  const node = await startNode()
  const page = await openPage(node)

  await dropFiles(page, [folder])
  await expect(dropped(page, 'biopsy 7')).toContainText(/Slide, DICOM WSI, 3 files, .*600 . 400 px, .*2 levels/)
  await expect(sheetOf(page).getByRole('status')).toHaveText('1 slide')
  await expect(sheetOf(page).getByRole('listitem')).toHaveCount(1)
  await start(page, 'Start 1 file')
  await expect(row(page, 'biopsy 7')).toContainText('Done')
  const sidecar = JSON.parse(await readFile(join(home, 'Microtome', 'biopsy 7.json'), 'utf8'))
  expect(sidecar).toMatchObject({ reader: 'dicom', mpp: 0.5 })

  const viewer = await view(page, 'biopsy 7')
  await expect(viewer.getByRole('img', { name: /^Scale bar/ })).toBeVisible()
  await expect.poll(async () => (await lookOfCanvas(page)).colours).toBeGreaterThan(20)
})

test('a folder with the files of two slides is two rows, under the names of their full sizes', async ({
  home,
  startNode,
  openPage
}) => {
  const folder = join(home, 'case')
  await writeInstance(folder, 'a1.dcm', 300, smaller, '1.2.3.8')
  await writeInstance(folder, 'a2.dcm', 600, full, '1.2.3.8')
  await writeInstance(folder, 'b1.dcm', 450, full, '1.2.3.9')
  await writeInstance(folder, 'b2.dcm', 150, smaller, '1.2.3.9')
  const node = await startNode()
  const page = await openPage(node)
  await dropFiles(page, [folder])
  await expect(dropped(page, 'a2.dcm')).toContainText(/2 files, .*600 . 400 px/)
  await expect(dropped(page, 'b1.dcm')).toContainText(/2 files, .*450 . 300 px/)
  await expect(sheetOf(page).getByRole('status')).toHaveText('2 slides')
  await start(page, 'Start 2 files')
  for (const name of ['a2.dcm', 'b1.dcm']) await expect(row(page, name)).toContainText('Done')
  const made = await readdir(join(home, 'Microtome'))
  expect(made.filter((name) => name.endsWith('.dzi')).sort()).toEqual(['a2.dzi', 'b1.dzi'])
})

test('of a slide that lacks a file its row says which, and nothing can be started', async ({
  home,
  startNode,
  openPage
}) => {
  const folder = join(home, 'half a slide')
  await writeInstance(folder, '1.dcm', 300, smaller)
  await writeInstance(folder, '2.dcm', 150, smaller)
  const node = await startNode()
  const page = await openPage(node)
  await dropFiles(page, [folder])
  await expect(dropped(page, 'half a slide')).toContainText('Left out: The DICOM series lacks the full size')
  await expect(sheetOf(page).getByRole('listitem')).toHaveCount(1)
  await expect(sheetOf(page).getByRole('button', { name: /^Start/ })).toBeDisabled()
})
