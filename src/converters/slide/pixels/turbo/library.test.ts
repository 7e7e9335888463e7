import { describe, expect, test } from 'vitest'
import { TileDamaged } from '../../source.ts'
import { edited, tileJpeg } from '../../testing/tiled-jpeg.ts'
import { jpegSegments } from '../jpeg-header.ts'
import { newPixels } from '../pixel-window.ts'
import { loadTurboJpeg } from './library.ts'

const turbo = loadTurboJpeg()
const sound = await tileJpeg(1)
const tablesAt = sound.indexOf(Buffer.from([0xff, 0xc4]))
const pixelsOf = (jpeg: Buffer) => {
  const window = newPixels(240, 240)
  turbo?.decode(jpeg, window, 1)
  return window.data
}

describe.skipIf(!turbo)('a tile is decoded as ever after one', () => {
  test.each([
    ['whose table has an impossible length', edited(sound, (copy) => copy.writeUInt16BE(3, tablesAt + 2))],
    ['that ends within its head', sound.subarray(0, tablesAt + 10)],
    ['that ends within its pixels', sound.subarray(0, sound.length / 2)],
    ['of nothing', Buffer.alloc(100)]
  ])('%s', (_, damaged) => {
    const expected = pixelsOf(sound)
    expect(() => pixelsOf(damaged)).toThrow(TileDamaged)
    expect(pixelsOf(sound).equals(expected)).toBe(true)
  })
})

describe.skipIf(!turbo)('a tile takes nothing from the one before', () => {
  test.each([
    ['quantisation', 0xdb],
    ['Huffman', 0xc4]
  ])('that lacks its %s tables', (_, code) => {
    const other = pixelsOf(sound)
    for (const { offset, lengthBytes } of [...jpegSegments(sound)].filter((segment) => segment.code === code)) {
      const lacking = Buffer.concat([sound.subarray(0, offset), sound.subarray(offset + lengthBytes)])
      expect(() => pixelsOf(lacking)).toThrow(TileDamaged)
      expect(pixelsOf(sound).equals(other)).toBe(true)
    }
  })
})
