import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ForkedChild } from '../../testing/forked-child.ts'
import { psnr } from '../../testing/psnr.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { realSlide } from '../../testing/tools.ts'
import { type PixelWindow, packed } from '../pixels/pixel-window.ts'
import { SharpCodec } from '../pixels/sharp-codec.ts'
import { buildPyramid } from '../pyramid/build-pyramid.ts'
import { deepZoomLayout, pyramid } from '../pyramid/geometry.ts'
import { planPyramid } from '../pyramid/plan.ts'
import { readTiffSlide } from '../readers/tiff/index.ts'
import { withLevels } from '../readers/tiff/testing/open-tiff.ts'
import { sinkFor } from '../sinks/index.ts'
import { areaAverages } from './testing/area-average.ts'
import { type DeepZoomResult, deepZoomOf, folderOfTiles } from './testing/deep-zoom-result.ts'
import { jpegSlide } from './testing/jpeg-slide.ts'
import { tissue } from './testing/tissue.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const leastDb = 36
let dir: Awaited<ReturnType<typeof tempDir>>
beforeAll(async () => {
  dir = await tempDir()
})
afterAll(() => dir[Symbol.asyncDispose]())

/** dB of every level against the average of the full size as libvips decodes the source. */
async function likenessOf(result: Pick<DeepZoomResult, 'geometry' | 'level'>, full: PixelWindow): Promise<number[]> {
  const found: number[] = []
  for (const [index, average] of areaAverages(full, result.geometry.levels.length).entries())
    found.push(psnr(packed(await result.level(index)), packed(average)))
  return found
}

async function expectAllLevels(result: Pick<DeepZoomResult, 'geometry' | 'level'>, sourcePath: string): Promise<void> {
  const { data, info } = await sharp(sourcePath, { page: 0 }).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const full = { data, offset: 0, strideBytes: info.width * 3, widthPx: info.width, heightPx: info.height }
  const likeness = await likenessOf(result, full)
  expect(likeness.filter((db) => db < leastDb)).toEqual([])
}

async function madeSlide(chroma: '4:4:4' | '4:2:0', widthPx = 1501, heightPx = 1003): Promise<string> {
  const path = join(dir.path, 'tissue.tif')
  await writeFile(path, await jpegSlide(await tissue(widthPx, heightPx), { tilePx: 240, chroma, quality: 85 }))
  return path
}

test.skipIf(!realSlide)('every level of a real SVS is the average of its full size', async () => {
  await using child = await ForkedChild.start()
  await using result = await deepZoomOf(child, realSlide ?? '')
  expect(result.geometry.levels).toHaveLength(13)
  await expectAllLevels(result, realSlide ?? '')
})

test.each([
  ['4:4:4', {}],
  ['4:2:0', {}],
  ['4:2:0', { overlapPx: 1 }],
  ['4:2:0', { tileSizePx: 256 }]
] as const)(
  'every level of a made slide with texture (%s, %o) is the average of its full size',
  async (chroma, options) => {
    const path = await madeSlide(chroma)
    await using child = await ForkedChild.start()
    await using result = await deepZoomOf(child, path, options)
    await expectAllLevels(result, path)
  }
)

async function builtBySharp(sourcePath: string, to: string) {
  await mkdir(to)
  const slide = await readTiffSlide({ path: sourcePath, sizeBytes: 1 })
  return withLevels(slide, async (source) => {
    const [full] = source.levels
    if (!full) throw new Error('no level')
    const geometry = pyramid(full, { sizePx: full.tileWidthPx, overlapPx: 0 }, deepZoomLayout)
    const sink = await sinkFor('dzi', geometry, { resultDir: to }, { scratchDir: dir.path })
    const { presence } = await buildPyramid({
      geometry,
      plan: planPyramid(geometry, source.levels, true),
      source,
      sink,
      codec: new SharpCodec(2),
      quality: 93,
      background: '#ffffff',
      recolour: undefined,
      dress: (jpeg) => jpeg,
      resume: false,
      signal: new AbortController().signal,
      progress: () => {}
    })
    await sink.finish({})
    await sink.close()
    expect(presence.count).toBe(geometry.tiles)
    return folderOfTiles(join(to, 'result_files'), geometry)
  })
}

test('without libjpeg-turbo the same pyramid comes out', async () => {
  const path = await madeSlide('4:2:0', 1001, 703)
  const fallback = await builtBySharp(path, join(dir.path, 'by-sharp'))
  await expectAllLevels(fallback, path)
  await using child = await ForkedChild.start()
  await using usual = await deepZoomOf(child, path)
  expect(fallback.geometry.levels).toEqual(usual.geometry.levels)
  for (const { index } of usual.geometry.levels)
    expect(psnr(packed(await fallback.level(index)), packed(await usual.level(index)))).toBeGreaterThan(leastDb)
})

test.skipIf(!realSlide)('without libjpeg-turbo every level of a real SVS is the average of its full size', async () => {
  await expectAllLevels(await builtBySharp(realSlide ?? '', join(dir.path, 'real-by-sharp')), realSlide ?? '')
})
