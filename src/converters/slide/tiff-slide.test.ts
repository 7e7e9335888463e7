import { expect, test } from 'vitest'
import { buildTiff, type PagePlan, repeatedTileSlide, type TagValue } from '../testing/build-tiff.ts'
import { bytesOf } from '../tiff/byte-source.ts'
import { readPages } from '../tiff/pages.ts'
import { slideInTiff } from './tiff-slide.ts'

const aperio =
  'Aperio Image Library v11.2.1\r\n46000x32914 (240x240) JPEG/RGB Q=30|AppMag = 20|Filename = CMU-1|MPP = 0.4990|Left = 25.69'
const page = (widthPx: number, heightPx: number, more: Record<number, TagValue> = {}): PagePlan => ({
  tags: { 256: [widthPx], 257: [heightPx], ...more }
})
const tiled = { 322: [256], 323: [256] }

async function look(file: Buffer) {
  const bytes = bytesOf(file)
  const tiff = await readPages(bytes)
  if (!tiff) throw new Error('no TIFF')
  return slideInTiff(bytes, tiff)
}

test('an Aperio slide: first page, its scale, and a preview that is neither label nor macro', async () => {
  const file = buildTiff([
    page(4000, 3000, { 270: aperio, ...tiled }),
    page(1000, 750, { 270: 'Aperio Image Library v11.2.1\r\n4000x3000 -> 1000x750 - |AppMag = 20' }),
    page(1000, 750, { 270: aperio, ...tiled }),
    page(400, 300, { 254: [1], 270: 'Aperio Image Library v11.2.1\r\nlabel 400x300' }),
    page(600, 450, { 254: [9], 270: 'Aperio Image Library v11.2.1\r\nmacro 600x450' })
  ])
  expect(await look(file)).toEqual({
    kind: 'slide',
    format: 'Aperio SVS',
    main: { page: 0, widthPx: 4000, heightPx: 3000 },
    levels: 2,
    preview: { page: 1, widthPx: 1000, heightPx: 750 },
    properties: { mpp: 0.499, magnification: 20 },
    oriented: false
  })
})

test('a macro without a name, of the shape of the slide, is still no preview', async () => {
  const file = buildTiff([page(4000, 3000, { 270: aperio, ...tiled }), page(600, 450, { 254: [9] })])
  expect((await look(file))?.preview.page).toBe(0)
})

test('the pyramid of an OME-TIFF lies in sub-directories', async () => {
  const ome =
    '<?xml version="1.0"?><OME xmlns="x"><Instrument><Objective ID="O" NominalMagnification="40.0"/></Instrument><Pixels ID="P" PhysicalSizeX="250" PhysicalSizeXUnit="nm" PhysicalSizeY="0.25" SizeX="4000"/></OME>'
  const file = buildTiff([
    { ...page(4000, 3000, { 270: ome, ...tiled }), subPages: [page(2000, 1500, tiled), page(1000, 750, tiled)] }
  ])
  const slide = await look(file)
  expect(slide?.format).toBe('OME-TIFF')
  expect(slide?.levels).toBe(3)
  expect(slide?.preview).toEqual({ page: 0, subPage: 1, widthPx: 1000, heightPx: 750 })
  expect(slide?.properties).toEqual({ mpp: 0.25, magnification: 40 })
})

test('where the label comes first, the largest page is the slide', async () => {
  const file = buildTiff([
    page(800, 600, { 270: 'Label_Image' }),
    page(500, 400, { 270: 'Label image' }),
    page(9000, 7000, { 270: 'level=0 mag=40', ...tiled }),
    page(4500, 3500, { 254: [1], ...tiled })
  ])
  const slide = await look(file)
  expect(slide?.main.page).toBe(2)
  expect(slide?.preview.page).toBe(3)
})

test('a small plain TIFF is a photo, with or without the thumbnail that photo software adds', async () => {
  expect(await look(buildTiff([page(6000, 4000)]))).toBeUndefined()
  expect(await look(buildTiff([page(6000, 4000), page(160, 107, { 254: [1] })]))).toBeUndefined()
})

test('a plain TIFF larger than any photo is a slide', async () => {
  expect((await look(buildTiff([page(20_000, 15_000)])))?.format).toBe('TIFF')
})

test('200,000 x 200,000 pixels are fine', async () => {
  const slide = await look(repeatedTileSlide(200_000, 200_000))
  expect(slide?.main).toEqual({ page: 0, widthPx: 200_000, heightPx: 200_000 })
})

test('beyond a limit the message carries both numbers', async () => {
  await expect(look(buildTiff([page(1_000_001, 10, tiled)]))).rejects.toThrow(
    /1,000,001 x 10 pixels; at most 1,000,000 a side/
  )
  await expect(look(buildTiff([page(400_000, 400_000, tiled)]))).rejects.toThrow(/at most .* 100,000,000,000 in all/)
})

test('JPEG 2000 is refused by its name', async () => {
  const file = buildTiff([page(4000, 3000, { 259: [33_005], 270: aperio, ...tiled })])
  await expect(look(file)).rejects.toMatchObject({
    code: 'unsupported-compression',
    class: 'input',
    message: expect.stringContaining('33005')
  })
})
