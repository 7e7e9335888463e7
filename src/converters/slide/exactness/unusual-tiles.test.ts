import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { buildTiledTiff, type TagValue } from '../../testing/build-tiff.ts'
import { ForkedChild } from '../../testing/forked-child.ts'
import { psnr } from '../../testing/psnr.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { type PixelWindow, packed, partOf } from '../pixels/pixel-window.ts'
import { asSharp } from '../readers/tiff/testing/picture.ts'
import { areaAverages } from './testing/area-average.ts'
import { type DeepZoomResult, deepZoomOf } from './testing/deep-zoom-result.ts'
import { cutPadded, type JpegWish, jpegSlide } from './testing/jpeg-slide.ts'
import { tissue } from './testing/tissue.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const [widthPx, heightPx] = [701, 503]
let child: ForkedChild
let dir: Awaited<ReturnType<typeof tempDir>>
let whole: PixelWindow
beforeAll(async () => {
  dir = await tempDir()
  child = await ForkedChild.start()
  whole = await tissue(widthPx, heightPx)
})
afterAll(async () => {
  await child[Symbol.asyncDispose]()
  await dir[Symbol.asyncDispose]()
})

/** dB by which each level that is more than a few blocks of JPEG large differs from the picture it was made of. */
async function likenessOf({ geometry, level }: DeepZoomResult, picture = whole): Promise<number[]> {
  const averages = areaAverages(picture, geometry.levels.length)
  const large = geometry.levels.filter((found) => found.widthPx * found.heightPx > 256)
  return Promise.all(
    large.map(async ({ index }) => psnr(packed(await level(index)), packed(averages[index] ?? picture)))
  )
}

async function expectLikeness(result: DeepZoomResult, leastDb: number, picture = whole): Promise<void> {
  const likeness = await likenessOf(result, picture)
  expect(likeness.length).toBeGreaterThan(4)
  expect(likeness.filter((db) => db < leastDb)).toEqual([])
}
async function fileOf(bytes: Buffer): Promise<string> {
  const path = join(dir.path, 'slide.tif')
  await writeFile(path, bytes)
  return path
}

/** Against the picture that the slide was made of, whose own JPEG tiles have lost something already. */
const madeDb = 33

test.each<JpegWish & { name: string }>([
  { name: '75 px, odd', tilePx: 75 },
  { name: '75 px, odd, 4:2:0', tilePx: 75, chroma: '4:2:0' },
  { name: '100 px, no multiple of 8', tilePx: 100 },
  { name: '100 px, no multiple of 16, 4:2:0', tilePx: 100, chroma: '4:2:0' },
  { name: '120 px, no multiple of 16, 4:2:0', tilePx: 120, chroma: '4:2:0' },
  { name: '250 px, no multiple of 4, 4:2:0', tilePx: 250, chroma: '4:2:0' },
  { name: 'progressive', tilePx: 128, progressive: true },
  { name: 'progressive 4:2:0', tilePx: 128, progressive: true, chroma: '4:2:0' }
])('source tiles of $name', async (wish) => {
  const path = await fileOf(await jpegSlide(whole, wish))
  await using result = await deepZoomOf(child, path)
  expect(result.about).toMatchObject({ reader: 'tiff', tileSizePx: wish.tilePx, tiles: { repaired: 0 } })
  await expectLikeness(result, madeDb)
})

test.each([
  [77, 0],
  [125, 0],
  [100, 1],
  [128, 2],
  [65, 3],
  [256, 16],
  [64, 15]
])('tiles of %i px with overlap %i show the slide at every level', async (tileSizePx, overlapPx) => {
  const path = await fileOf(await jpegSlide(whole, { tilePx: 128, chroma: '4:2:0' }))
  await using result = await deepZoomOf(child, path, { tileSizePx, overlapPx })
  expect(result.about).toMatchObject({ tileSizePx, overlapPx, tiles: { copied: 0, repaired: 0 } })
  await expectLikeness(result, madeDb)
})

async function greyOf(picture: PixelWindow): Promise<PixelWindow> {
  const samples = await asSharp(picture).greyscale().raw().toBuffer()
  const channels = samples.length / (picture.widthPx * picture.heightPx)
  const data = Buffer.alloc(picture.widthPx * picture.heightPx * 3)
  for (let i = 0; i < data.length; i++) data[i] = samples[Math.floor(i / 3) * channels] ?? 0
  return { ...picture, data }
}

const tilePx = 128
const tilesOf = (picture: PixelWindow, encode: (tile: Sharp) => Sharp) =>
  Promise.all(cutPadded(picture, tilePx).map((tile) => encode(asSharp(tile)).toBuffer()))
const asColour = (tile: Sharp) => tile.jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
const asGrey = (tile: Sharp) => tile.toColourspace('b-w').jpeg({ quality: 92 })
const asCmyk = (tile: Sharp) => tile.toColourspace('cmyk').jpeg({ quality: 92 })
const slideOf = (tiles: Buffer[], tags: Record<number, TagValue>) =>
  fileOf(buildTiledTiff([{ widthPx, heightPx, tileWidthPx: tilePx, tiles, tags: { 259: [7], ...tags } }]))
const ycbcr = { 262: [6], 530: [1, 1] }

test('grey tiles are shown as grey', async () => {
  const grey = await greyOf(whole)
  const path = await slideOf(await tilesOf(grey, asGrey), { 258: [8], 262: [1], 277: [1] })
  await using result = await deepZoomOf(child, path)
  expect(result.about).toMatchObject({ reader: 'tiff', tiles: { repaired: 0 } })
  await expectLikeness(result, madeDb, grey)
})

test('a grey tile and a progressive one among others are copied, one of four inks is named and filled', async () => {
  const [tiles, grey, inks] = await Promise.all([asColour, asGrey, asCmyk].map((encode) => tilesOf(whole, encode)))
  const [, progressive] = await tilesOf(whole, (tile) => asColour(tile).jpeg({ progressive: true }))
  if (!tiles || !grey?.[7] || !inks?.[8] || !progressive) throw new Error('no tiles')
  tiles[1] = progressive
  tiles[7] = grey[7]
  tiles[8] = inks[8]
  await using result = await deepZoomOf(child, await slideOf(tiles, ycbcr))
  expect(result.about.repaired).toMatchObject([{ level: 0, column: 2, row: 1, how: 'background' }])
  expect(result.about.tiles.copied).toBe(5 * 3 - 1)
  const full = await result.level(0)
  const shown = (column: number, row: number) => packed(partOf(full, column * tilePx, row * tilePx, tilePx, tilePx))
  const original = (picture: PixelWindow, index: number) => packed(cutPadded(picture, tilePx)[index] ?? picture)
  expect(psnr(shown(1, 0), original(whole, 1))).toBeGreaterThan(madeDb)
  expect(psnr(shown(1, 1), original(await greyOf(whole), 7))).toBeGreaterThan(madeDb)
  expect(shown(2, 1).every((sample) => sample > 250)).toBe(true)
})

test('tiles of four inks are shown as colour management shows them, whether OpenSlide is here or not', async () => {
  const path = await fileOf(
    await asSharp(whole).toColourspace('cmyk').tiff({ compression: 'jpeg', tile: true, quality: 92 }).toBuffer()
  )
  await using result = await deepZoomOf(child, path)
  expect(result.about.reader).toBe('libvips')
  const expected = await sharp(path).toColourspace('srgb').raw().toBuffer()
  expect(psnr(packed(await result.level(0)), expected)).toBeGreaterThan(madeDb)
})

const inTiles = { tile: true, tileWidth: tilePx, tileHeight: tilePx } as const
const pixelsOf = (tiff: Buffer) => sharp(tiff).flatten({ background: '#ffffff' }).toColourspace('srgb').raw().toBuffer()

test.each<[string, (picture: Sharp) => Sharp]>([
  ['16 bits', (picture) => picture.toColourspace('rgb16').tiff({ ...inTiles, compression: 'lzw' })],
  ['grey of 16 bits', (picture) => picture.toColourspace('grey16').tiff({ ...inTiles, compression: 'deflate' })],
  [
    'grey with transparency',
    (picture) =>
      picture
        .toColourspace('b-w')
        .ensureAlpha(0.6)
        .tiff({ ...inTiles, compression: 'none' })
  ],
  ['a colour with transparency', (picture) => picture.ensureAlpha(0.6).tiff({ ...inTiles, compression: 'lzw' })],
  [
    'one bit',
    (picture) =>
      picture.toColourspace('b-w').tiff({ ...inTiles, bitdepth: 1, compression: 'deflate', predictor: 'none' })
  ],
  [
    'black as the largest number',
    (picture) => picture.toColourspace('b-w').tiff({ ...inTiles, compression: 'lzw', miniswhite: true })
  ]
])('tiles of %s have the pixels that libvips reads', async (_, make) => {
  const tiff = await make(asSharp(whole)).toBuffer()
  await using result = await deepZoomOf(child, await fileOf(tiff))
  expect(result.about.tiles.repaired).toBe(0)
  expect(psnr(packed(await result.level(0)), await pixelsOf(tiff))).toBeGreaterThan(madeDb)
})

test('a small scan in strips keeps the scale of its tags', async () => {
  const scan = asSharp(whole).tiff({ compression: 'lzw', xres: 2000, yres: 2000 })
  await using result = await deepZoomOf(child, await fileOf(await scan.toBuffer()))
  expect(result.about).toMatchObject({ reader: 'libvips', mpp: 0.5 })
})

test.each([
  ['YCbCr', ycbcr],
  ['RGB', { 262: [2] }]
])('a slide that says %s and holds nothing but tiles of four inks is damaged', async (_, tags) => {
  const sourcePath = await slideOf(await tilesOf(whole, asCmyk), tags)
  const error = await child.failure({ sourcePath, profile: 'dzi', output: { type: 'folder', dir: dir.path } })
  expect(error).toMatchObject({ code: 'damaged', class: 'input' })
  expect(error.message).toContain('none can be decoded')
})
