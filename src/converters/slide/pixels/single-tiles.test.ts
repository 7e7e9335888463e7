import sharp from 'sharp'
import { expect, test } from 'vitest'
import { psnr } from '../../testing/psnr.ts'
import { TileDamaged } from '../source.ts'
import { testPicture } from '../testing/memory-slide.ts'
import { jpegSegments } from './jpeg-header.ts'
import { bringsItsTables } from './jpeg-tables.ts'
import { newPixels, packed } from './pixel-window.ts'
import { singleTileDecoder } from './single-tiles.ts'

const tile = testPicture(64, 64)
const jpegOf = (sizePx: number) =>
  sharp(packed(tile), { raw: { width: 64, height: 64, channels: 3 } })
    .resize(sizePx, sizePx)
    .jpeg({ quality: 95 })
    .toBuffer()

test('a tile is decoded to its pixels, by the same decoder each time', async () => {
  const into = newPixels(64, 64)
  await singleTileDecoder().decode(await jpegOf(64), into, 1)
  expect(psnr(into.data, packed(tile))).toBeGreaterThan(38)
  expect(singleTileDecoder()).toBe(singleTileDecoder())
})

test('what is of another size, cut short or no JPEG is a damaged tile', async () => {
  const jpeg = await jpegOf(64)
  for (const bytes of [await jpegOf(32), jpeg.subarray(0, jpeg.length >> 1), Buffer.from('no JPEG'), Buffer.alloc(0)])
    await expect(singleTileDecoder().decode(bytes, newPixels(64, 64), 1)).rejects.toThrow(TileDamaged)
})

test.each([
  ['quantisation', 0xdb],
  ['Huffman', 0xc4]
])('a tile that lacks its %s tables is damaged, also behind one that has them', async (_, code) => {
  const [whole, into] = [await jpegOf(64), newPixels(64, 64)]
  await singleTileDecoder().decode(whole, into, 1)
  const lacking = [...jpegSegments(whole)].filter((segment) => segment.code === code)
  expect(lacking.length).toBeGreaterThan(1)
  for (const { offset, lengthBytes } of lacking) {
    const bytes = Buffer.concat([whole.subarray(0, offset), whole.subarray(offset + lengthBytes)])
    expect(bringsItsTables(bytes)).toBe(false)
    await expect(singleTileDecoder().decode(bytes, into, 1)).rejects.toThrow(TileDamaged)
  }
})
