import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildTiff } from '../../../testing/build-tiff.ts'
import { meanDifference } from '../../../testing/psnr.ts'
import { tempDir } from '../../../testing/temp-dir.ts'
import { realSlide } from '../../../testing/tools.ts'
import { halve } from '../../pixels/box-filter.ts'
import { newPixels, type PixelWindow } from '../../pixels/pixel-window.ts'
import type { SlideSource, SourceLevel } from '../../source.ts'
import { readOpenSlide } from './index.ts'
import { type MiraxImage, type MiraxPlan, writeMirax } from './testing/build-mirax.ts'
import { writeVms } from './testing/build-vms.ts'
import { openSlideHere } from './testing/openslide-here.ts'

const libraryPath = process.env.MICROTOME_OPENSLIDE_PATH
let dir: Awaited<ReturnType<typeof tempDir>>
beforeAll(async () => {
  dir = await tempDir()
})
afterAll(() => dir[Symbol.asyncDispose]())

/** Smooth in large, different at every pixel: a shift or a swapped channel shows. */
function pattern(widthPx: number, heightPx: number): Buffer {
  const pixels = Buffer.alloc(widthPx * heightPx * 3)
  for (let y = 0, i = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++) {
      pixels[i++] = (x * 3 + y) & 255
      pixels[i++] = (y * 5 + (x >> 3)) & 255
      pixels[i++] = ((x ^ y) * 7) & 255
    }
  return pixels
}

const read = (path: string) => readOpenSlide({ path, sizeBytes: 1 }, libraryPath)

async function opened(path: string) {
  const content = await read(path)
  if (!content) throw new Error('not read by OpenSlide')
  const signal = new AbortController().signal
  const tiles = { sizePx: 256, quality: 90, lossless: false }
  return { content, source: await content.open({ threads: 2, scratchDir: dir.path, signal, tiles }) }
}

/** All pixels of a level, put together from its tiles, all of which are decoded at once. */
async function wholeLevel(level: SourceLevel, scale: 1 | 2 = 1): Promise<PixelWindow> {
  const { widthPx, heightPx, tileWidthPx, tileHeightPx } = level
  const [columns, rows] = [Math.ceil(widthPx / tileWidthPx), Math.ceil(heightPx / tileHeightPx)]
  const [tileW, tileH] = [tileWidthPx / scale, tileHeightPx / scale]
  const whole = newPixels(columns * tileW, rows * tileH)
  const decodings = Array.from({ length: rows }, async (_, row) => {
    const tiles = await level.readTiles(row, 0, columns)
    expect(tiles.map(({ stored, bytes }) => [stored, bytes])).toEqual(tiles.map(() => [true, undefined]))
    await Promise.all(
      tiles.map((tile) => {
        const offset = whole.offset + row * tileH * whole.strideBytes + tile.column * tileW * 3
        return level.decode(tile, { ...whole, offset, widthPx: tileW, heightPx: tileH }, scale)
      })
    )
  })
  await Promise.all(decodings)
  return whole
}

function cropped(whole: PixelWindow, widthPx: number, heightPx: number): Buffer {
  const rows = Array.from({ length: heightPx }, (_, y) =>
    whole.data.subarray(y * whole.strideBytes, y * whole.strideBytes + widthPx * 3)
  )
  return Buffer.concat(rows)
}

function levelOf(source: SlideSource, index: number): SourceLevel {
  const level = source.levels[index]
  if (!level) throw new Error(`no level ${index}`)
  return level
}

describe.skipIf(!openSlideHere)('a slide that OpenSlide reads', () => {
  test('has the same pixels as in libvips, at odd edges too, and background beyond them', async () => {
    const path = join(dir.path, 'odd.tif')
    const [width, height] = [700, 333]
    const pixels = pattern(width, height)
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .tiff({ tile: true, tileWidth: 256, tileHeight: 256, compression: 'deflate' })
      .toFile(path)
    const { content, source } = await opened(path)
    expect(content).toMatchObject({ reader: 'openslide', format: 'TIFF', widthPx: width, heightPx: height })
    expect(content.tileSizePx).toBeUndefined()
    const level = levelOf(source, 0)
    expect([level.tileWidthPx, level.tileHeightPx, level.jpeg]).toEqual([256, 256, undefined])
    const whole = await wholeLevel(level)
    expect(cropped(whole, width, height).equals(pixels)).toBe(true)
    const outside = (whole.heightPx - 1) * whole.strideBytes + (whole.widthPx - 1) * 3
    expect([...whole.data.subarray(outside, outside + 3)]).toEqual([255, 255, 255])
    await source.close()
  })

  test('has scale, name and words of a plain TIFF from its tags', async () => {
    const path = join(dir.path, 'plain.tif')
    await sharp(pattern(512, 512), { raw: { width: 512, height: 512, channels: 3 } })
      .withExif({ IFD0: { ImageDescription: 'case 12 of B' } })
      .tiff({ tile: true, tileWidth: 256, tileHeight: 256, compression: 'deflate', xres: 4000, yres: 4000 })
      .toFile(path)
    const content = await read(path)
    expect(content).toMatchObject({ reader: 'openslide', format: 'TIFF', properties: { mpp: 0.25 } })
  })

  test('is not the label that lies on the first page of a plain TIFF', async () => {
    const path = join(dir.path, 'label-first.tif')
    const data = Buffer.alloc(256 * 256 * 3, 90)
    const page = (widthPx: number, tiles: number, name: string) => ({
      tags: {
        ...{ 256: [widthPx], 257: [256], 258: [8, 8, 8], 259: [1], 262: [2], 270: name, 277: [3], 322: [256] },
        ...{ 323: [256], 324: new Array<number>(tiles).fill(8), 325: new Array<number>(tiles).fill(data.length) }
      }
    })
    await writeFile(path, buildTiff([page(256, 1, 'label'), page(512, 2, 'the slide')], { data }))
    expect(await read(path)).toBeUndefined()
  })

  test('gives tiles at half scale as exact averages of four pixels', async () => {
    const path = join(dir.path, 'half.tif')
    await sharp(pattern(512, 512), { raw: { width: 512, height: 512, channels: 3 } })
      .tiff({ tile: true, tileWidth: 256, tileHeight: 256, compression: 'lzw' })
      .toFile(path)
    const { source } = await opened(path)
    const expected = newPixels(256, 256)
    halve(await wholeLevel(levelOf(source, 0)), expected)
    expect((await wholeLevel(levelOf(source, 0), 2)).data.equals(expected.data)).toBe(true)
    await source.close()
  })

  test.skipIf(!realSlide)('names the words and pictures that could identify somebody', async () => {
    const content = await read(realSlide ?? '')
    expect(content).toMatchObject({ format: 'Aperio SVS', properties: { mpp: 0.499, magnification: 20 } })
    const tags = content?.identifying.map(({ tag }) => tag)
    expect(tags).toEqual(
      expect.arrayContaining(['openslide aperio.User', 'openslide aperio.Filename', 'openslide tiff.ImageDescription'])
    )
    expect(tags).not.toContain('openslide aperio.MPP')
    expect(content?.associated.map(({ name }) => name)).toEqual(['label', 'macro', 'thumbnail'])
    const label = await sharp(await content?.associated[0]?.toJpeg()).metadata()
    expect(label).toMatchObject({ format: 'jpeg', width: 387, height: 463 })
  })

  test('is damaged with a reason that names no file, and the rest of it is read all the same', async () => {
    const path = join(dir.path, 'Doe Jane 1950.tif')
    await writeFile(path, await tiffWithBadTile())
    const { source } = await opened(path)
    const level = levelOf(source, 0)
    const tiles = (await Promise.all([0, 1].map((row) => level.readTiles(row, 0, 2)))).flat()
    const windows = tiles.map(() => newPixels(256, 256))
    const ends = await Promise.allSettled(tiles.map((tile, i) => level.decode(tile, windows[i] as PixelWindow, 1)))
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    const reason = ends[1]?.status === 'rejected' ? ends[1].reason : undefined
    expect(reason).toMatchObject({ name: 'TileDamaged' })
    expect(reason.message).not.toMatch(/Doe|Jane|microtome-test/)
    for (const i of [0, 2, 3]) expect(windows[i]?.data.some((sample) => sample !== 255)).toBe(true)
    await source.close()
  })

  test('can be closed while it is read', async () => {
    const path = join(dir.path, 'closed.tif')
    await sharp(pattern(512, 512), { raw: { width: 512, height: 512, channels: 3 } })
      .tiff({ tile: true, tileWidth: 256, tileHeight: 256 })
      .toFile(path)
    const { source } = await opened(path)
    const level = levelOf(source, 0)
    const [tile] = await level.readTiles(0, 0, 1)
    if (!tile) throw new Error('no tile')
    const into = newPixels(256, 256)
    const decoding = level.decode(tile, into, 1)
    await Promise.all([decoding, source.close(), source.close()])
    expect(into.data.some((sample) => sample !== 0)).toBe(true)
  })
})

/** Four tiles of JPEG, of which the second holds nothing of use. */
async function tiffWithBadTile(): Promise<Buffer> {
  const jpeg = await sharp(pattern(256, 256), { raw: { width: 256, height: 256, channels: 3 } })
    .jpeg({ chromaSubsampling: '4:4:4' })
    .toBuffer()
  const bad = Buffer.alloc(jpeg.length, 0x55)
  const at = 8
  return buildTiff(
    [
      {
        tags: {
          256: [512],
          257: [512],
          258: [8, 8, 8],
          259: [7],
          262: [6],
          277: [3],
          284: [1],
          322: [256],
          323: [256],
          324: [at, at + jpeg.length, at, at],
          325: [jpeg.length, jpeg.length, jpeg.length, jpeg.length],
          530: [1, 1]
        }
      }
    ],
    { data: Buffer.concat([jpeg, bad]) }
  )
}

describe.skipIf(!openSlideHere)('an MRXS', () => {
  const imagePx = 64
  const png = (pixels: Buffer) =>
    sharp(pixels, { raw: { width: imagePx, height: imagePx, channels: 3 } })
      .png()
      .toBuffer()

  /** Photos of a picture of the whole scan: columns 1 to 4 of 6, rows 2 to 3 of 6, without those of `holes`. */
  async function plan(holes: [number, number][]): Promise<{ plan: MiraxPlan; full: PixelWindow }> {
    const full = newPixels(6 * imagePx, 6 * imagePx)
    pattern(full.widthPx, full.heightPx).copy(full.data)
    const half = newPixels(full.widthPx / 2, full.heightPx / 2)
    const places = [1, 2, 3, 4].flatMap((column) => [2, 3].map((row) => [column, row] as const))
    const kept = places.filter(([column, row]) => !holes.some(([c, r]) => c === column && r === row))
    for (const [column, row] of places) if (!kept.some(([c, r]) => c === column && r === row)) blank(full, column, row)
    halve(full, half)
    const cut = async (from: PixelWindow, column: number, row: number): Promise<MiraxImage> => {
      const offset = row * imagePx * from.strideBytes + column * imagePx * 3
      const part = { ...from, offset, widthPx: imagePx, heightPx: imagePx }
      const rows = Array.from({ length: imagePx }, (_, y) =>
        part.data.subarray(offset + y * part.strideBytes, offset + y * part.strideBytes + imagePx * 3)
      )
      return { column, row, bytes: await png(Buffer.concat(rows)) }
    }
    const levels = [
      await Promise.all(kept.map(([column, row]) => cut(full, column, row))),
      await Promise.all([0, 1, 2].map((column) => cut(half, column, 1)))
    ]
    const general = { SLIDE_NAME: 'Doe Jane', SLIDE_CREATIONDATETIME: '01/02/2019 10:11:12' }
    return { plan: { columns: 6, rows: 6, imagePx, format: 'PNG', levels, fillBgr: 0xf0e0d0, general }, full }
  }

  function blank(full: PixelWindow, column: number, row: number): void {
    for (let y = row * imagePx; y < (row + 1) * imagePx; y++)
      for (let x = column * imagePx; x < (column + 1) * imagePx; x++)
        full.data.set([0xd0, 0xe0, 0xf0], y * full.strideBytes + x * 3)
  }

  test('is cut to its bounds, with its background where nothing was scanned', async () => {
    const made = await plan([[2, 3]])
    const { content, source } = await opened(await writeMirax(dir.path, 'bounds', made.plan))
    expect(content).toMatchObject({
      format: 'MIRAX MRXS',
      widthPx: 4 * imagePx,
      heightPx: 2 * imagePx,
      properties: { mpp: 0.25, magnification: 20 },
      parts: ['bounds.mrxs', 'bounds/Data0000.dat', 'bounds/Index.dat', 'bounds/Slidedat.ini'].map((path) => ({
        path
      })),
      levels: [
        { widthPx: 256, heightPx: 128 },
        { widthPx: 128, heightPx: 64 }
      ]
    })
    expect(source.background).toBe('#d0e0f0')
    const expected = Buffer.concat(
      Array.from({ length: 2 * imagePx }, (_, y) => {
        const start = (2 * imagePx + y) * made.full.strideBytes + imagePx * 3
        return made.full.data.subarray(start, start + 4 * imagePx * 3)
      })
    )
    const whole = await wholeLevel(levelOf(source, 0))
    expect(cropped(whole, 256, 128).equals(expected)).toBe(true)
    expect([...whole.data.subarray(-3)]).toEqual([0xd0, 0xe0, 0xf0])
    await source.close()
  })

  test('has its lower levels at the same place: they begin where the bounds begin', async () => {
    const made = await plan([])
    const { source } = await opened(await writeMirax(dir.path, 'levels', made.plan))
    const averaged = newPixels(128, 64)
    const start = 2 * imagePx * made.full.strideBytes + imagePx * 3
    halve({ ...made.full, offset: start, widthPx: 256, heightPx: 128 }, averaged)
    const lower = await wholeLevel(levelOf(source, 1))
    expect(cropped(lower, 128, 64).equals(averaged.data)).toBe(true)
    await source.close()
  })

  test("names the slide's own words as identifying", async () => {
    const content = await read(await writeMirax(dir.path, 'words', (await plan([])).plan))
    expect(content?.identifying).toEqual(
      expect.arrayContaining([
        { tag: 'openslide mirax.GENERAL.SLIDE_NAME', value: 'Doe Jane' },
        { tag: 'openslide mirax.GENERAL.SLIDE_CREATIONDATETIME', value: '01/02/2019 10:11:12' }
      ])
    )
    expect(content?.identifying.map(({ tag }) => tag)).not.toContain('openslide mirax.GENERAL.OBJECTIVE_MAGNIFICATION')
  })

  test('whose index is of another slide is damaged, in words without its name', async () => {
    const path = await writeMirax(dir.path, 'Doe Jane', (await plan([])).plan)
    await writeFile(join(dir.path, 'Doe Jane', 'Index.dat'), 'x'.repeat(100))
    const failure = await read(path).catch((error) => error)
    expect(failure).toMatchObject({ code: 'damaged', class: 'input' })
    expect(failure.message).toMatch(/^The MIRAX MRXS can't be opened by OpenSlide \d.*Index\.dat/)
    expect(failure.message).not.toMatch(/Doe|Jane|microtome-test/)
  })
})

test.skipIf(!openSlideHere)('A VMS is put together from its pictures, and its parts and words are named', async () => {
  const [widthPx, heightPx] = [512, 8]
  const ramp = (from: number) =>
    Buffer.from(
      Array.from(
        { length: 256 * heightPx * 3 },
        (_, i) => [from / 2 + (Math.floor(i / 3) % 256) / 2, 80, 160][i % 3] ?? 0
      )
    )
  const map = { widthPx: 128, heightPx: 2, pixels: Buffer.alloc(128 * 2 * 3, 128) }
  const images = [0, 256].map((from) => ({ widthPx: 256, pixels: ramp(from) }))
  const words = { SourceLens: '20', PhysicalWidth: '256000', PhysicalHeight: '4000', Reference: 'Doe Jane' }
  const { content, source } = await opened(await writeVms(dir.path, 'vms', { images, map, words }))
  expect(content).toMatchObject({
    format: 'Hamamatsu VMS',
    widthPx,
    heightPx,
    properties: { mpp: 0.5, magnification: 20 },
    parts: ['vms.vms', 'vms.jpg', 'vms(1,0).jpg', 'vms_map.jpg'].map((path) => ({ path }))
  })
  // OpenSlide makes a last level of no height here.
  expect(source.levels.every((level) => level.widthPx > 0 && level.heightPx > 0)).toBe(true)
  expect(content.identifying).toContainEqual({ tag: 'openslide hamamatsu.Reference', value: 'Doe Jane' })
  const pixels = cropped(await wholeLevel(levelOf(source, 0)), widthPx, heightPx)
  const rows = Array.from({ length: heightPx }, (_, y) =>
    images.map((image) => image.pixels.subarray(y * 256 * 3, (y + 1) * 256 * 3))
  )
  expect(meanDifference(pixels, Buffer.concat(rows.flat()))).toBeLessThan(2)
  await source.close()
})
