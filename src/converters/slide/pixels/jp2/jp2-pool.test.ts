import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { psnr } from '../../../testing/psnr.ts'
import { tempDir } from '../../../testing/temp-dir.ts'
import { hasProgram } from '../../../testing/tools.ts'
import { TileDamaged } from '../../source.ts'
import { halve } from '../box-filter.ts'
import { newPixels, type PixelWindow, partOf } from '../pixel-window.ts'
import { Jp2Pool } from './jp2-pool.ts'
import { encode422, encodeJp2, sizeSegment, withoutTransform } from './testing/encode-jp2.ts'

let pool: Jp2Pool
beforeAll(async () => {
  pool = await Jp2Pool.start(2)
})
afterAll(() => pool.close())

const plain = { ycbcr: false }
const stubborn = new URL('./testing/stubborn-worker.ts', import.meta.url)

/** Something like tissue: waves with a little noise, so that no plane is trivial. */
function picture(widthPx: number, heightPx: number, seed = 1): PixelWindow {
  const pixels = newPixels(widthPx, heightPx)
  for (let i = 0; i < pixels.data.length; i++) {
    const [x, y] = [Math.floor(i / 3) % widthPx, Math.floor(i / 3 / widthPx)]
    const noise = (Math.imul(i + seed, 2654435761) >>> 16) & 7
    pixels.data[i] = 120 + 60 * Math.sin((x + seed * 9) / 7) + 40 * Math.cos((y * (1 + (i % 3))) / 9) + noise
  }
  return pixels
}

const encoded = (
  { data, widthPx, heightPx }: PixelWindow,
  more: { compressionRatio?: number; decompositions?: number } = {}
) => encodeJp2({ samples: data, widthPx, heightPx, ...more })

async function decoded(bytes: Buffer, widthPx: number, heightPx: number, options = plain): Promise<Buffer> {
  const into = newPixels(widthPx, heightPx)
  await pool.decode(bytes, into, 1, options)
  return into.data
}

const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => 'decoded',
    (error: unknown) => (error instanceof TileDamaged ? error.reason : `not a damaged tile: ${error}`)
  )

test('a lossless tile comes back pixel by pixel, into a part of a larger picture and nowhere else', async () => {
  const tile = picture(240, 240)
  const whole = newPixels(300, 260)
  await pool.decode(await encoded(tile), partOf(whole, 50, 10, 240, 240), 1, plain)
  const expected = newPixels(300, 260)
  for (let y = 0; y < 240; y++) tile.data.copy(expected.data, ((y + 10) * 300 + 50) * 3, y * 720, (y + 1) * 720)
  expect(whole.data.equals(expected.data)).toBe(true)
})

test.runIf(hasProgram('vips', '--version'))('a lossy tile comes out as libvips decodes it', async () => {
  const bytes = await encoded(picture(256, 200), { compressionRatio: 12 })
  await using dir = await tempDir()
  const [from, to] = [join(dir.path, 'tile.j2k'), join(dir.path, 'tile.raw')]
  await writeFile(from, bytes)
  execFileSync('vips', ['rawsave', from, to])
  const theirs = await readFile(to)
  const ours = await decoded(bytes, 256, 200)
  expect(ours.every((sample, i) => Math.abs(sample - (theirs[i] ?? 999)) <= 1)).toBe(true)
})

test.each([
  [240, 240],
  [241, 239],
  [1, 1],
  [3, 64]
])('half of %i x %i is the area average of the whole, to the bit', async (widthPx, heightPx) => {
  const tile = picture(widthPx, heightPx)
  const expected = newPixels(Math.ceil(widthPx / 2), Math.ceil(heightPx / 2))
  halve(tile, expected)
  const into = newPixels(expected.widthPx, expected.heightPx)
  await pool.decode(await encoded(tile, { decompositions: widthPx < 32 ? 0 : 5 }), into, 2, plain)
  expect(into.data.equals(expected.data)).toBe(true)
})

test('one component is shown as grey', async () => {
  const samples = Buffer.from(Array.from({ length: 64 * 64 }, (_, i) => (i * 7) % 256))
  const bytes = await encodeJp2({ samples, widthPx: 64, heightPx: 64, components: 1 })
  const rgb = await decoded(bytes, 64, 64, { ycbcr: true })
  expect(rgb.every((sample, i) => sample === samples[Math.floor(i / 3)])).toBe(true)
})

test('YCbCr that the stream says nothing of becomes RGB where the container says so', async () => {
  const tile = picture(240, 240)
  const bytes = withoutTransform(await encoded(tile, { compressionRatio: 4 }))
  expect(psnr(await decoded(bytes, 240, 240, { ycbcr: true }), tile.data)).toBeGreaterThan(45)
  expect(psnr(await decoded(bytes, 240, 240), tile.data)).toBeLessThan(20)
})

test('colours of half the columns are spread over two, and converted once', async () => {
  const plane = (widthPx: number, seed: number) =>
    Buffer.from(picture(widthPx, 32, seed).data.subarray(0, widthPx * 32))
  const [y, cb, cr] = [plane(64, 3), plane(32, 5), plane(32, 8)]
  const expected = Uint8ClampedArray.from({ length: 64 * 32 * 3 }, (_, i) => {
    const at = Math.floor(i / 3)
    const [luma, blue, red] = [y[at] ?? 0, (cb[at >> 1] ?? 0) - 128, (cr[at >> 1] ?? 0) - 128]
    const added = [1.402 * red, -0.344 * blue - 0.714 * red, 1.772 * blue].at(i % 3)
    return luma + (added ?? 0)
  })
  const rgb = await decoded(await encode422(y, cb, cr, 64, 32), 64, 32, { ycbcr: true })
  // OpenJPEG's own conversion cuts decimals off where ours rounds.
  expect(Math.max(...rgb.map((sample, i) => Math.abs(sample - (expected[i] ?? 0))))).toBeLessThanOrEqual(1)
})

test('a codestream in the boxes of a JP2 file is found', async () => {
  const tile = picture(64, 48)
  const box = (name: string, content: Buffer) => {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(8 + content.length)
    head.write(name, 4, 'latin1')
    return Buffer.concat([head, content])
  }
  const parts = [
    box('jP  ', Buffer.from('0d0a870a', 'hex')),
    box('ftyp', Buffer.alloc(12)),
    box('jp2c', await encoded(tile))
  ]
  expect((await decoded(Buffer.concat(parts), 64, 48)).equals(tile.data)).toBe(true)
})

test('many tiles at once all come out right', async () => {
  const tiles = Array.from({ length: 40 }, (_, i) => picture(64, 64, i))
  const results = await Promise.all(
    tiles.map(async (tile) => (await decoded(await encoded(tile), 64, 64)).equals(tile.data))
  )
  expect(results).toEqual(tiles.map(() => true))
})

const header = (size: Buffer) => Buffer.concat([Buffer.from([0xff, 0x4f]), size, Buffer.alloc(64)])
const rgbSteps = ['1x1', '1x1', '1x1']
const with32 = (...changes: [at: number, value: number][]) => {
  const size = sizeSegment(240, 240, rgbSteps)
  for (const [at, value] of changes) size.writeUInt32BE(value, at)
  return header(size)
}
const lies: [string, Buffer, string][] = [
  [
    '2^31 pixels a side',
    header(sizeSegment(2 ** 31, 2 ** 31, rgbSteps)),
    'its header claims 2147483648 x 2147483648 pixels'
  ],
  ['no pixels', header(sizeSegment(0, 240, rgbSteps)), 'its header claims 0 x 240 pixels'],
  ['another size', header(sizeSegment(256, 240, rgbSteps)), 'it is 256 x 240 pixels, which is not the size of a tile'],
  [
    '16,384 components',
    header(sizeSegment(240, 240, new Array(16384).fill('1x1'))),
    'it has 16384 components instead of 1 or 3'
  ],
  ['two components', header(sizeSegment(240, 240, ['1x1', '1x1'])), 'it has 2 components instead of 1 or 3'],
  ['16 bits', header(sizeSegment(240, 240, rgbSteps, 15)), 'its samples are of 16 bits'],
  ['signed samples', header(sizeSegment(240, 240, rgbSteps, 0x87)), 'its samples are signed, of 8 bits'],
  [
    'odd subsampling',
    header(sizeSegment(240, 240, ['1x1', '1x2', '1x2'])),
    'its components are sampled in steps of 1x1 1x2 1x2'
  ],
  ['57,600 tiles of one pixel', with32([22, 1], [26, 1]), 'its header claims 57600 tiles inside the tile'],
  ['tiles of no size', with32([22, 0]), 'its header claims Infinity tiles inside the tile'],
  ['a picture off its grid', with32([14, 8]), 'its picture does not begin at the corner of its grid'],
  ['a cut header', Buffer.from('ff4fff51002f00000000', 'hex'), 'it holds no JPEG 2000 codestream'],
  ['a JPEG', Buffer.from('ffd8ffe000104a46494600010100', 'hex'), 'it holds no JPEG 2000 codestream'],
  ['nothing', Buffer.alloc(0), 'it holds no JPEG 2000 codestream']
]
test.each(lies)('a header with %s is refused before anything is decoded', async (_, bytes, reason) => {
  expect(await reasonOf(decoded(bytes, 240, 240))).toBe(reason)
})

test('a stream that is cut off or overwritten is damaged, and the tile after it is whole', async () => {
  const tile = picture(240, 240)
  const bytes = await encoded(tile, { compressionRatio: 10 })
  expect(await reasonOf(decoded(bytes.subarray(0, bytes.length >> 1), 240, 240))).toMatch(/^OpenJPEG says "/)
  expect(await reasonOf(decoded(Buffer.from(bytes).fill(0xff, 300, 800), 240, 240))).toMatch(/^OpenJPEG says "/)
  expect(await reasonOf(decoded(bytes.subarray(0, 60), 240, 240))).toMatch(/^OpenJPEG says "/)
  expect((await decoded(await encoded(tile), 240, 240)).equals(tile.data)).toBe(true)
})

test('whatever bytes are changed, a tile is decoded or damaged, and sound tiles stay exact', {
  timeout: 60_000
}, async () => {
  const tile = picture(96, 96)
  const sound = await encoded(tile)
  const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), value: fc.integer({ min: 0, max: 255 }) })
  const changes = fc.array(change, { minLength: 1, maxLength: 12 })
  const property = fc.asyncProperty(changes, fc.boolean(), async (list, inHeader) => {
    const bytes = Buffer.from(sound)
    for (const { at, value } of list) bytes[Math.floor(at * ((inHeader ? 150 : bytes.length) - 1))] = value
    const outcome = await reasonOf(decoded(bytes, 96, 96))
    expect(outcome).not.toMatch(/^not a damaged tile/)
    expect((await decoded(sound, 96, 96)).equals(tile.data)).toBe(true)
  })
  await fc.assert(property, { numRuns: 300 })
})

test.each([
  [1, 'it was not decoded within 2 s'],
  [2, 'its decoder ended'],
  [3, 'its data crashed the decoder']
])('a thread that a tile stops (%i) is replaced: that tile alone is damaged (%s)', async (last, reason) => {
  await using small = await stubbornPool()
  const good = [7, 8, 9, 10].map((value) => small.tile(value))
  const bad = reasonOf(small.tile(last))
  const later = [11, 12, 13, 14].map((value) => small.tile(value))
  expect(await bad).toBe(reason)
  expect(await Promise.all([...good, ...later])).toEqual([7, 8, 9, 10, 11, 12, 13, 14])
})

async function stubbornPool() {
  const small = await Jp2Pool.start(2, { entry: stubborn, tileTimeoutMs: 2000 })
  const tile = async (last: number) => {
    const into = newPixels(16, 16)
    await small.decode(Buffer.concat([header(sizeSegment(16, 16, rgbSteps)), Buffer.from([last])]), into, 1, plain)
    return into.data[0]
  }
  return { tile, close: () => small.close(), [Symbol.asyncDispose]: () => small.close() }
}

test('a pool that closes gives up what it has not decoded, and takes no more', async () => {
  await using small = await stubbornPool()
  const outcomes = [1, 1, 7, 8, 9].map((value) => small.tile(value).catch((error: unknown) => String(error)))
  await small.close()
  expect((await Promise.all(outcomes)).filter((outcome) => typeof outcome === 'number')).toEqual([])
  await expect(small.tile(7)).rejects.toMatchObject({ code: 'cancelled' })
})

test('a decoder that can not start is said at once', async () => {
  const entry = new URL('./no-such-worker.ts', import.meta.url)
  await expect(Jp2Pool.start(2, { entry })).rejects.toMatchObject({ code: 'tool-failed' })
})
