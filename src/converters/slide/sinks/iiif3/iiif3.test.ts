import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { psnr } from '../../../testing/psnr.ts'
import { tempDir } from '../../../testing/temp-dir.ts'
import { pyramid } from '../../pyramid/geometry.ts'
import { sinkFor } from '../index.ts'
import { fillSink, testPicture, tileOf } from '../testing/fill-sink.ts'
import { iiif3Layout } from './iiif3-names.ts'

async function write(dir: string, widthPx: number, heightPx: number) {
  const geometry = pyramid({ widthPx, heightPx }, { sizePx: 128, overlapPx: 0 }, iiif3Layout)
  const picture = await testPicture(widthPx, heightPx)
  const sink = await sinkFor('iiif3', geometry, { resultDir: dir }, { scratchDir: dir })
  await fillSink(sink, geometry, picture)
  await sink.finish({})
  await sink.close()
  const info = JSON.parse(await readFile(join(dir, 'result_iiif/info.json'), 'utf8'))
  return { geometry, picture, info }
}

test('info.json tells tiles, sizes and what is the largest whole image, which is there', async () => {
  await using dir = await tempDir()
  const { info, picture } = await write(dir.path, 301, 170)
  expect(info).toMatchObject({
    '@context': 'http://iiif.io/api/image/3/context.json',
    type: 'ImageService3',
    protocol: 'http://iiif.io/api/image',
    profile: 'level0',
    width: 301,
    height: 170,
    maxWidth: 128,
    maxHeight: 128,
    sizes: [{ width: 76, height: 43 }],
    tiles: [{ width: 128, height: 128, scaleFactors: [1, 2, 4] }]
  })
  expect(URL.canParse(info.id)).toBe(true)
  const largest = await sharp(join(dir.path, 'result_iiif/full/max/0/default.jpg'))
    .raw()
    .toBuffer({ resolveWithObject: true })
  expect([largest.info.width, largest.info.height]).toEqual([128, 72])
  const small = await sharp(picture).resize(128, 72, { fit: 'fill' }).removeAlpha().raw().toBuffer()
  expect(psnr(largest.data, small)).toBeGreaterThan(25)
  const whole = await sharp(join(dir.path, 'result_iiif/full/76,43/0/default.jpg')).metadata()
  expect([whole.width, whole.height]).toEqual([76, 43])
})

test('an image of one tile is that tile by all its names', async () => {
  await using dir = await tempDir()
  const { geometry, picture, info } = await write(dir.path, 100, 60)
  const [only] = geometry.levels
  if (!only) throw new Error('no level')
  const tile = await tileOf(picture, geometry, only, 0, 0)
  for (const name of ['full/max', 'full/100,60', '0,0,100,60/100,60'])
    expect(await readFile(join(dir.path, `result_iiif/${name}/0/default.jpg`))).toEqual(tile)
  expect(info.maxWidth).toBeUndefined()
})
