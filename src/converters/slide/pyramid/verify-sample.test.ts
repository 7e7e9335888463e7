import { expect, test } from 'vitest'
import { jpegCodec } from '../pixels/jpeg-codec.ts'
import { newPixels, partOf } from '../pixels/pixel-window.ts'
import type { TileSink } from '../sink.ts'
import { testPicture } from '../testing/memory-slide.ts'
import { deepZoomLayout, pyramid, type Rect, tileRect } from './geometry.ts'
import { compareSample } from './verify-sample.ts'

const geometry = pyramid({ widthPx: 500, heightPx: 400 }, { sizePx: 128, overlapPx: 0 }, deepZoomLayout)
const picture = testPicture(500, 400)
const codec = jpegCodec()
const whole = ({ xPx, yPx, widthPx, heightPx }: Rect) => partOf(picture, xPx, yPx, widthPx, heightPx)

/** A result whose tiles are those of the picture, but for the one of the second column and row. */
function resultWith(odd: (tile: Buffer) => Promise<Buffer | undefined>): TileSink {
  return {
    write: () => undefined,
    resume: async () => undefined,
    finish: async () => undefined,
    close: async () => undefined,
    async read(level, column, row) {
      const shape = geometry.levels[level]
      if (!shape) return undefined
      const tile = await codec.encode(whole(tileRect(geometry, shape, column, row)), 95)
      return column === 2 && row === 2 ? odd(tile) : tile
    }
  }
}
const compare = (odd: (tile: Buffer) => Promise<Buffer | undefined>) =>
  compareSample({
    geometry,
    sink: resultWith(odd),
    codec,
    read: async (rect) => whole(rect),
    signal: new AbortController().signal
  })

test('a result with the pixels of its source passes', async () => {
  await expect(compare(async (tile) => tile)).resolves.toBeUndefined()
})

test.each<[string, (tile: Buffer) => Promise<Buffer | undefined>, RegExp]>([
  ['shows something else', () => codec.encode(newPixels(128, 128), 95), /Tile 2, 2/],
  ['is missing', async () => undefined, /Tile 2, 2 of the full size is missing/],
  ['cannot be decoded', async (tile) => tile.subarray(0, 40), /Tile 2, 2 of the full size can't be decoded/]
])('a result of which a tile %s is refused with the place of that tile', async (_, odd, message) => {
  await expect(compare(odd)).rejects.toMatchObject({ code: 'verify-failed', message: expect.stringMatching(message) })
})
