import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { buildTiff, repeatedTileSlide } from '../../../testing/build-tiff.ts'
import { tempDir } from '../../../testing/temp-dir.ts'
import type { SlideContent } from '../../content.ts'
import { describeTiff, scannerInTiff } from './index.ts'
import { flatSlide, strips, tiled } from './testing/flat-slide.ts'
import { lookAt } from './testing/open-tiff.ts'

const aperio =
  'Aperio Image Library v11.2.1\r\n46000x32914 (240x240) JPEG/RGB Q=30|AppMag = 20|Filename = CMU-1|MPP = 0.4990|Left = 25.69'
const sizes = ({ widthPx, heightPx }: { widthPx: number; heightPx: number }) => [widthPx, heightPx]

async function look(bytes: Buffer): Promise<SlideContent | undefined> {
  await using file = await lookAt(bytes)
  return file.slide
}

test('an Aperio slide: tiled pages are its levels, the others are pictures of the glass', async () => {
  const slide = await look(
    flatSlide([
      tiled(4000, 3000, { 270: aperio }),
      strips(1000, 750, { 270: 'Aperio Image Library v11.2.1\r\n4000x3000 -> 1000x750 - |AppMag = 20' }),
      tiled(1000, 750, { 270: aperio }),
      strips(400, 300, { 254: [1], 270: 'Aperio Image Library v11.2.1\r\nlabel 400x300' }),
      strips(600, 450, { 254: [9], 270: 'Aperio Image Library v11.2.1\r\nmacro 600x450' })
    ])
  )
  expect(slide).toMatchObject({ kind: 'slide', format: 'Aperio SVS', reader: 'tiff', tileSizePx: 256 })
  expect(slide?.levels.map(sizes)).toEqual([
    [4000, 3000],
    [1000, 750]
  ])
  expect(slide?.properties).toEqual({ mpp: 0.499, magnification: 20 })
  expect(slide?.associated.map(({ name }) => name)).toEqual(['thumbnail', 'label', 'macro'])
})

test('a macro without a name, of the shape of the slide, is still no level', async () => {
  const slide = await look(flatSlide([tiled(4000, 3000, { 270: aperio }), strips(600, 450, { 254: [9] })]))
  expect(slide?.levels).toHaveLength(1)
  expect(slide?.associated.map(({ name }) => name)).toEqual(['macro'])
})

test('the pyramid of an OME-TIFF lies in sub-directories', async () => {
  const ome =
    '<?xml version="1.0"?><OME xmlns="x"><Instrument><Objective ID="O" NominalMagnification="40.0"/></Instrument><Image ID="I"><Pixels ID="P" PhysicalSizeX="250" PhysicalSizeXUnit="nm" PhysicalSizeY="0.25" SizeX="4000" SizeZ="1" SizeC="3"/></Image></OME>'
  const slide = await look(
    flatSlide([{ ...tiled(4000, 3000, { 270: ome }), subPages: [tiled(2000, 1500), tiled(1000, 750)] }])
  )
  expect(slide?.format).toBe('OME-TIFF')
  expect(slide?.levels.map(sizes)).toEqual([
    [4000, 3000],
    [2000, 1500],
    [1000, 750]
  ])
  expect(slide?.properties).toEqual({ mpp: 0.25, magnification: 40 })
})

test.each([
  ['several focal planes', '<Image ID="I"><Pixels SizeX="9" SizeZ="5" SizeC="3"/></Image>'],
  [
    'several pictures',
    '<Image ID="I"><Pixels SizeX="9"/></Image><Image ID="J" Name="region 2"><Pixels SizeX="9"/></Image>'
  ]
])('an OME-TIFF of %s is left to others', async (_, images) => {
  expect(await look(flatSlide([tiled(4000, 3000, { 270: `<OME xmlns="x">${images}</OME>` })]))).toBeUndefined()
})

test('of several pages of one size, or planes in OME-XML, it is said which is taken', async () => {
  const chosen = async (...pages: Parameters<typeof flatSlide>[0]) => {
    const bytes = flatSlide(pages)
    await using file = await lookAt(bytes)
    return (await describeTiff({ path: file.path, sizeBytes: bytes.length }))?.chosen
  }
  const plane = tiled(4000, 3000)
  expect(await chosen(plane)).toBeUndefined()
  expect(await chosen(plane, tiled(1000, 750), strips(4000, 3000, { 270: 'label 9x9' }))).toBeUndefined()
  expect(await chosen(plane, plane, plane)).toBe('first of 3 pages of its size')
  const ome = (images: string) => tiled(4000, 3000, { 270: `<OME xmlns="x">${images}</OME>` })
  const planes = '<Image ID="I"><Pixels SizeX="9" SizeZ="5" SizeT="3"/></Image>'
  expect(await chosen(ome(planes), plane)).toBe('first of 5 focal planes, first of 3 points in time')
  expect(await chosen(ome('<Image Name="1"/><Image Name="2"/><Image Name="Label"/>'))).toBe('one of 2 pictures')
})

test.each([
  ['channels that lie on other pages', { 270: '<OME><Image ID="I"><Pixels SizeX="9" SizeC="7"/></Image></OME>' }],
  ['one of three channels', { 258: [8], 262: [1], 277: [1], 270: '<OME><Image><Pixels SizeC="3"/></Image></OME>' }],
  ['floating point', { 258: [32, 32, 32], 339: [3, 3, 3] }],
  ['samples of 12 bits', { 258: [12, 12, 12], 259: [7] }],
  ['samples of 32 bits', { 258: [32, 32, 32] }]
])('tiles of %s are refused with what to do, since every reader shows something else', async (_, tags) => {
  const looked = look(flatSlide([tiled(4000, 3000, tags)]))
  await expect(looked).rejects.toMatchObject({ code: 'unsupported-compression', class: 'input' })
})

test('where the label comes first, the largest page is the slide', async () => {
  const slide = await look(
    flatSlide([
      strips(800, 600, { 270: 'Label_Image' }),
      strips(500, 400, { 270: 'Label image' }),
      tiled(9000, 7000, { 270: 'level=0 mag=40' }),
      tiled(4500, 3500, { 254: [1] })
    ])
  )
  expect(slide?.levels.map(sizes)).toEqual([
    [9000, 7000],
    [4500, 3500]
  ])
  expect(slide?.associated.map(({ name }) => name)).toEqual(['label'])
})

test('sub-directories of another page and pages of another shape are no levels', async () => {
  const slide = await look(
    flatSlide([tiled(4000, 3000), { ...strips(900, 900), subPages: [tiled(2000, 1500)] }, tiled(1000, 900)])
  )
  expect(slide?.levels.map(sizes)).toEqual([[4000, 3000]])
})

test('a small plain TIFF is a photo, with or without the thumbnail that photo software adds', async () => {
  for (const pages of [[strips(6000, 4000)], [strips(6000, 4000), strips(160, 107, { 254: [1] })]]) {
    await using dir = await tempDir()
    const path = join(dir.path, 'photo')
    await writeFile(path, flatSlide(pages))
    expect(await describeTiff({ path, sizeBytes: 0 })).toMatchObject({ isSlide: false, format: 'TIFF' })
    expect(await look(flatSlide(pages))).toBeUndefined()
  }
})

test('a scan in strips, larger than any photo, is described for whoever reads its pixels', async () => {
  await using dir = await tempDir()
  const path = join(dir.path, 'scan')
  const resolution = { 282: { rational: 20_000 }, 283: { rational: 10_000 }, 296: [3] }
  await writeFile(path, flatSlide([strips(400, 300, { 270: 'Macro' }), strips(20_000, 15_000, resolution)]))
  expect(await look(flatSlide([strips(20_000, 15_000)]))).toBeUndefined()
  expect(await describeTiff({ path, sizeBytes: 0 })).toMatchObject({
    isSlide: true,
    page: 1,
    widthPx: 20_000,
    properties: { mpp: 0.5, mppY: 1 },
    associated: [{ name: 'macro' }]
  })
})

test.each([
  ['16 bits', { 258: [16, 16, 16] }],
  ['planes beside each other', { 284: [2] }],
  ['four inks', { 258: [8, 8, 8, 8], 262: [5], 277: [4] }],
  ['white as zero', { 258: [8], 262: [0], 277: [1] }],
  ['old-style JPEG', { 259: [6] }],
  ['JPEG XL', { 259: [50_002] }],
  ['a predictor for floating point', { 259: [5], 317: [3] }]
])('tiles of %s are left to others', async (_, tags) => {
  expect(await look(flatSlide([tiled(4000, 3000, tags)]))).toBeUndefined()
})

test.each([
  ['Hamamatsu NDPI', tiled(4000, 3000, { 65420: [1] })],
  ['Leica SCN', tiled(4000, 3000, { 270: '<scn xmlns="http://www.leica-microsystems.com/scn/2010/10/01">' })],
  ['Trestle TIFF', tiled(4000, 3000, { 305: 'MedScan 1.0' })]
])('%s is named and left to others', async (name, page) => {
  await using dir = await tempDir()
  const path = join(dir.path, 'slide')
  await writeFile(path, flatSlide([page]))
  expect(await scannerInTiff(path)).toBe(name)
  expect(await look(flatSlide([page]))).toBeUndefined()
})

test('a smaller page in another format is no level, so it is made from the one above', async () => {
  const slide = await look(flatSlide([tiled(4000, 3000), tiled(2000, 1500, { 259: [50_002] }), tiled(1000, 750)]))
  expect(slide?.levels.map(sizes)).toEqual([
    [4000, 3000],
    [1000, 750]
  ])
})

test('the ICC profile of the main page comes along', async () => {
  const bytes = await sharp({ create: { width: 300, height: 200, channels: 3, background: 'red' } })
    .withIccProfile('p3')
    .tiff({ tile: true, compression: 'jpeg' })
    .toBuffer()
  const icc = (await look(bytes))?.icc
  expect(icc?.equals((await sharp(bytes).metadata()).icc ?? Buffer.alloc(0))).toBe(true)
})

test('200,000 x 200,000 pixels are fine, and beyond a limit the message carries both numbers', async () => {
  expect((await look(repeatedTileSlide(200_000, 200_000)))?.levels).toEqual([{ widthPx: 200_000, heightPx: 200_000 }])
  const beyond = (widthPx: number, heightPx: number) =>
    look(buildTiff([{ tags: { ...strips(widthPx, heightPx).tags, 322: [256], 323: [256] } }]))
  await expect(beyond(1_000_001, 10)).rejects.toThrow(/1,000,001 x 10 pixels; at most 1,000,000 a side/)
  await expect(beyond(400_000, 400_000)).rejects.toThrow(/at most .* 100,000,000,000 in all/)
})
