import fc from 'fast-check'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { MicrotomeError } from '../../shared/errors.ts'
import { buildTiff } from '../testing/build-tiff.ts'
import { bytesOf } from './byte-source.ts'
import { checkPixelsArePresent, readPages } from './pages.ts'

const pyramid = (bigtiff: boolean) =>
  sharp({ create: { width: 900, height: 600, channels: 3, background: '#d060a0' } })
    .tiff({
      tile: true,
      tileWidth: 256,
      tileHeight: 256,
      pyramid: true,
      compression: 'jpeg',
      bigtiff,
      xres: 4000,
      yres: 4000,
      resolutionUnit: 'cm'
    })
    .toBuffer()

test.each([false, true])('the pages of a pyramid that libvips wrote are read (BigTIFF: %s)', async (big) => {
  const tiff = await readPages(bytesOf(await pyramid(big)))
  expect(tiff?.big).toBe(big)
  expect(tiff?.pages.map(({ page, widthPx, heightPx, tiled }) => [page, widthPx, heightPx, tiled])).toEqual([
    [0, 900, 600, true],
    [1, 450, 300, true],
    [2, 225, 150, true]
  ])
  expect(tiff?.pages[0]?.resolution).toEqual({ xMpp: 0.25, yMpp: 0.25 })
  expect(tiff?.pages[0]?.compression).toBe(7)
})

test.each([
  { big: false, bigEndian: true },
  { big: true, bigEndian: true },
  { big: false, bigEndian: false }
])('byte order and offset size make no difference: %o', async (options) => {
  const page = { tags: { 256: [70_000], 257: [300], 270: 'two words', 282: { rational: 20_000 }, 296: [3] } }
  const sub = { tags: { 254: [1], 256: [350], 257: [2] } }
  const tiff = await readPages(bytesOf(buildTiff([{ ...page, subPages: [sub] }, sub], options)))
  expect(tiff?.pages.map(({ page, subPage, widthPx }) => [page, subPage, widthPx])).toEqual([
    [0, undefined, 70_000],
    [0, 0, 350],
    [1, undefined, 350]
  ])
  expect(tiff?.pages[0]?.description).toBe('two words')
  expect(tiff?.pages[0]?.resolution).toEqual({ xMpp: 0.5, yMpp: 0.5 })
})

test('a resolution that is a print default is no pixel size', async () => {
  const tiff = await readPages(bytesOf(buildTiff([{ tags: { 256: [9], 257: [9], 282: { rational: 300 }, 296: [2] } }])))
  expect(tiff?.pages[0]?.resolution).toBeUndefined()
})

test('a chain of directories that comes back to itself ends there', async () => {
  const file = buildTiff([{ tags: { 256: [9], 257: [9] } }, { tags: { 256: [5], 257: [5] } }])
  const first = file.readUInt32LE(4)
  file.writeUInt32LE(first, file.length - 4)
  expect((await readPages(bytesOf(file)))?.pages).toHaveLength(2)
})

test('what is no TIFF is none, not a damaged one', async () => {
  for (const bytes of [Buffer.from(''), Buffer.from('II'), Buffer.from('hello world, not a tiff'), Buffer.from('II*')])
    expect(await readPages(bytesOf(bytes))).toBeUndefined()
})

test('pixels beyond the end of the file are noticed', async () => {
  const whole = buildTiff([{ tags: { 256: [9], 257: [9], 273: [8, 20], 279: [12, 900] } }], { data: Buffer.alloc(40) })
  const tiff = await readPages(bytesOf(whole))
  const [page] = tiff?.pages ?? []
  if (!page) throw new Error('no page')
  await expect(checkPixelsArePresent(bytesOf(whole), page)).rejects.toThrow(/reach to byte 920, the file ends at/)
})

const inputErrorOrResult = async (bytes: Uint8Array) => {
  try {
    const tiff = await readPages(bytesOf(bytes))
    for (const page of tiff?.pages ?? []) await checkPixelsArePresent(bytesOf(bytes), page)
  } catch (error) {
    if (!(error instanceof MicrotomeError)) throw error
    expect(error.class).toBe('input')
  }
}

test('any bytes behind a TIFF header give a result or an input error', async () => {
  const header = fc.constantFrom(
    [0x49, 0x49, 42, 0, 8, 0, 0, 0],
    [0x4d, 0x4d, 0, 42, 0, 0, 0, 8],
    [0x49, 0x49, 43, 0, 8, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0]
  )
  await fc.assert(
    fc.asyncProperty(header, fc.uint8Array({ maxLength: 400 }), (start, rest) =>
      inputErrorOrResult(Uint8Array.from([...start, ...rest]))
    ),
    { numRuns: 500 }
  )
})

test('a real pyramid with bytes changed or cut off gives a result or an input error', async () => {
  const whole = await pyramid(true)
  const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(changes, fc.nat(whole.length), async (edits, length) => {
      const bytes = Buffer.from(whole)
      for (const [at, value] of edits) bytes[at] = value
      await inputErrorOrResult(bytes.subarray(0, length))
      await inputErrorOrResult(bytes)
    }),
    { numRuns: 300 }
  )
})
