import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ForkedChild } from '../../testing/forked-child.ts'
import { meanDifference, psnr } from '../../testing/psnr.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { newPixels } from '../pixels/pixel-window.ts'
import { sidecar } from '../sidecar.ts'
import { type TiledJpegWish, tiledJpeg, tileJpeg } from '../testing/tiled-jpeg.ts'
import { withIcc } from './embed-icc.ts'
import { srgbConverter } from './srgb-converter.ts'
import { lutProfile } from './testing/lut-profile.ts'

// A slide with a profile through the whole child: what becomes of its colours, and where the profile ends up.

let child: ForkedChild
beforeAll(async () => {
  child = await ForkedChild.start()
})
afterAll(() => child[Symbol.asyncDispose]())

async function converted(
  dir: string,
  icc: Buffer,
  profile: string,
  options: Record<string, unknown> = {},
  wish: TiledJpegWish = {}
) {
  const [source, result, scratchDir] = ['slide.tiff', 'result', 'scratch'].map((name) => join(dir, name)) as [
    string,
    string,
    string
  ]
  await Promise.all([mkdir(result), mkdir(scratchDir)])
  await writeFile(source, await tiledJpeg({ ...wish, tags: { 34675: icc } }))
  await child.convert({ sourcePath: source, profile, options, output: { type: 'folder', dir: result }, scratchDir })
  const about = sidecar.parse(JSON.parse(await readFile(join(result, 'result.json'), 'utf8')))
  return { about, file: (name: string) => join(result, name), tile: (at: string) => join(result, 'result_files', at) }
}

const pixelsIn = (file: string | Buffer) => sharp(file, { ignoreIcc: true }).raw().toBuffer()
/** Of the full level, with no edge, and of a level that is always built. */
const [inner, built] = ['10/1_1.jpeg', '9/0_0.jpeg']

/** What the tile must show: the source's, relative colorimetric. */
async function expectedTile(icc: Buffer): Promise<Buffer> {
  const window = { ...newPixels(240, 240), data: await pixelsIn(await tileJpeg(6)) }
  const converter = await srgbConverter(icc, 1)
  await converter.convert(window)
  await converter.close()
  return window.data
}

test('colours are converted to sRGB in every tile, and the profile is gone', async () => {
  await using dir = await tempDir()
  const icc = lutProfile()
  const { about, tile } = await converted(dir.path, icc, 'dzi', { color: 'srgb' })
  expect(about).toMatchObject({ color: 'converted to sRGB', tiles: { copied: 0 } })
  const found = await pixelsIn(tile(inner))
  const [kept, expected] = [await pixelsIn(await tileJpeg(6)), await expectedTile(icc)]
  expect(psnr(found, expected)).toBeGreaterThan(36)
  expect(psnr(found, kept)).toBeLessThan(30)
  expect((await sharp(tile(built)).metadata()).icc).toBeUndefined()
})

test('kept colours: copied tiles stay as they are, encoded ones and the sidecar carry the profile', async () => {
  await using dir = await tempDir()
  const icc = lutProfile()
  const { about, tile } = await converted(dir.path, icc, 'dzi')
  expect(about).toMatchObject({ color: 'kept', icc: icc.toString('base64') })
  expect((await readFile(tile(inner))).equals(await tileJpeg(6))).toBe(true)
  expect((await sharp(tile(built)).metadata()).icc?.equals(icc)).toBe(true)
})

test('a serial number in the profile is kept out of everything, and the report says so', async () => {
  await using dir = await tempDir()
  const icc = lutProfile({ description: 'AT2 SS1302' })
  const { about, tile } = await converted(dir.path, icc, 'dzi')
  expect(about.removed).toContain('ICC profile texts')
  expect(Buffer.from(about.icc ?? '', 'base64').includes('SS1302')).toBe(false)
  expect((await readFile(tile(built))).includes('SS1302')).toBe(false)
  const kept = join(dir.path, 'kept')
  await mkdir(kept)
  expect((await converted(kept, icc, 'dzi', { deidentify: false })).about.icc).toBe(icc.toString('base64'))
})

test('a large profile stands in the sidecar alone', async () => {
  await using dir = await tempDir()
  const icc = lutProfile({ paddingBytes: 100_000 })
  const { about, tile } = await converted(dir.path, icc, 'dzi')
  expect(about.icc).toBe(icc.toString('base64'))
  expect((await sharp(tile(built)).metadata()).icc).toBeUndefined()
})

test('a BigTIFF carries the profile once, in its tag', async () => {
  await using dir = await tempDir()
  const icc = lutProfile({ paddingBytes: 100_000 })
  const { file } = await converted(dir.path, icc, 'bigtiff')
  expect((await sharp(file('result.tif')).metadata()).icc?.equals(icc)).toBe(true)
})

/** What a viewer that heeds profiles shows. */
const managed = (file: string | Buffer) => sharp(file).toColourspace('srgb').raw().toBuffer()

/**
 * A profile whose name is written as in ICC 2, with 67 bytes for a script that nobody uses: the smallest profiles let them be
 * those of the tags that follow; here of the primaries, in front of which it takes the place of a tag that can be missing.
 */
function moreCompact(builtIn: Buffer): Buffer {
  const icc = Buffer.from(builtIn)
  const [entry, spare, name] = [icc.indexOf('desc'), icc.indexOf('chad'), 'P3\0']
  const at = icc.readUInt32BE(spare + 4)
  icc.write('none', spare, 'latin1')
  icc.writeUInt32BE(at, entry + 4)
  icc.fill(0, at, at + 12 + name.length + 11)
  icc.write('desc', at, 'latin1')
  icc.writeUInt32BE(name.length, at + 8)
  icc.write(name, at + 12, 'latin1')
  icc.writeUInt32BE(12 + name.length + 11 + 67, entry + 8)
  return icc
}

describe('a slide in Display P3, by a profile as small as they come', () => {
  const raw = { width: 240, height: 240, channels: 3 } as const
  /** All shades of two colours, which P3 and sRGB show clearly differently. */
  const vivid = Buffer.from(
    Array.from({ length: 240 * 240 * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % 240, Math.floor(i / 720)]
      return [x + 10, 250 - y, (x + y) >> 1][i % 3] ?? 0
    })
  )
  let tile: Buffer
  let icc: Buffer
  beforeAll(async () => {
    tile = await sharp(vivid, { raw }).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()
    const { icc: builtIn } = await sharp(await sharp(tile).withIccProfile('p3').jpeg().toBuffer()).metadata()
    icc = moreCompact(builtIn ?? Buffer.alloc(0))
  })
  const vividTiles: TiledJpegWish = { change: () => tile }

  test('converted to sRGB its pixels are those that sharp’s own conversion gives', async () => {
    await using dir = await tempDir()
    const result = await converted(dir.path, icc, 'dzi', { color: 'srgb', quality: 100 }, vividTiles)
    expect(result.about.color).toBe('converted to sRGB')
    const [found, expected] = [await pixelsIn(result.tile(inner)), await managed(withIcc(tile, icc))]
    expect(meanDifference(found, expected)).toBeLessThan(1)
    expect(meanDifference(expected, await pixelsIn(tile))).toBeGreaterThan(5)
  })

  test('kept, tiles show the same through the profile of the sidecar and through their own', async () => {
    await using dir = await tempDir()
    const result = await converted(dir.path, icc, 'dzi', {}, vividTiles)
    const passedOn = Buffer.from(result.about.icc ?? '', 'base64')
    const copied = await readFile(result.tile(inner))
    expect((await managed(withIcc(copied, passedOn))).equals(await managed(withIcc(tile, icc)))).toBe(true)
    expect((await sharp(result.tile(built)).metadata()).icc?.equals(passedOn)).toBe(true)
  })
})
