import sharp from 'sharp'
import { expect, test } from 'vitest'
import { jpegHeader, jpegSegments } from '../../pixels/jpeg-header.ts'
import { packed } from '../../pixels/pixel-window.ts'
import { jpegTiles } from './jpeg-tiles.ts'
import { asSharp, jpegOf, picture } from './testing/picture.ts'

const codes = (jpeg: Buffer) => [...jpegSegments(jpeg)].map(({ code }) => code)
const pixels = (jpeg: Buffer) => sharp(jpeg).raw().toBuffer()
const segment = (code: number, text: string) =>
  Buffer.concat([Buffer.from([0xff, code, 0, text.length + 2]), Buffer.from(text)])
const behindStart = (jpeg: Buffer, ...parts: Buffer[]) =>
  Buffer.concat([jpeg.subarray(0, 2), ...parts, jpeg.subarray(2)])

/** A JPEG taken apart as TIFF stores it: tables in a stream of their own, the rest without them. */
function apart(jpeg: Buffer): { tables: Buffer; tile: Buffer } {
  const isTable = (code: number) => code === 0xdb || code === 0xc4
  const segments = [...jpegSegments(jpeg)]
  const bytesOf = (wanted: boolean) =>
    segments
      .filter(({ code }) => isTable(code) === wanted && code !== 0xda && code !== 0xe0)
      .map(({ offset, lengthBytes }) => jpeg.subarray(offset, offset + lengthBytes))
  const scanAt = segments.at(-1)?.offset ?? 0
  return {
    tables: Buffer.concat([Buffer.from([0xff, 0xd8]), ...bytesOf(true), Buffer.from([0xff, 0xd9])]),
    tile: Buffer.concat([Buffer.from([0xff, 0xd8]), ...bytesOf(false), jpeg.subarray(scanAt)])
  }
}

test('tables that the tiles share are put in front, and the tile stays byte for byte', async () => {
  const jpeg = await jpegOf(picture(64, 64))
  const { tables, tile } = apart(jpeg)
  await expect(pixels(tile)).rejects.toThrow()
  const whole = jpegTiles({ tables, rgb: false }).complete(tile)
  expect(whole.subarray(-(tile.length - 2)).equals(tile.subarray(2))).toBe(true)
  expect((await pixels(whole)).equals(await pixels(jpeg))).toBe(true)
})

test('a tile that is whole already stays as it is', async () => {
  const { tile, tables } = apart(await jpegOf(picture(64, 64)))
  const whole = jpegTiles({ tables, rgb: false }).complete(tile)
  expect(jpegTiles({ rgb: false }).complete(whole).equals(whole)).toBe(true)
})

test("a tile's own tables win over the shared ones", async () => {
  const coarse = apart(await asSharp(picture(64, 64)).jpeg({ quality: 10 }).toBuffer())
  const fine = await jpegOf(picture(64, 64))
  const whole = jpegTiles({ tables: coarse.tables, rgb: false }).complete(fine)
  expect((await pixels(whole)).equals(await pixels(fine))).toBe(true)
})

test('words in a tile or in the tables do not get through', async () => {
  const { tables, tile } = apart(await jpegOf(picture(64, 64)))
  const exif = segment(0xe1, 'Exif\0\0 CASE-4711')
  const comment = segment(0xfe, 'CASE-4711')
  const wordy = Buffer.concat([behindStart(tile, exif, comment, segment(0xec, 'CASE-4711')), Buffer.from('CASE-4711')])
  const whole = jpegTiles({ tables: behindStart(tables, comment), rgb: false }).complete(wordy)
  expect(whole.includes('CASE-4711')).toBe(false)
  expect(codes(whole).filter((code) => code >= 0xe0)).toEqual([])
  expect((await pixels(whole)).equals(await pixels(jpegTiles({ tables, rgb: false }).complete(tile)))).toBe(true)
})

test('RGB is marked as such, whatever marker the tile brings along', async () => {
  const { tables, tile } = apart(await jpegOf(picture(64, 64)))
  const saysYcbcr = Buffer.from([0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 1])
  const { complete } = jpegTiles({ tables, rgb: true })
  expect(complete(behindStart(tile, saysYcbcr)).equals(complete(tile))).toBe(true)
  expect((await pixels(complete(tile))).equals(await pixels(jpegTiles({ tables, rgb: false }).complete(tile)))).toBe(
    false
  )
})

test('YCbCr whose components are called R, G and B is marked as YCbCr', async () => {
  const jpeg = await jpegOf(picture(64, 64))
  const { tables, tile } = apart(jpeg)
  const called = Buffer.from(tile)
  const frameAt = jpegHeader(called)?.frameOffset ?? 0
  const scanAt = [...jpegSegments(called)].at(-1)?.offset ?? 0
  for (const [i, id] of [...'RGB'].entries()) {
    called[frameAt + 10 + i * 3] = id.charCodeAt(0)
    called[scanAt + 5 + i * 2] = id.charCodeAt(0)
  }
  const plain = jpegTiles({ tables, rgb: false }).complete(called)
  expect((await pixels(plain)).equals(await pixels(jpeg))).toBe(false)
  const marked = jpegTiles({ tables, rgb: false, componentIds: [...Buffer.from('RGB')] }).complete(called)
  expect((await pixels(marked)).equals(await pixels(jpeg))).toBe(true)
})

test('what is no JPEG, or has no pixels, gives nothing', () => {
  const { complete } = jpegTiles({ rgb: false })
  for (const bytes of ['', 'not a JPEG', '\xff\xd8', '\xff\xd8\xff\xd9', '\xff\xd8\xff\xda'])
    expect(complete(Buffer.from(bytes, 'latin1'))).toHaveLength(0)
  expect(complete(packed(picture(64, 64)))).toHaveLength(0)
})
