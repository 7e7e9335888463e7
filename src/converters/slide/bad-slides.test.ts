import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FromChild } from '../../shared/converter-protocol.ts'
import { buildDicom } from '../testing/build-dicom.ts'
import { buildTiff } from '../testing/build-tiff.ts'
import { ForkedChild } from '../testing/forked-child.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { encodeJp2, sizeSegment } from './pixels/jp2/testing/encode-jp2.ts'
import { jpegWish } from './readers/dicom/testing/made-slides.ts'
import {
  boastful,
  chainOf,
  edited,
  frameAt,
  noise,
  type TiledJpegWish,
  tiledJpeg,
  tileJpeg
} from './testing/tiled-jpeg.ts'

// What a user may drop on the window, through the whole child, one after the other: it must survive all of it.

let child: ForkedChild
let sound: Buffer
beforeAll(async () => {
  child = await ForkedChild.start()
  sound = await tiledJpeg()
})
afterAll(() => child[Symbol.asyncDispose]())

type End = Extract<FromChild, { type: 'converted' | 'failed' | 'probed' | 'sampled' }>

async function convert(bytes: Uint8Array, options: Record<string, unknown> = {}, profile = 'dzi'): Promise<End> {
  await using dir = await tempDir()
  const at = (name: string) => join(dir.path, name)
  await Promise.all([writeFile(at('slide.svs'), bytes), mkdir(at('result')), mkdir(at('scratch'))])
  const output = { type: 'folder' as const, dir: at('result') }
  const request = { sourcePath: at('slide.svs'), profile, options, output, scratchDir: at('scratch') }
  return await child.request(child.wish(request))
}

/** The answer of a failed request. */
async function failureOf(bytes: Uint8Array) {
  const end = await convert(bytes)
  if (end.type !== 'failed') throw new Error(`it did not fail: ${JSON.stringify(end)}`)
  return end.error
}

/** Its report, if it was converted. */
async function reportOf(bytes: Uint8Array, options: Record<string, unknown> = {}, profile = 'dzi') {
  const end = await convert(bytes, options, profile)
  if (end.type !== 'converted') throw new Error(`it was not converted: ${JSON.stringify(end)}`)
  return end.result.report
}

const withTags = (tags: TiledJpegWish['tags'] & object) => () => tiledJpeg({ tags })
const twentyTimes = (value: number) => new Array<number>(20).fill(value)
const lastPointerTo = (target: (directories: number[]) => number) => async () =>
  edited(sound, (copy) => {
    const { directories, lastPointerAt } = chainOf(copy)
    copy.writeBigUInt64LE(BigInt(target(directories)), lastPointerAt)
  })

/** Frame and scan alone; the tables are to come from elsewhere. */
const withoutTables = (jpeg: Buffer) => {
  const at = frameAt(jpeg)
  const frame = jpeg.subarray(at, at + 19)
  return Buffer.concat([jpeg.subarray(0, 2), frame, jpeg.subarray(jpeg.indexOf(Buffer.from([0xff, 0xda])))])
}
/** Tables that were made for noise. */
async function foreignTables(): Promise<Buffer> {
  const raw = { width: 240, height: 240, channels: 3 } as const
  const jpeg = await sharp(noise(240 * 240 * 3), { raw })
    .jpeg({ quality: 10, optimiseCoding: true })
    .toBuffer()
  const huffmanAt = jpeg.indexOf(Buffer.from([0xff, 0xc4]))
  const huffman = jpeg.subarray(huffmanAt, jpeg.indexOf(Buffer.from([0xff, 0xda])))
  return Buffer.concat([jpeg.subarray(0, frameAt(jpeg)), huffman, Buffer.from([0xff, 0xd9])])
}
const jp2Bomb = () =>
  Buffer.concat([Buffer.from([0xff, 0x4f]), sizeSegment(60_000, 60_000, ['1x1', '1x1', '1x1']), noise(300)])
const jp2Tags = { 259: [33_005], 262: [2] }

/** A directory of ten million entries that are really there. */
function tenMillionEntries(): Buffer {
  const entries = Buffer.alloc(8 + 10_000_000 * 20 + 8)
  entries.writeBigUInt64LE(10_000_000n)
  return Buffer.concat([edited(sound, (copy) => copy.writeBigUInt64LE(BigInt(sound.length), 8)), entries])
}

async function hugePng(): Promise<Buffer> {
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
    .png()
    .toBuffer()
  return edited(png, (copy) => {
    copy.writeUInt32BE(50_000, 16)
    copy.writeUInt32BE(40_000, 20)
    copy.writeUInt32BE(crc32(copy.subarray(12, 29)), 29)
  })
}

const strips = {
  256: [50_000],
  257: [40_000],
  258: [8, 8, 8],
  259: [1],
  262: [2],
  273: [8],
  277: [3],
  278: [40_000],
  279: [100]
}

describe('a file that can’t be converted ends in an error that says what is wrong', () => {
  test.each<[string, () => Buffer | Promise<Buffer>, string, RegExp]>([
    ['nothing', () => Buffer.alloc(0), 'empty-file', /empty/],
    ['text', () => Buffer.from('no slide at all '.repeat(99)), 'not-recognised', /plain text/],
    ['a TIFF of 8 bytes', () => sound.subarray(0, 8), 'not-recognised', /image.tiff/],
    ['a TIFF cut short', () => sound.subarray(0, sound.length * 0.6), 'damaged', /names bytes \d+ to \d+, and has \d+/],
    ['pixels behind the end', withTags({ 324: twentyTimes(4e9), 325: twentyTimes(9000) }), 'damaged', /cut short/],
    ['pixels at 2^53', withTags({ 324: twentyTimes(2 ** 53), 325: twentyTimes(9000) }), 'damaged', /cut short/],
    ['tiles of 2 GB each', withTags({ 325: twentyTimes(2 ** 31) }), 'damaged', /cut short/],
    ['an empty table of tiles', withTags({ 324: [], 325: [] }), 'damaged', /0 of the 20 tiles/],
    ['no tile stored', () => tiledJpeg({ change: () => undefined }), 'damaged', /stores none of its tiles/],
    ['a chain that leaves the file', lastPointerTo(() => 1e12), 'damaged', /1000000000000/],
    [
      'a claim of ten million entries',
      async () => edited(sound, (copy) => copy.writeBigUInt64LE(10_000_000n, chainOf(copy).directories[0])),
      'damaged',
      /10000000 entries/
    ],
    ['ten million entries', tenMillionEntries, 'damaged', /10000000 entries/],
    ['tiles of 0 pixels', withTags({ 322: [0], 323: [0] }), 'damaged', /0 x 0 pixels/],
    ['tiles of 1 pixel', withTags({ 322: [1], 323: [1] }), 'damaged', /20 of the 800000 tiles/],
    ['tiles of 2^31 pixels', withTags({ 322: [2 ** 31], 323: [2 ** 31] }), 'damaged', /2147483648 x 2147483648/],
    ['no width', withTags({ 256: [0] }), 'damaged', /0 x 800 pixels/],
    ['2 gigapixels claimed by 20 tiles', withTags({ 256: [50_000], 257: [40_000] }), 'damaged', /20 of the 34903/],
    ['2 gigapixels claimed by one strip', () => buildTiff([{ tags: strips }]), 'damaged', /./],
    ['2 gigapixels claimed by a PNG', hugePng, 'too-large', /50,000 x 40,000/],
    ['half a terapixel', withTags({ 256: [900_000], 257: [640_000] }), 'too-large', /900,000 x 640,000/],
    ['tables that are missing', () => tiledJpeg({ change: withoutTables }), 'damaged', /none can be decoded/],
    [
      'tables of other tiles',
      async () => tiledJpeg({ change: withoutTables, tags: { 347: await foreignTables() } }),
      'damaged',
      /none can be decoded/
    ],
    ['JPEG tiles that claim 4 gigapixels', () => tiledJpeg({ change: boastful }), 'damaged', /none can be decoded/],
    ['JPEG 2000 bombs', () => tiledJpeg({ change: jp2Bomb, tags: jp2Tags }), 'damaged', /none can be decoded/],
    [
      'DICOM without pixel data',
      async () => buildDicom({ ...(await jpegWish()), pixels: false }),
      'damaged',
      /no pixel data/
    ],
    ['DICOM cut in its attributes', async () => buildDicom(await jpegWish()).subarray(0, 600), 'damaged', /./]
  ])('%s', { timeout: 60_000 }, async (_, make, code, message) => {
    const error = await failureOf(await make())
    expect(error).toMatchObject({ code, class: 'input', message: expect.stringMatching(message) })
    expect(error.hint).toBeTruthy()
  })
})

/** One tile in the middle of 5 x 4. */
const middle = 6

describe('a slide that lost tiles is converted, and the report names each', () => {
  test('JPEG 2000 tiles that are cut or garbled', { timeout: 60_000 }, async () => {
    const jp2 = await encodeJp2({ samples: noise(240 * 240 * 3), widthPx: 240, heightPx: 240 })
    const garbled = Buffer.concat([jp2.subarray(0, 200), noise(2000)])
    const change = (_: Buffer, i: number) => (i === 5 ? jp2.subarray(0, jp2.length / 2) : i === middle ? garbled : jp2)
    const report = await reportOf(await tiledJpeg({ change, tags: jp2Tags }))
    expect(report).toMatchObject({
      tiles: { repaired: 2 },
      repaired: [
        { column: 0, row: 1 },
        { column: 1, row: 1 }
      ]
    })
  })

  test('without a smaller level its place is filled with the background', { timeout: 60_000 }, async () => {
    const change = (jpeg: Buffer, i: number) => (i === middle ? undefined : jpeg)
    const report = await reportOf(await tiledJpeg({ change, single: true }))
    expect(report).toMatchObject({ repaired: [{ level: 0, column: 1, row: 1, how: 'background' }] })
  })
})

describe('what is odd and not broken is converted', () => {
  test.each<[string, () => Promise<Buffer>]>([
    ['a chain of directories that leads back to the first', lastPointerTo(([first = 0]) => first)],
    ['a chain of directories that ends in itself', lastPointerTo((directories) => directories.at(-1) ?? 0)],
    ['shared tables of noise that no tile needs', withTags({ 347: noise(500) })],
    [
      'a small TIFF that is no slide',
      async () =>
        sharp(await tileJpeg(1))
          .tiff()
          .toBuffer()
    ]
  ])('%s', { timeout: 60_000 }, async (_, make) => {
    expect(await reportOf(await make())).toMatchObject({ tiles: { repaired: 0 }, repaired: [] })
  })

  test.each(['dzi', 'bigtiff'])('bytes behind the end of each tile, for %s', { timeout: 60_000 }, async (profile) => {
    const padded = await tiledJpeg({ change: (jpeg) => Buffer.concat([jpeg, Buffer.alloc(60, 7)]) })
    expect(await reportOf(padded, {}, profile)).toMatchObject({ tiles: { repaired: 0 }, repaired: [] })
  })

  test('a damaged colour profile: colours stay, and the report says so', { timeout: 60_000 }, async () => {
    const report = await reportOf(await tiledJpeg({ tags: { 34675: noise(800) } }), { color: 'srgb' })
    expect(report).toMatchObject({ color: 'kept: the embedded profile is damaged' })
  })
})

test('damage that follows a pattern is mended: every tile of three is cut', { timeout: 60_000 }, async () => {
  const change = (jpeg: Buffer, index: number) => (index % 3 === 0 ? jpeg.subarray(0, 400) : jpeg)
  expect(await reportOf(await tiledJpeg({ change, widthPx: 5760 }))).toMatchObject({ tiles: { repaired: 32 } })
})

const fraction = fc.double({ min: 0, max: 1, noNaN: true })
const anyDamage = fc.record({
  cut: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fraction }),
  bytes: fc.array(fc.tuple(fraction, fc.nat(255)), { minLength: 1, maxLength: 12 }),
  inDirectories: fc.boolean()
})

test('whatever bytes are changed, the answer is a result or the file’s own fault', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(anyDamage, async ({ cut, bytes, inDirectories }) => {
      const from = inDirectories ? (chainOf(sound).directories[0] ?? 0) : 0
      const damaged = edited(sound, (copy) => {
        for (const [where, value] of bytes) copy[from + Math.floor(where * (copy.length - 1 - from))] = value
      })
      const end = await convert(damaged.subarray(0, Math.ceil(damaged.length * cut)))
      expect(end.type === 'converted' || (end.type === 'failed' && outsideFault(end.error))).toBe(true)
    }),
    { numRuns: 25 }
  )
})

/** `tool-missing`: what is not recognised might be a video, and this child has no ffmpeg. */
const outsideFault = (error: { class: string; code: string }) =>
  error.class === 'input' || error.code === 'tool-missing'

test('after all of it the child still converts, and never held more than 400 MB', { timeout: 60_000 }, async ({
  skip
}) => {
  expect(await reportOf(sound)).toMatchObject({ tiles: { total: 36, repaired: 0 } })
  skip(process.platform !== 'linux', 'only Linux tells the peak of a process')
  const status = await readFile(`/proc/${child.process.pid}/status`, 'utf8')
  const peakKb = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1])
  expect(peakKb).toBeLessThan(400 * 1024)
})
