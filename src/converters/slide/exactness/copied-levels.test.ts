import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { buildTiledTiff } from '../../testing/build-tiff.ts'
import { ForkedChild } from '../../testing/forked-child.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { jpegSegments } from '../pixels/jpeg-header.ts'
import { copyPixels, newPixels, type PixelWindow } from '../pixels/pixel-window.ts'
import { asSharp, picture } from '../readers/tiff/testing/picture.ts'
import { areaAverages } from './testing/area-average.ts'
import { type DeepZoomResult, deepZoomOf } from './testing/deep-zoom-result.ts'
import { jpegPage } from './testing/jpeg-slide.ts'

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

/** Whole tiles of the levels that are to be copied, counted from the geometry alone. */
function wholeTiles({ geometry }: DeepZoomResult, levels: number[]): number {
  return levels
    .map((index) => geometry.levels[index] ?? { widthPx: 0, heightPx: 0 })
    .reduce((sum, { widthPx, heightPx }) => sum + wholeAlong(widthPx, geometry) * wholeAlong(heightPx, geometry), 0)
}
const wholeAlong = (lengthPx: number, { tileSizePx }: { tileSizePx: number }) => Math.floor(lengthPx / tileSizePx)

function expectCopied(result: DeepZoomResult, levels: number[]): void {
  const copied = wholeTiles(result, levels)
  const total = result.geometry.tiles
  expect(result.about.tiles).toEqual({ total, copied, encoded: total - copied, resumed: 0, repaired: 0 })
}

/** The coded pixels of a tile: tables and markers may differ between a tile of a slide and a file of its own. */
function scanOf(jpeg: Buffer): string {
  const scan = [...jpegSegments(jpeg)].at(-1)
  return jpeg.subarray(scan ? scan.offset + scan.lengthBytes : 0).toString('latin1')
}

test.each([
  { size: [1024, 768], levels: 4, copied: [0, 1, 2, 3] },
  // libvips rounds down: 1000 x 700, 500 x 350, 250 x 175, 125 x 87; Deep Zoom up, where the last is 125 x 88.
  { size: [1000, 700], levels: 4, copied: [0, 1, 2] },
  { size: [1001, 701], levels: 4, copied: [0] },
  // 1026 x 770, 513 x 385, then 256 x 192 for 257 x 193.
  { size: [1026, 770], levels: 4, copied: [0, 1] }
])('a pyramid that libvips wrote, $size: of $levels levels $copied are copied', async ({ size, levels, copied }) => {
  const [widthPx = 0, heightPx = 0] = size
  const path = join(dir.path, 'pyramid.tif')
  const options = { tile: true, tileWidth: 128, tileHeight: 128, pyramid: true, compression: 'jpeg' } as const
  await asSharp(picture(widthPx, heightPx)).tiff(options).toFile(path)
  await using result = await deepZoomOf(child, path)
  expect(result.about.sourceLevels).toBe(levels)
  expectCopied(result, copied)
})

/** Levels of one picture at the given steps of halving; `crooked` ones a pixel narrower than Deep Zoom wants them. */
function pagesOf(full: PixelWindow, steps: number[], crooked: number[] = []) {
  const averages = areaAverages(full, Math.max(...steps) + 1)
  return Promise.all(
    steps.map((step) => {
      const average = averages[step]
      if (!average) throw new Error(`no level ${step}`)
      const narrow = newPixels(average.widthPx - 1, average.heightPx)
      copyPixels(average, narrow)
      return jpegPage(crooked.includes(step) ? narrow : average, { tilePx: 64, sharedTables: true })
    })
  )
}

test.each([
  ['as pages', [0, 1, 2, 3], [], [0, 1, 2, 3]],
  ['as pages, one of them crooked', [0, 1, 2, 3], [2], [0, 1, 3]],
  ['as sub-directories', [0, 1, 2, 3], [], [0, 1, 2, 3]],
  ['as pages 4x apart', [0, 2, 4], [], [0, 2, 4]],
  ['as pages 4x apart of an Aperio slide', [0, 2, 4], [], [0, 2, 4]]
])('%s: levels %j, of which %j are crooked, are copied as %j', async (how, steps, crooked, copied) => {
  const path = join(dir.path, 'levels.tif')
  const [full, ...rest] = await pagesOf(picture(1301, 1101), steps, crooked)
  if (!full) throw new Error('no page')
  const inside = how.includes('sub-directories')
  if (how.includes('Aperio'))
    full.tags = { ...full.tags, 270: 'Aperio Image Library v10.0.51\r\n1301x1101|MPP = 0.499' }
  await writeFile(path, buildTiledTiff(inside ? [{ ...full, subPages: rest }] : [full, ...rest]))
  await using result = await deepZoomOf(child, path)
  expect(result.about.sourceLevels).toBe(steps.length)
  if (how.includes('Aperio')) expect(result.about.sourceFormat).toBe('Aperio SVS')
  expectCopied(result, copied)
  const pages = [full, ...rest]
  for (const index of copied) {
    const page = pages[steps.indexOf(index)]
    const level = result.geometry.levels[index]
    if (!page || !level) throw new Error(`no level ${index}`)
    for (let row = 0; row < wholeAlong(level.heightPx, result.geometry); row++)
      for (let column = 0; column < wholeAlong(level.widthPx, result.geometry); column++) {
        const stored = Buffer.from(page.tiles[row * level.columns + column] ?? [])
        expect(scanOf(await result.bytes(index, column, row))).toBe(scanOf(stored))
      }
  }
})
