import { execFileSync } from 'node:child_process'
import { readFile, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { psnr } from '../../../testing/psnr.ts'
import { tempDir } from '../../../testing/temp-dir.ts'
import { hasProgram } from '../../../testing/tools.ts'
import { pyramid } from '../../pyramid/geometry.ts'
import { withFile } from '../../readers/tiff/byte-source.ts'
import { readPages } from '../../readers/tiff/pages.ts'
import { sinkFor } from '../index.ts'
import { fillSink, testPicture, tileOf } from '../testing/fill-sink.ts'
import { bigTiffLayout } from './bigtiff-sink.ts'
import { recode } from './planar-jpeg.ts'

const geometry = pyramid({ widthPx: 301, heightPx: 170 }, { sizePx: 128, overlapPx: 0 }, bigTiffLayout)
const facts = { mpp: 0.499, mppY: 0.25, magnification: 20 }

async function writeTiff(dir: string) {
  const picture = await testPicture(301, 170)
  const sink = await sinkFor('bigtiff', geometry, { resultDir: dir }, { scratchDir: dir })
  await fillSink(sink, geometry, picture)
  await sink.finish(facts)
  await sink.close()
  return { picture, path: join(dir, 'result.tif') }
}

test('libvips reads every level, with the pixels that the tiles hold', async () => {
  await using dir = await tempDir()
  const { picture, path } = await writeTiff(dir.path)
  for (const level of geometry.levels) {
    const page = await sharp(path, { page: level.index }).raw().toBuffer({ resolveWithObject: true })
    expect([page.info.width, page.info.height, page.info.channels]).toEqual([level.widthPx, level.heightPx, 3])
    const tile = await sharp(await tileOf(picture, geometry, level, 0, 0))
      .extract({ left: 0, top: 0, width: Math.min(128, level.widthPx), height: Math.min(128, level.heightPx) })
      .raw()
      .toBuffer()
    const corner = await sharp(path, { page: level.index })
      .extract({ left: 0, top: 0, width: Math.min(128, level.widthPx), height: Math.min(128, level.heightPx) })
      .raw()
      .toBuffer()
    expect(corner).toEqual(tile)
  }
})

test('the resolution is exact, per centimetre, and each page says its own', async () => {
  await using dir = await tempDir()
  const { path } = await writeTiff(dir.path)
  const bytes = await readFile(path)
  // 10,000 / 0.499 = 10,000,000 / 499
  const exact = Buffer.alloc(8)
  exact.writeUInt32LE(10_000_000, 0)
  exact.writeUInt32LE(499, 4)
  expect(bytes.includes(exact)).toBe(true)
  if (!hasProgram('tiffinfo', '-v')) return
  const info = execFileSync('tiffinfo', [path], { encoding: 'utf8' })
  expect(info.match(/pixels\/cm/g)).toHaveLength(geometry.levels.length)
  expect(info).toContain('Resolution: 20040.1, 40000 pixels/cm')
  expect(info.match(/Subfile Type: reduced-resolution image/g)).toHaveLength(geometry.levels.length - 1)
  expect(info).not.toMatch(/DateTime|Software|Artist|HostComputer/)
})

test('OpenSlide opens it as a pyramid and shows the same pixels', async () => {
  if (!hasProgram('openslide-show-properties', '--version')) return
  await using dir = await tempDir()
  const { path } = await writeTiff(dir.path)
  const properties = execFileSync('openslide-show-properties', [path], { encoding: 'utf8' })
  expect(properties).toContain(`openslide.level-count: '${geometry.levels.length}'`)
  expect(properties).toContain("openslide.vendor: 'generic-tiff'")
  expect(properties).toContain("tiff.ResolutionUnit: 'centimeter'")
  const png = join(dir.path, 'a.png')
  execFileSync('openslide-write-png', [path, '0', '0', '0', '301', '170', png])
  const seen = await sharp(png).removeAlpha().raw().toBuffer()
  expect(psnr(seen, await sharp(path).raw().toBuffer())).toBe(Number.POSITIVE_INFINITY)
})

test('a tile that is coded in another way is coded once more to fit its page', async () => {
  await using dir = await tempDir()
  const sink = await sinkFor('bigtiff', geometry, { resultDir: dir.path }, { scratchDir: dir.path })
  const picture = await testPicture(301, 170)
  await fillSink(sink, geometry, picture)
  const [level] = geometry.levels
  if (!level) throw new Error('no level')
  const subsampled = await sharp(await tileOf(picture, geometry, level, 1, 0))
    .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
    .toBuffer()
  await sink.write(0, 1, 0, subsampled)
  await sink.finish({})
  await sink.close()
  const area = { left: 128, top: 0, width: 128, height: 128 }
  const seen = await sharp(join(dir.path, 'result.tif')).extract(area).raw().toBuffer()
  expect(psnr(seen, await sharp(subsampled).raw().toBuffer())).toBeGreaterThan(34)
})

test('tables that all tiles share are stored once, and a tile is read back whole', async () => {
  await using dir = await tempDir()
  const { picture, path } = await writeTiff(dir.path)
  const tiles = await Promise.all(geometry.levels.map((level) => tileOf(picture, geometry, level, 0, 0)))
  const huffman = (bytes: Buffer) => bytes.toString('latin1').split('\xff\xc4').length - 1
  const perTile = huffman(tiles[0] ?? Buffer.alloc(0))
  expect(huffman(await readFile(path))).toBe(perTile * geometry.levels.length)
})

test('a killed run is taken up with the tiles that its journal names and the file holds', async () => {
  await using dir = await tempDir()
  const picture = await testPicture(301, 170)
  const [level] = geometry.levels
  if (!level) throw new Error('no level')
  const open = () => sinkFor('bigtiff', geometry, { resultDir: dir.path }, { scratchDir: dir.path })
  const first = await open()
  const tiles = await Promise.all([0, 1, 2].map((column) => tileOf(picture, geometry, level, column, 0)))
  for (const [column, tile] of tiles.entries()) await first.write(0, column, 0, tile)
  // What a reading forces to the file, as a full batch would.
  await first.read(0, 0, 0)
  const path = join(dir.path, 'result.tif')
  await truncate(path, (await stat(path)).size - 1)
  const second = await open()
  const found: number[][] = []
  await second.resume((...tile) => found.push(tile.slice(0, 3)))
  expect(found).toEqual([
    [0, 0, 0],
    [0, 1, 0]
  ])
  const read = await second.read(0, 1, 0)
  expect(await sharp(read).raw().toBuffer()).toEqual(await sharp(tiles[1]).raw().toBuffer())
  await fillSink(second, geometry, picture)
  await second.finish(facts)
  await second.close()
  await first.close()
  expect((await sharp(path, { page: 2 }).metadata()).width).toBe(geometry.levels[2]?.widthPx)
})

test('a page of red, green and blue as they stand takes a YCbCr tile by coding it again', async () => {
  await using dir = await tempDir()
  const sink = await sinkFor('bigtiff', oneRow, { resultDir: dir.path }, { scratchDir: dir.path })
  const data = await sharp(await testPicture(128, 128))
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toBuffer()
  const rgb = await recode(data, { photometric: 2, samplingX: 1, samplingY: 1, tables: Buffer.alloc(0) })
  await sink.write(0, 0, 0, rgb)
  await sink.write(0, 1, 0, data)
  await sink.write(1, 0, 0, data)
  await sink.finish({})
  await sink.close()
  const path = join(dir.path, 'result.tif')
  const expected = await sharp(data).raw().toBuffer()
  for (const left of [0, 128]) {
    const seen = await sharp(path).extract({ left, top: 0, width: 128, height: 128 }).raw().toBuffer()
    expect(psnr(seen, expected)).toBeGreaterThan(36)
  }
  expect(await fieldOf(path, 0, 262)).toEqual([2])
  expect(await fieldOf(path, 1, 262)).toEqual([6])
  // Readers that look at nothing else would take the colours of a full page for subsampled ones.
  expect(await fieldOf(path, 1, 530)).toEqual([1, 1])
})

const oneRow = pyramid({ widthPx: 256, heightPx: 128 }, { sizePx: 128, overlapPx: 0 }, bigTiffLayout)

function fieldOf(path: string, page: number, tag: number): Promise<number[] | undefined> {
  return withFile(path, async (bytes) => (await readPages(bytes))?.pages[page]?.directory.numbers(tag))
}
