import { expect, test } from 'vitest'
import { psnr } from '../../testing/psnr.ts'
import { halve } from '../pixels/box-filter.ts'
import { ChildDamaged, type JpegCodec } from '../pixels/codec.ts'
import { jpegCodec } from '../pixels/jpeg-codec.ts'
import { newPixels, type PixelWindow, packed, partOf } from '../pixels/pixel-window.ts'
import type { TileSink } from '../sink.ts'
import { decoded, jpegLevel, memorySlide, stitched, testPicture } from '../testing/memory-slide.ts'
import { buildPyramid } from './build-pyramid.ts'
import { deepZoomLayout, type Geometry, type Layout, pyramid, tileRect } from './geometry.ts'
import { planPyramid } from './plan.ts'

/** Keeps tiles in memory, across builds as a disk does across runs. */
class MemorySink implements TileSink {
  readonly tiles = new Map<string, Buffer>()
  writes = 0
  write(level: number, column: number, row: number, jpeg: Buffer): void {
    this.writes++
    this.tiles.set(`${level}/${column}_${row}`, Buffer.from(jpeg))
  }
  async read(level: number, column: number, row: number): Promise<Buffer | undefined> {
    const tile = this.tiles.get(`${level}/${column}_${row}`)
    return tile && Buffer.from(tile)
  }
  async resume(found: (level: number, column: number, row: number, sizeBytes: number) => void): Promise<void> {
    for (const [place, { length }] of this.tiles) {
      const [level = 0, column = 0, row = 0] = place.split(/[/_]/).map(Number)
      found(level, column, row, length)
    }
  }
  async finish(): Promise<void> {}
  async close(): Promise<void> {}
}

type Source = ReturnType<typeof memorySlide>

async function build(
  source: Source,
  options: Partial<{
    tilePx: number
    overlapPx: number
    layout: Layout
    copy: boolean
    sink: MemorySink
    resume: boolean
    codec: JpegCodec
  }> = {}
) {
  const {
    tilePx = 64,
    overlapPx = 0,
    layout = deepZoomLayout,
    copy = true,
    sink = new MemorySink(),
    resume = false,
    codec = jpegCodec()
  } = options
  const [full] = source.levels
  if (!full) throw new Error('no level')
  const geometry = pyramid(full, { sizePx: tilePx, overlapPx }, layout)
  const built = await buildPyramid({
    geometry,
    plan: planPyramid(geometry, source.levels, copy),
    source,
    sink,
    codec,
    quality: 90,
    background: '#ffffff',
    recolour: undefined,
    dress: (jpeg) => jpeg,
    resume,
    signal: new AbortController().signal,
    progress: () => {}
  })
  return { built, sink, geometry }
}

/** A level of the result as one picture, without what tiles share or pad. */
async function levelOf(
  { geometry, sink }: { geometry: Geometry; sink: MemorySink },
  index: number
): Promise<PixelWindow> {
  const level = geometry.levels[index]
  if (!level) throw new Error(`no level ${index}`)
  const whole = newPixels(level.widthPx, level.heightPx)
  for (let row = 0; row < level.rows; row++)
    for (let column = 0; column < level.columns; column++) {
      const rect = tileRect(geometry, level, column, row)
      const tile = await decoded(sink.tiles.get(`${index}/${column}_${row}`) ?? Buffer.alloc(0))
      expect([tile.widthPx, tile.heightPx]).toEqual([rect.widthPx, rect.heightPx])
      const visible = {
        ...tile,
        widthPx: Math.min(rect.widthPx, level.widthPx - rect.xPx),
        heightPx: Math.min(rect.heightPx, level.heightPx - rect.yPx)
      }
      const target = partOf(whole, rect.xPx, rect.yPx, visible.widthPx, visible.heightPx)
      for (let y = 0; y < visible.heightPx; y++)
        visible.data.copy(
          target.data,
          target.offset + y * target.strideBytes,
          y * visible.strideBytes,
          y * visible.strideBytes + visible.widthPx * 3
        )
    }
  return whole
}

function halved(picture: PixelWindow): PixelWindow {
  const small = newPixels(Math.ceil(picture.widthPx / 2), Math.ceil(picture.heightPx / 2))
  halve(picture, small)
  return small
}

const likeness = (a: PixelWindow, b: PixelWindow) => psnr(packed(a), packed(b))

test('interior tiles are copied byte for byte, edge tiles cut, and every lower level is the average of the one above', async () => {
  const level = await jpegLevel(testPicture(500, 333), 64)
  const result = await build(memorySlide([level]))
  for (let row = 0; row < 5; row++)
    for (let column = 0; column < 7; column++)
      expect(result.sink.tiles.get(`0/${column}_${row}`)?.equals(level.tiles[row]?.[column] ?? Buffer.alloc(0))).toBe(
        true
      )
  expect(result.built.copied).toBe(35)
  expect(result.built.copied + result.built.encoded).toBe(result.geometry.tiles)
  expect(result.built.presence.count).toBe(result.geometry.tiles)
  let expected = await stitched(level)
  for (const { index } of result.geometry.levels) {
    expect(likeness(await levelOf(result, index), expected)).toBeGreaterThan(36)
    expected = halved(expected)
  }
})

test('a level that the source has with the very sizes of Deep Zoom is copied, others of the source are not used', async () => {
  const picture = testPicture(512, 384)
  const full = await jpegLevel(picture, 64)
  const quarter = await jpegLevel(halved(halved(picture)), 64)
  const crooked = await jpegLevel(partOf(halved(halved(halved(picture))), 0, 0, 63, 48), 64)
  const { sink, built } = await build(memorySlide([full, quarter, crooked]))
  expect(built.copied).toBe(8 * 6 + 2 * 1)
  expect(sink.tiles.get('2/0_0')?.equals(quarter.tiles[0]?.[0] ?? Buffer.alloc(0))).toBe(true)
  expect(sink.tiles.has('3/0_0')).toBe(true)
})

test.each([
  [1, 1],
  [1, 200],
  [64, 64],
  [65, 64],
  [129, 1],
  [191, 257]
])('%i x %i pixels come out whole, down to one pixel', async (width, height) => {
  const level = await jpegLevel(testPicture(width, height), 64)
  const result = await build(memorySlide([level]))
  let expected = await stitched(level)
  for (const { index, widthPx, heightPx } of result.geometry.levels) {
    const shown = await levelOf(result, index)
    // Below a few pixels a picture is smaller than a block of JPEG, and one pixel's rounding is many decibels.
    if (widthPx * heightPx > 256) expect(likeness(shown, expected)).toBeGreaterThan(36)
    expected = halved(expected)
  }
  expect(result.geometry.levels.at(-1)).toMatchObject({ widthPx: 1, heightPx: 1 })
})

test.each([
  ['another tile size', { tilePx: 100 }],
  ['an odd tile size', { tilePx: 75 }],
  ['overlap', { overlapPx: 1 }],
  ['overlap of even width', { overlapPx: 4, tilePx: 120 }],
  ['padded edges', { layout: { rounding: 'ceil', until: 'one-tile', paddedEdges: true } }],
  ['sizes rounded down', { layout: { rounding: 'floor', until: 'one-tile' } }]
] as const)('with %s every level shows what it should', async (_, options) => {
  const level = await jpegLevel(testPicture(501, 333), 64)
  const result = await build(memorySlide([level]), options)
  let expected = await stitched(level)
  for (const { index, widthPx, heightPx } of result.geometry.levels) {
    const shown = await levelOf(result, index)
    if (widthPx * heightPx > 256) expect(likeness(shown, partOf(expected, 0, 0, widthPx, heightPx))).toBeGreaterThan(36)
    expected = halved(expected)
  }
  expect(result.built.presence.count).toBe(result.geometry.tiles)
})

test('a tile that is not stored is filled with the background where no smaller level has the place, and named', async () => {
  const level = await jpegLevel(testPicture(300, 200), 64)
  level.tiles.at(1)?.splice(2, 1, undefined)
  const { sink, built } = await build(memorySlide([level]))
  expect(built.repaired).toEqual([{ level: 0, column: 2, row: 1, how: 'background', reason: 'not stored' }])
  const { data } = await decoded(sink.tiles.get('0/2_1') ?? Buffer.alloc(0))
  expect(data.every((value) => value > 250)).toBe(true)
})

test('a damaged tile is mended from a smaller level, whether its head or its pixels are damaged', async () => {
  const picture = testPicture(512, 512)
  const [full, quarter] = [await jpegLevel(picture, 64), await jpegLevel(halved(halved(picture)), 64)]
  full.tiles.at(3)?.splice(3, 1, Buffer.from('no JPEG at all'))
  const sound = full.tiles[5]?.[6] ?? Buffer.alloc(0)
  const cut = Buffer.concat([sound.subarray(0, sound.length / 2), sound.subarray(sound.length - 2)])
  full.tiles.at(5)?.splice(6, 1, cut)
  const result = await build(memorySlide([full, quarter]))
  expect(result.built.repaired.map(({ column, row, how }) => [column, row, how])).toEqual([
    [3, 3, 'from a smaller level'],
    [6, 5, 'from a smaller level']
  ])
  expect(likeness(await levelOf(result, 0), picture)).toBeGreaterThan(24)
  for (const place of ['0/3_3', '0/6_5'])
    expect((await decoded(result.sink.tiles.get(place) ?? Buffer.alloc(0))).widthPx).toBe(64)
})

test('a tile that can not be decoded even when it was mended ends the build', async () => {
  const sound = jpegCodec()
  const codec: JpegCodec = {
    threads: sound.threads,
    decode: (...call) => sound.decode(...call),
    encode: (...call) => sound.encode(...call),
    reduce: () => Promise.reject(new ChildDamaged(2, 'its codes mean nothing'))
  }
  await expect(build(memorySlide([await jpegLevel(testPicture(128, 128), 64)]), { codec })).rejects.toMatchObject({
    code: 'verify-failed',
    message: expect.stringContaining('its codes mean nothing')
  })
})

test('a build that was cut short goes on where it was, and the result is the same', async () => {
  const source = memorySlide([await jpegLevel(testPicture(500, 400), 64)])
  const { sink: whole, geometry } = await build(source)
  const sink = new MemorySink()
  // What a killed run leaves: the first rows of the full size, and of the next level what they made.
  for (const [place, jpeg] of whole.tiles) if (/^0\/\d+_[0-2]$|^1\/\d+_0$/.test(place)) sink.tiles.set(place, jpeg)
  const left = sink.tiles.size
  const { built } = await build(source, { sink, resume: true })
  expect(built.resumed).toBe(left)
  expect(sink.writes).toBe(geometry.tiles - left)
  expect([...sink.tiles].sort()).toEqual([...whole.tiles].sort())
})

test('a source that can not be read ends the build with its own error', async () => {
  const level = await jpegLevel(testPicture(300, 300), 64)
  const broken = { ...level, readTiles: () => Promise.reject(new Error('the disk is gone')) }
  await expect(build(memorySlide([broken]))).rejects.toThrow('the disk is gone')
})

/** A level that reads rows into shared memory, and overwrites it as soon as that comes back. */
function lendingLevel(level: Awaited<ReturnType<typeof jpegLevel>>) {
  const lent = { rows: 0, back: 0 }
  const readTiles: typeof level.readTiles = async (row, from, to) => {
    const tiles = await level.readTiles(row, from, to)
    lent.rows++
    return tiles.map((tile) => {
      const bytes = Buffer.from(new SharedArrayBuffer(tile.bytes?.length ?? 0))
      tile.bytes?.copy(bytes)
      return { ...tile, bytes }
    })
  }
  const release: NonNullable<typeof level.release> = (tiles) => {
    lent.back++
    for (const { bytes } of tiles) bytes?.fill(0xee)
  }
  return { lent, level: { ...level, readTiles, release } }
}

test('memory of tiles goes back once nothing is made of them any more, and not before', async () => {
  const level = await jpegLevel(testPicture(5 * 64 - 9, 7 * 64), 64)
  const expected = await build(memorySlide([level]))
  const { lent, level: lending } = lendingLevel(level)
  const found = await build(memorySlide([lending]))
  expect(found.sink.tiles).toEqual(expected.sink.tiles)
  // Samples of the result are not taken here, so each read was one of a row.
  expect(lent).toEqual({ rows: 7, back: 7 })
})
