import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ForkedChild } from '../../testing/forked-child.ts'
import { psnr } from '../../testing/psnr.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { realSlide } from '../../testing/tools.ts'
import { packed, partOf } from '../pixels/pixel-window.ts'
import { openSlideHere } from '../readers/openslide/testing/openslide-here.ts'
import { asSharp, picture } from '../readers/tiff/testing/picture.ts'
import { byOpenSlide } from './testing/by-openslide.ts'
import { type DeepZoomResult, deepZoomOf } from './testing/deep-zoom-result.ts'
import { type JpegWish, jpegSlide } from './testing/jpeg-slide.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let child: ForkedChild
let dir: Awaited<ReturnType<typeof tempDir>>
beforeAll(async () => {
  dir = await tempDir()
  child = await ForkedChild.start()
})
afterAll(async () => {
  await child[Symbol.asyncDispose]()
  await dir[Symbol.asyncDispose]()
})

/** Every tile that is whole is copied and shows what OpenSlide shows, bit by bit; the cut ones are close to it. */
async function expectOpenSlidesPixels(path: string, result: DeepZoomResult): Promise<void> {
  const { about, geometry } = result
  const [columns, rows] = [about.widthPx, about.heightPx].map((side) => Math.floor(side / about.tileSizePx))
  if (columns === undefined || rows === undefined) throw new Error('no size')
  expect(about).toMatchObject({ reader: 'tiff', tiles: { total: geometry.tiles, copied: columns * rows, repaired: 0 } })
  expect(columns * rows).toBeGreaterThan(0)
  const [ours, theirs] = [await result.level(0), await byOpenSlide(path)]
  const copied = [columns * about.tileSizePx, rows * about.tileSizePx] as const
  expect(packed(partOf(ours, 0, 0, ...copied)).equals(packed(partOf(theirs, 0, 0, ...copied)))).toBe(true)
  expect(psnr(packed(ours), packed(theirs))).toBeGreaterThan(40)
}

describe.skipIf(!openSlideHere)('copied tiles have the pixels that OpenSlide shows', () => {
  test.skipIf(!realSlide)('of a real SVS', async () => {
    const path = realSlide ?? ''
    await using result = await deepZoomOf(child, path)
    await expectOpenSlidesPixels(path, result)
  })

  test.each<JpegWish & { name: string }>([
    { name: 'RGB without APP14', tilePx: 128, rgb: true },
    { name: 'RGB without APP14, tables shared', tilePx: 128, rgb: true, sharedTables: true },
    { name: 'YCbCr 4:4:4', tilePx: 128 },
    { name: 'YCbCr 4:4:4, tables shared', tilePx: 128, sharedTables: true },
    { name: 'YCbCr 4:2:0', tilePx: 128, chroma: '4:2:0' },
    { name: 'YCbCr 4:2:0, tables shared', tilePx: 128, chroma: '4:2:0', sharedTables: true },
    { name: 'YCbCr 4:2:0 of 240 px, low quality', tilePx: 240, chroma: '4:2:0', quality: 40 }
  ])('of a made TIFF: $name', async (wish) => {
    const path = join(dir.path, 'made.tif')
    await writeFile(path, await jpegSlide(picture(701, 533), wish))
    await using result = await deepZoomOf(child, path)
    await expectOpenSlidesPixels(path, result)
  })

  test.each([
    ['RGB', 92],
    ['YCbCr 4:2:0', 75]
  ])('of a TIFF that libvips wrote: %s, tables shared', async (_, quality) => {
    const path = join(dir.path, 'libvips.tif')
    const jpeg = { compression: 'jpeg', tile: true, tileWidth: 256, tileHeight: 256, quality } as const
    await asSharp(picture(701, 533)).tiff(jpeg).toFile(path)
    await using result = await deepZoomOf(child, path)
    await expectOpenSlidesPixels(path, result)
  })
})
