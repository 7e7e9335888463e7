import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { psnr } from '../../../testing/psnr.ts'
import { tempDir } from '../../../testing/temp-dir.ts'
import { hasProgram } from '../../../testing/tools.ts'
import type { TilePlace } from '../../sink.ts'
import { jpegSource } from '../testing/jpeg-source.ts'
import { canCopyToBigTiff, copyToBigTiff } from './copy-to-bigtiff.ts'
import { recode } from './planar-jpeg.ts'
import { type PageColour, tableSegments, tablesStream, tileStream } from './tile-stream.ts'

const tilePixels = (seed: number) => {
  const data = Buffer.alloc(128 * 128 * 3)
  for (let i = 0; i < data.length; i++) data[i] = 128 + 100 * Math.sin(i / (97 + seed)) + (i % 3) * 7
  return sharp(data, { raw: { width: 128, height: 128, channels: 3 } })
}
const rgb: PageColour = { photometric: 2, samplingX: 1, samplingY: 1, tables: Buffer.alloc(0) }
const tile = (seed: number) => tilePixels(seed).jpeg({ quality: 90, optimiseCoding: false }).toBuffer()
const comment = Buffer.from([0xff, 0xfe, 0, 9, ...Buffer.from('SURNAME')])

async function bare(jpeg: Buffer): Promise<{ tables: Buffer; bytes: Buffer }> {
  const stream = tileStream(jpeg)
  if (!stream) throw new Error('no JPEG')
  return { tables: stream.colour.tables, bytes: Buffer.concat(stream.parts(stream.colour.tables)) }
}

const order = (scratchDir: string, repaired: Buffer) => ({
  facts: { mpp: 0.5 },
  scratchDir,
  resume: false,
  standIn: async () => ({ jpeg: repaired, mended: true }),
  signal: new AbortController().signal,
  progress: () => undefined
})

test('tiles and their shared tables are copied as they are, and holes are mended', async () => {
  await using dir = await tempDir()
  const whole = await Promise.all([1, 2, 3, 4].map(tile))
  const parts = await Promise.all(whole.map(bare))
  const tables = tablesStream(parts[0]?.tables ?? Buffer.alloc(0))
  const [a, b, c, d] = parts.map(({ bytes }) => bytes)
  const worded = Buffer.concat([d?.subarray(0, 2) ?? comment, comment, d?.subarray(2) ?? comment])
  const source = jpegSource([
    { widthPx: 600, heightPx: 128, tileSizePx: 128, tables, tiles: [undefined, a, b, c?.subarray(0, -9), worded] },
    { widthPx: 150, heightPx: 32, tileSizePx: 128, tables, tiles: [a, b] }
  ])
  expect(canCopyToBigTiff(source)).toBe(true)
  const asked: [TilePlace, string][] = []
  const mended = await tile(9)
  const path = join(dir.path, 'result.tif')
  const done = await copyToBigTiff(
    source,
    { path },
    {
      ...order(dir.path, mended),
      standIn: async (level, { column, row }, reason) => {
        asked.push([{ level, column, row }, reason])
        return { jpeg: mended, mended: true }
      }
    }
  )
  expect(done).toMatchObject({ copied: 5, resumed: 0, repaired: [{ column: 0 }, { column: 3 }] })
  expect(asked).toEqual([
    [{ level: 0, column: 0, row: 0 }, 'not stored'],
    [{ level: 0, column: 3, row: 0 }, 'its JPEG is cut short']
  ])
  const file = await readFile(path)
  for (const bytes of [a, b, d]) expect(file.includes(bytes ?? comment)).toBe(true)
  expect(file.includes('SURNAME')).toBe(false)
  const expected = [mended, whole[0], whole[1], mended, whole[3]]
  for (const [column, jpeg] of expected.entries()) {
    const width = Math.min(128, 600 - column * 128)
    const area = { left: 0, top: 0, width, height: 128 }
    const seen = await sharp(path)
      .extract({ ...area, left: column * 128 })
      .raw()
      .toBuffer()
    expect(seen).toEqual(await sharp(jpeg).extract(area).raw().toBuffer())
  }
})

test('red, green and blue that stand as they are stay so, a mended tile among them too', async () => {
  await using dir = await tempDir()
  const pixels = await tilePixels(5).raw().toBuffer()
  const stored = await recode(await tilePixels(5).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(), rgb)
  const mended = await tilePixels(5).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()
  const source = jpegSource([{ widthPx: 256, heightPx: 128, tileSizePx: 128, rgb: true, tiles: [stored, undefined] }])
  const path = join(dir.path, 'result.tif')
  await copyToBigTiff(source, { path }, order(dir.path, mended))
  const seen = await sharp(path).raw().toBuffer()
  for (const left of [0, 128]) {
    const half = await sharp(path).extract({ left, top: 0, width: 128, height: 128 }).raw().toBuffer()
    expect(psnr(half, pixels)).toBeGreaterThan(34)
  }
  if (!hasProgram('openslide-write-png', '--version')) return
  const png = join(dir.path, 'a.png')
  execFileSync('openslide-write-png', [path, '0', '0', '0', '256', '128', png])
  expect(psnr(await sharp(png).removeAlpha().raw().toBuffer(), seen)).toBe(Number.POSITIVE_INFINITY)
})

test('recoding keeps a subsampled page subsampled', async () => {
  const jpeg = await tilePixels(3).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()
  const page: PageColour = { photometric: 6, samplingX: 2, samplingY: 1, tables: Buffer.alloc(0) }
  const recoded = await recode(jpeg, page)
  expect(tileStream(recoded)?.colour).toMatchObject({ photometric: 6, samplingX: 2, samplingY: 1 })
  expect(psnr(await sharp(recoded).raw().toBuffer(), await sharp(jpeg).raw().toBuffer())).toBeGreaterThan(32)
})

test('a source without tiles of JPEG, or whose smallest level is large, is not copied', () => {
  const level = { widthPx: 9000, heightPx: 128, tileSizePx: 128, tiles: [] }
  expect(canCopyToBigTiff(jpegSource([level]))).toBe(false)
  expect(canCopyToBigTiff(jpegSource([level, { ...level, widthPx: 2250, heightPx: 32 }]))).toBe(true)
  expect(canCopyToBigTiff(jpegSource([{ ...level, widthPx: 900, tileSizePx: 100 }]))).toBe(false)
  const { jpeg: _, ...plain } = jpegSource([{ ...level, widthPx: 900 }]).levels[0] ?? {}
  expect(canCopyToBigTiff({ levels: [plain as never] })).toBe(false)
})

test('only tables are taken from a stream of tables', () => {
  const tables = Buffer.from([0xff, 0xdb, 0, 3, 7])
  expect(tableSegments(Buffer.concat([Buffer.from([0xff, 0xd8]), comment, tables, Buffer.from([0xff, 0xd9])]))).toEqual(
    tables
  )
})

test('a tile with bytes behind its end is encoded anew from its own pixels, and not called damaged', async () => {
  await using dir = await tempDir()
  const [sound, padded] = [await tile(1), Buffer.concat([await tile(2), Buffer.alloc(60, 7)])]
  const source = jpegSource([{ widthPx: 256, heightPx: 128, tileSizePx: 128, tiles: [sound, padded] }])
  const done = await copyToBigTiff(
    source,
    { path: join(dir.path, 'result.tif') },
    { ...order(dir.path, sound), standIn: async () => ({ jpeg: await tile(2), mended: false }) }
  )
  expect(done).toEqual({ copied: 1, encoded: 1, resumed: 0, repaired: [] })
})

test('of tiles that are read in one piece those are mended or cleaned that need it, and the rest stays as it is', async () => {
  await using dir = await tempDir()
  const sound = await Promise.all([1, 2, 3, 4, 5].map(tile))
  const [a, b, c, d, e] = sound
  if (!a || !b || !c || !d || !e) throw new Error('no tiles')
  const worded = Buffer.concat([c.subarray(0, 2), comment, c.subarray(2)])
  const cut = d.subarray(0, -9)
  const tiles = [worded, a, b, cut, cut, e, worded]
  const source = jpegSource([{ widthPx: 512, heightPx: 256, tileSizePx: 128, tiles: [...tiles, a], inOnePiece: true }])
  const mended = await tile(9)
  const path = join(dir.path, 'result.tif')
  const done = await copyToBigTiff(source, { path }, order(dir.path, mended))
  expect(done).toMatchObject({
    copied: 6,
    encoded: 0,
    resumed: 0,
    repaired: [
      { column: 3, row: 0 },
      { column: 0, row: 1 }
    ]
  })
  expect((await readFile(path)).includes('SURNAME')).toBe(false)
  for (const [i, jpeg] of [c, a, b, mended, mended, e, c, a].entries()) {
    const area = { left: 0, top: 0, width: 128, height: 128 }
    const seen = await sharp(path)
      .extract({ ...area, left: (i % 4) * 128, top: Math.floor(i / 4) * 128 })
      .raw()
      .toBuffer()
    expect(seen).toEqual(await sharp(jpeg).extract(area).raw().toBuffer())
  }
})
