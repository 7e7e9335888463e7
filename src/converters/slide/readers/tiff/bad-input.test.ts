import { mkdir, open, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildTiff, buildTiledTiff, dataOffset, repeatedTileSlide } from '../../../testing/build-tiff.ts'
import { tempDir } from '../../../testing/temp-dir.ts'
import { realSlide } from '../../../testing/tools.ts'
import { newPixels, packed } from '../../pixels/pixel-window.ts'
import { TileDamaged } from '../../source.ts'
import { openFile } from './byte-source.ts'
import { readTiffSlide } from './index.ts'
import { flatSlide, strips, tiled } from './testing/flat-slide.ts'
import { lookAt, withLevels } from './testing/open-tiff.ts'
import { asSharp, cut, jpegOf, picture } from './testing/picture.ts'

const damaged = (message: RegExp) => ({
  code: 'damaged',
  class: 'input',
  message: expect.stringMatching(message),
  hint: expect.stringMatching(/./)
})

async function look(bytes: Buffer) {
  await using file = await lookAt(bytes)
  return file.slide
}

test.skipIf(realSlide === undefined)('a real SVS that was cut short is damaged wherever it was cut', async () => {
  const whole = await readFile(realSlide ?? '')
  for (const length of [8, 900, 700_000, 1_300_000, 1_480_000, 1_930_000])
    await expect(look(whole.subarray(0, length))).rejects.toMatchObject(damaged(/byte/))
})

/** A slide whose directory lies in front of its tiles, as cloud-optimised writers have it. */
function directoryFirst(tiles: Buffer[]): { bytes: Buffer; start: number } {
  const build = (start: number) =>
    buildTiff([
      tiled(tiles.length * 64, 64, {
        322: [64],
        323: [64],
        324: tiles.map((_, i) => start + i * 12_288),
        325: tiles.map(() => 12_288)
      })
    ])
  const start = build(70_000).length
  return { bytes: Buffer.concat([build(start), ...tiles]), start }
}

test('of a slide that was cut short by less than half the tiles that are there are read, the others are damaged', async () => {
  const tiles = cut(picture(640, 64), 64).map((tile) => Buffer.from(packed(tile)))
  const { bytes } = directoryFirst(tiles.map((tile) => tile))
  await using file = await lookAt(bytes.subarray(0, bytes.length - 3 * 12_288 - 5))
  await withLevels(file.slide, async ({ levels: [full] }) => {
    const found = (await full?.readTiles(0, 0, 10)) ?? []
    expect(found.map(({ bytes: own }) => own !== undefined)).toEqual([
      true,
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false
    ])
    expect(found.every(({ stored }) => stored)).toBe(true)
    const last = found.at(-1)
    await expect(last && full?.decode(last, newPixels(64, 64), 1)).rejects.toMatchObject({ reason: /beyond the end/ })
  })
})

test('a slide of which more than half was cut off is damaged, with both numbers', async () => {
  const { bytes, start } = directoryFirst(cut(picture(640, 64), 64).map((tile) => Buffer.from(packed(tile))))
  const cutAt = start + 4 * 12_288
  await expect(look(bytes.subarray(0, cutAt))).rejects.toMatchObject(
    damaged(new RegExp(`reach to byte ${bytes.length}, the file ends at ${cutAt}`))
  )
})

test.each([
  ['stores no tile', { 325: [0, 0, 0, 0] }, /stores none of its tiles/],
  ['has a table for fewer tiles than it says', { 324: [8, 8, 8] }, /table has 3 of the 4 tiles/],
  ['has no table', { 324: [] }, /table has 0 of the 4 tiles/],
  ['has tiles of no size', { 322: [0] }, /tiles have 0 x 256 pixels/],
  ['has tiles of 2^31 pixels', { 323: [2 ** 31] }, /tiles have 256 x 2147483648 pixels/],
  ['is a lie of 2 gigapixels', { 256: [50_000], 257: [40_000] }, /table has 4 of the 30772 tiles/],
  ['has tiles beyond its end', { 324: [9e8, 9e8, 9e8, 9e8] }, /reach to byte 900196608/],
  ['has no width', { 256: [0] }, /0 x 500 pixels/]
])('a slide that %s is damaged', async (_, tags, message) => {
  await expect(look(flatSlide([tiled(500, 500, tags)]))).rejects.toMatchObject(damaged(message))
})

test('a tag of one number that has 50,000 of them is damaged, though the file holds them all', async () => {
  const file = flatSlide([tiled(500, 500, { 259: new Array<number>(50_000).fill(1) })])
  await expect(look(file)).rejects.toMatchObject(damaged(/tag 259 has 50000 values/))
})

test('a number beyond all numbers is damaged', async () => {
  const file = flatSlide([tiled(500, 500, { 282: { rational: 20_000 } })])
  const first = file.readUInt32LE(4)
  for (let at = first + 2; at < first + 2 + file.readUInt16LE(first) * 12; at += 12)
    if (file.readUInt16LE(at) === 282) {
      // 64 bits of the flat tile's 200s.
      file.writeUInt16LE(16, at + 2)
      file.writeUInt32LE(8, at + 8)
    }
  await expect(look(file)).rejects.toMatchObject(damaged(/holds no number/))
})

test('a chain of directories that comes back to itself ends there', async () => {
  const file = flatSlide([tiled(500, 500), strips(90, 90)])
  file.writeUInt32LE(file.readUInt32LE(4), file.length - 4)
  expect((await look(file))?.levels).toHaveLength(1)
})

test('a sub-directory that is its own page ends there', async () => {
  const file = flatSlide([{ ...tiled(500, 500), subPages: [tiled(250, 250)] }])
  const first = file.readUInt32LE(4)
  const entries = file.readUInt16LE(first)
  for (let at = first + 2; at < first + 2 + entries * 12; at += 12)
    if (file.readUInt16LE(at) === 330) file.writeUInt32LE(first, at + 8)
  expect((await look(file))?.levels).toHaveLength(1)
})

test('a directory of 10 million entries is damaged', async () => {
  const file = buildTiff([{ tags: { 256: [9] } }], { big: true, data: Buffer.alloc(1000) })
  file.writeBigUInt64LE(10_000_000n, Number(file.readBigUInt64LE(8)))
  await expect(look(file)).rejects.toMatchObject(damaged(/has 10000000 entries/))
})

test('directories that overlap, so that a small file has millions of entries, are damaged', async () => {
  const entries = 1003
  const file = Buffer.alloc(60_000, Buffer.from([0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]))
  file.write('II*\0', 0, 'latin1')
  file.writeUInt32LE(8, 4)
  for (let at = 8; at < 20_000; at += 50) {
    file.writeUInt16LE(entries, at)
    for (const [n, tag] of [256, 257].entries()) {
      file.writeUInt16LE(tag, at + 2 + n * 12)
      file.writeUInt16LE(3, at + 4 + n * 12)
      file.writeUInt32LE(1, at + 6 + n * 12)
      file.writeUInt32LE(9, at + 10 + n * 12)
    }
    // 38 bytes behind the start of a later directory, so that no other writes there.
    file.writeUInt32LE(at + 50, at + 2 + entries * 12)
  }
  await expect(look(file)).rejects.toMatchObject(damaged(/more than 200000 entries/))
})

test.each([256, 258, 259, 270, 282, 330, 322, 324, 325, 347, 34_675, 700, 305, 306])(
  'a count of billions in tag %s costs neither memory nor time',
  async (id) => {
    for (const type of [2, 4, 5, 7, 11]) {
      const extra = {
        270: 'some words',
        282: { rational: 20_000 },
        305: 'x',
        306: 'x',
        330: [8],
        347: [1],
        700: 'x',
        34675: [1]
      }
      const file = flatSlide([tiled(500, 500, { 259: [7], ...extra })])
      const first = file.readUInt32LE(4)
      for (let at = first + 2; at < first + 2 + file.readUInt16LE(first) * 12; at += 12)
        if (file.readUInt16LE(at) === id) {
          file.writeUInt16LE(type, at + 2)
          file.writeUInt32LE(4_000_000_000, at + 4)
          file.writeUInt32LE(8, at + 8)
        }
      const outcome = await look(file).then(
        () => 'read',
        (error) => error.class
      )
      expect(['read', 'input']).toContain(outcome)
    }
  }
)

test.each([
  ['missing', undefined],
  ['those of nobody', Buffer.from('no tables')],
  ['longer than they are', Buffer.from([0xff, 0xd8, 0xff, 0xdb, 0xff, 0xff])]
])("tables that don't fit the tiles (%s) are found before anything is converted", async (_, tables) => {
  const source = await asSharp(picture(256, 256))
    .tiff({ tile: true, compression: 'jpeg', tileWidth: 64, tileHeight: 64 })
    .toBuffer()
  const first = source.readUInt32LE(4)
  const broken = Buffer.from(source)
  for (let at = first + 2; at < first + 2 + source.readUInt16LE(first) * 12; at += 12) {
    if (source.readUInt16LE(at) !== 347) continue
    if (tables) tables.copy(broken, source.readUInt32LE(at + 8))
    else broken.writeUInt16LE(65_000, at)
  }
  await using file = await lookAt(broken)
  await expect(withLevels(file.slide, async () => {})).rejects.toMatchObject(
    damaged(/of \d+ tiles that were tried none/)
  )
})

test('a smaller level whose tiles are all broken is left out, and made from the one above', async () => {
  const tiles = await Promise.all(cut(picture(256, 256), 64).map(jpegOf))
  const tags = { 259: [7], 262: [6], 530: [1, 1] }
  const small = {
    widthPx: 128,
    heightPx: 128,
    tileWidthPx: 64,
    tiles: tiles.slice(0, 4).map((tile) => tile.subarray(0, 30)),
    tags
  }
  await using file = await lookAt(
    buildTiledTiff([{ widthPx: 256, heightPx: 256, tileWidthPx: 64, tiles, tags }, small])
  )
  expect(file.slide?.levels).toHaveLength(2)
  await withLevels(file.slide, async ({ levels }) => expect(levels).toHaveLength(1))
})

test('sizes that lie spoil only their own tile', async () => {
  const tiles = await Promise.all(cut(picture(256, 64), 64).map(jpegOf))
  const larger = await jpegOf(picture(128, 128))
  const tags = { 259: [7], 262: [6], 530: [1, 1] }
  const page = { widthPx: 256, heightPx: 64, tileWidthPx: 64, tiles: [...tiles.slice(0, 3), larger], tags }
  const sizes = tiles.map(({ length }) => length)
  const bytes = buildTiledTiff([{ ...page, tags: { ...tags, 325: [sizes[0] ?? 0, 3_000_000_000, 5, larger.length] } }])
  await using file = await lookAt(bytes)
  await withLevels(file.slide, async ({ levels: [full] }) => {
    const found = (await full?.readTiles(0, 0, 4)) ?? []
    const decoded = found.map((tile) =>
      full?.decode(tile, newPixels(64, 64), 1).then(
        () => 'whole',
        (error) => error
      )
    )
    const [first, ...others] = await Promise.all(decoded)
    expect(first).toBe('whole')
    for (const error of others) expect(error).toBeInstanceOf(TileDamaged)
  })
})

test('tiles of LZW, Deflate and plain bytes that are cut short or no such thing are damaged', async () => {
  for (const compression of [1, 5, 8]) {
    const tile = await asSharp(picture(64, 64)).tiff({ compression: 'lzw' }).toBuffer()
    const page = { widthPx: 128, heightPx: 64, tileWidthPx: 64, tags: { 259: [compression] } }
    await using file = await lookAt(buildTiledTiff([{ ...page, tiles: [tile.subarray(0, 50), tile.subarray(9, 90)] }]))
    await expect(withLevels(file.slide, async () => {})).rejects.toMatchObject(
      damaged(/of 2 tiles that were tried none/)
    )
  }
})

test('a file that becomes shorter while it is open ends in an input error', async () => {
  await using dir = await tempDir()
  const path = join(dir.path, 'slide')
  await writeFile(path, Buffer.alloc(5000, 1))
  const file = await openFile(path)
  try {
    await truncate(path, 1000)
    expect(await file.read(900, 100)).toHaveLength(100)
    await expect(file.read(900, 1000)).rejects.toMatchObject(damaged(/has 1000/))
    await expect(file.read(0, 5001)).rejects.toMatchObject(damaged(/has 5000/))
    await expect(file.read(Number.NaN, 10)).rejects.toMatchObject(damaged(/NaN/))
  } finally {
    await file.close()
  }
})

test('no read is larger than the reader can bear, however large the file', async () => {
  await using dir = await tempDir()
  const path = join(dir.path, 'sparse')
  const file = await open(path, 'w')
  await file.truncate(8 * 2 ** 30)
  await file.close()
  const bytes = await openFile(path)
  try {
    await expect(bytes.read(0, 2 ** 30)).rejects.toMatchObject(damaged(/names bytes 0 to 1073741824/))
  } finally {
    await bytes.close()
  }
})

test('a slide that changed since it was looked at says so when it is opened', async () => {
  await using file = await lookAt(flatSlide([tiled(500, 500)]))
  await writeFile(file.path, flatSlide([strips(500, 500)]))
  await expect(withLevels(file.slide, async () => {})).rejects.toMatchObject(damaged(/changed since/))
})

test('what is no TIFF is none, and what can not be read says so without its name', async () => {
  for (const text of ['II', 'hello world, not a tiff', 'II*', 'MM\0+\0\0\0\0', 'II+\0\x04\0\0\0aaaaaaaaaaaa'])
    expect(await look(Buffer.from(text, 'latin1'))).toBeUndefined()
  await using dir = await tempDir()
  await mkdir(join(dir.path, 'folder'))
  for (const name of ['gone', 'folder']) {
    const error = await readTiffSlide({ path: join(dir.path, name), sizeBytes: 9 } as never).catch((e) => e)
    expect(error).toMatchObject({ code: 'source-unreadable', class: 'input' })
    expect(error.message).not.toContain(dir.path)
  }
})

test('a slide of one tile that serves for all is fine, whatever its size', async () => {
  await using file = await lookAt(repeatedTileSlide(60_000, 40_000))
  await withLevels(file.slide, async ({ levels: [full] }) => {
    const [tile] = (await full?.readTiles(156, 234, 235)) ?? []
    expect(tile?.bytes).toHaveLength(256 * 256 * 3)
  })
  expect(dataOffset(true)).toBe(16)
})
