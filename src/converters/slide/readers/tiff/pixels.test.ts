import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { buildTiledTiff } from '../../../testing/build-tiff.ts'
import { psnr } from '../../../testing/psnr.ts'
import { realSlide } from '../../../testing/tools.ts'
import { halve } from '../../pixels/box-filter.ts'
import { encodeJp2, withoutTransform } from '../../pixels/jp2/testing/encode-jp2.ts'
import { newPixels, packed } from '../../pixels/pixel-window.ts'
import { TileDamaged } from '../../source.ts'
import { lookAt, pixelsOf, withLevels } from './testing/open-tiff.ts'
import { asSharp, cut, jpegOf, picture } from './testing/picture.ts'

/** The pixels as libvips reads them from the whole file. */
const byLibvips = (input: string | Buffer, page = 0) => sharp(input, { page }).removeAlpha().raw().toBuffer()

async function fullPixels(bytes: Buffer): Promise<Buffer> {
  await using file = await lookAt(bytes)
  return await withLevels(file.slide, async ({ levels: [full] }) => {
    if (!full) throw new Error('no level')
    return packed(await pixelsOf(full))
  })
}

test.skipIf(realSlide === undefined)(
  'on a real SVS every completed tile has the very pixels that libvips reads',
  async () => {
    const bytes = await readFile(realSlide ?? '')
    await using file = await lookAt(bytes)
    await withLevels(file.slide, async ({ levels: [full] }) => {
      if (!full?.jpeg) throw new Error('its tiles are to be copied')
      expect(full.jpeg.rgb).toBe(true)
      const { complete } = full.jpeg
      const completed = { ...full, widthPx: full.widthPx, heightPx: full.heightPx, tileWidthPx: 240, tileHeightPx: 240 }
      const asFiles = {
        ...completed,
        readTiles: full.readTiles.bind(full),
        decode: async (tile: { bytes?: Buffer }, into: { data: Buffer }) => {
          // What a viewer without any knowledge of the slide shows.
          const alone = await sharp(complete(tile.bytes ?? Buffer.alloc(0)))
            .raw()
            .toBuffer()
          alone.copy(into.data)
        }
      }
      expect(packed(await pixelsOf(asFiles)).equals(await byLibvips(bytes))).toBe(true)
      expect(packed(await pixelsOf(full)).equals(await byLibvips(bytes))).toBe(true)
    })
  }
)

test.each([
  { compression: 'jpeg' as const },
  { compression: 'jpeg' as const, bigtiff: true, quality: 95 },
  { compression: 'lzw' as const, predictor: 'horizontal' as const },
  { compression: 'lzw' as const, predictor: 'none' as const },
  { compression: 'deflate' as const, predictor: 'horizontal' as const, bigtiff: true },
  { compression: 'deflate' as const, predictor: 'none' as const },
  { compression: 'none' as const }
])('a pyramid that libvips wrote has its pixels at every level: %o', async (options) => {
  const bytes = await asSharp(picture(500, 300))
    .tiff({ tile: true, tileWidth: 128, tileHeight: 64, pyramid: true, ...options })
    .toBuffer()
  await using file = await lookAt(bytes)
  expect(file.slide?.tileSizePx).toBeUndefined()
  await withLevels(file.slide, async ({ levels }) => {
    expect(levels.map(({ widthPx, heightPx }) => [widthPx, heightPx])).toEqual([
      [500, 300],
      [250, 150],
      [125, 75],
      [62, 37]
    ])
    for (const [page, level] of levels.entries()) {
      expect([level.tileWidthPx, level.tileHeightPx]).toEqual([128, 64])
      expect(level.jpeg !== undefined).toBe(options.compression === 'jpeg')
      expect(packed(await pixelsOf(level)).equals(await byLibvips(bytes, page))).toBe(true)
    }
  })
})

test.each(['lzw', 'deflate', 'none', 'jpeg'] as const)(
  'grey tiles (%s) become three equal colours',
  async (compression) => {
    const grey = asSharp(picture(300, 200)).toColourspace('b-w')
    const bytes = await grey.tiff({ tile: true, tileWidth: 64, tileHeight: 64, compression }).toBuffer()
    expect(sharpChannels(await sharp(bytes).metadata())).toBe(1)
    const expected = await sharp(bytes).toColourspace('srgb').raw().toBuffer()
    expect((await fullPixels(bytes)).equals(expected)).toBe(true)
  }
)
const sharpChannels = ({ channels }: { channels: number }) => channels

test.each(['lzw', 'deflate', 'none'] as const)('what is transparent (%s) shows white', async (compression) => {
  const red = { r: 200, g: 0, b: 0, alpha: 0.5 }
  const clear = sharp({ create: { width: 200, height: 100, channels: 4, background: red } })
  const bytes = await clear.tiff({ tile: true, tileWidth: 64, tileHeight: 64, compression }).toBuffer()
  const pixels = await fullPixels(bytes)
  const expected = await sharp(bytes).flatten({ background: '#ffffff' }).raw().toBuffer()
  expect(pixels.equals(expected)).toBe(true)
  expect([pixels[0], pixels[1]]).toEqual([227, 127])
})

test.each([
  { big: false, bigEndian: true },
  { big: true, bigEndian: true },
  { big: true, bigEndian: false }
])('byte order and offset size make no difference: %o', async (options) => {
  const whole = picture(256, 128)
  const tiles = cut(whole, 64).map((tile) => Buffer.from(packed(tile)))
  const bytes = buildTiledTiff([{ widthPx: 250, heightPx: 120, tileWidthPx: 64, tiles }], options)
  expect((await fullPixels(bytes)).equals(await byLibvips(bytes))).toBe(true)
})

test.each([
  ['RGB', 2, true],
  ['YCbCr', 6, false]
])(
  'JPEG tiles with their own tables are what Photometric says (%s), as libtiff shows them',
  async (_, photometric, rgb) => {
    const tiles = await Promise.all(cut(picture(128, 128), 64).map(jpegOf))
    const bytes = buildTiledTiff([
      { widthPx: 128, heightPx: 128, tileWidthPx: 64, tiles, tags: { 259: [7], 262: [photometric], 530: [1, 1] } }
    ])
    await using file = await lookAt(bytes)
    await withLevels(file.slide, async ({ levels: [full] }) => {
      expect(full?.jpeg?.rgb).toBe(rgb)
      if (full) expect(packed(await pixelsOf(full)).equals(await byLibvips(bytes))).toBe(true)
    })
  }
)

test.each([
  ['33003, YCbCr', 33_003, 2, withoutTransform],
  ['33005, RGB', 33_005, 2, (codestream: Buffer) => codestream],
  ['33004 of libvips, YCbCr', 33_004, 2, withoutTransform],
  ['34712', 34_712, 2, (codestream: Buffer) => codestream]
])('JPEG 2000 tiles (%s) come back', async (_, compression, photometric, asStored) => {
  const whole = picture(256, 128)
  const stored = cut(whole, 128).map(async (tile) =>
    asStored(await encodeJp2({ samples: packed(tile), widthPx: 128, heightPx: 128, compressionRatio: 4 }))
  )
  const tiles = await Promise.all(stored)
  const tags = { 259: [compression], 262: [photometric] }
  const bytes = buildTiledTiff([{ widthPx: 250, heightPx: 120, tileWidthPx: 128, tiles, tags }])
  const expected = await asSharp(whole).extract({ left: 0, top: 0, width: 250, height: 120 }).raw().toBuffer()
  expect(psnr(await fullPixels(bytes), expected)).toBeGreaterThan(35)
})

test('grey JPEG 2000 tiles become three equal colours', async () => {
  const samples = Buffer.from(Array.from({ length: 128 * 128 }, (_, i) => (i * 3) % 251))
  const tiles = [await encodeJp2({ samples, widthPx: 128, heightPx: 128, components: 1 })]
  const tags = { 258: [8], 259: [33_004], 262: [1], 277: [1] }
  const pixels = await fullPixels(buildTiledTiff([{ widthPx: 128, heightPx: 128, tileWidthPx: 128, tiles, tags }]))
  expect(pixels.every((sample, i) => sample === samples[Math.floor(i / 3)])).toBe(true)
})

test.each([
  [33_003, [8, 8, 8, 8], 'JPEG 2000 with 4 samples of 8 bits'],
  [33_004, [8, 8, 8, 8], 'JPEG 2000 with 4 samples of 8 bits'],
  [34_712, [16, 16, 16], 'JPEG 2000 with 3 samples of 16 bits']
])('JPEG 2000 tiles (%i) of samples %j are refused for what they are', async (compression, bits, words) => {
  const tiles = [Buffer.alloc(1000, 1)]
  const tags = { 258: bits, 259: [compression], 262: [2], 277: [bits.length] }
  const bytes = buildTiledTiff([{ widthPx: 128, heightPx: 128, tileWidthPx: 128, tiles, tags }])
  await expect(lookAt(bytes)).rejects.toMatchObject({
    code: 'unsupported-compression',
    class: 'input',
    message: expect.stringContaining(words)
  })
})

test.each(['jpeg', 'lzw', 'none'] as const)(
  'at half scale (%s) each pixel is close to the average of its four',
  async (compression) => {
    const bytes = await asSharp(picture(300, 200))
      .tiff({ tile: true, tileWidth: 64, tileHeight: 64, compression, quality: 95 })
      .toBuffer()
    await using file = await lookAt(bytes)
    await withLevels(file.slide, async ({ levels: [full] }) => {
      if (!full) throw new Error('no level')
      const averaged = newPixels(150, 100)
      halve(await pixelsOf(full), averaged)
      const half = packed(await pixelsOf(full, 2))
      if (compression === 'jpeg') expect(psnr(half, averaged.data)).toBeGreaterThan(36)
      else expect(half.equals(averaged.data)).toBe(true)
    })
  }
)

test('a tile that the slide stores nothing for says so, and its neighbours are read', async () => {
  const tiles = cut(picture(192, 64), 64).map((tile) => Buffer.from(packed(tile)))
  tiles[1] = Buffer.alloc(0)
  await using file = await lookAt(buildTiledTiff([{ widthPx: 192, heightPx: 64, tileWidthPx: 64, tiles }]))
  await withLevels(file.slide, async ({ levels: [full] }) => {
    const found = (await full?.readTiles(0, 0, 3)) ?? []
    expect(found.map(({ column, row, stored, bytes }) => [column, row, stored, bytes?.length])).toEqual([
      [0, 0, true, 12_288],
      [1, 0, false, undefined],
      [2, 0, true, 12_288]
    ])
    const into = newPixels(64, 64)
    await expect(found[1] && full?.decode(found[1], into, 1)).rejects.toThrow(TileDamaged)
  })
})

test('tiles in any order and with gaps between them are found', async () => {
  const tiles = cut(picture(256, 64), 64).map((tile) => Buffer.from(packed(tile)))
  const gap = Buffer.alloc(10_000)
  const mixed = [3, 1, 0, 2]
  const data = Buffer.concat(mixed.flatMap((index) => [tiles[index] ?? gap, gap]))
  const place = (index: number) => 8 + mixed.indexOf(index) * (12_288 + gap.length)
  const bytes = buildTiledTiff([
    {
      widthPx: 256,
      heightPx: 64,
      tileWidthPx: 64,
      tiles: [data],
      tags: { 324: [0, 1, 2, 3].map(place), 325: [12_288, 12_288, 12_288, 12_288] }
    }
  ])
  expect((await fullPixels(bytes)).equals(packed(picture(256, 64)))).toBe(true)
})
