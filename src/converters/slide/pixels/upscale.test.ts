import { expect, test } from 'vitest'
import { TileDamaged } from '../source.ts'
import { copyPixels, newPixels, type PixelWindow, packed, partOf } from './pixel-window.ts'
import { type ReadablePicture, upscaledPart } from './upscale.ts'

/** Smooth, and different everywhere: red runs to the right, green downwards. */
function slopes(widthPx: number, heightPx: number): PixelWindow {
  const pixels = newPixels(widthPx, heightPx)
  for (let y = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++)
      pixels.data.set([255 * ((x + 0.5) / widthPx), 255 * ((y + 0.5) / heightPx), 90], (y * widthPx + x) * 3)
  return pixels
}

/** A picture in memory, whose pixels right of `soundPx` can't be read. */
function picture(pixels: PixelWindow, soundPx = pixels.widthPx): ReadablePicture {
  const { widthPx, heightPx } = pixels
  return {
    widthPx,
    heightPx,
    read: async (rect) => {
      if (rect.xPx + rect.widthPx > soundPx) throw new TileDamaged('made for a test')
      return partOf(pixels, rect.xPx, rect.yPx, rect.widthPx, rect.heightPx)
    }
  }
}

function largestError(found: PixelWindow, expected: PixelWindow): number {
  const b = packed(expected)
  return packed(found).reduce((largest, sample, i) => Math.max(largest, Math.abs(sample - (b[i] ?? 0))), 0)
}

test.each([
  ['in the middle', 240, 480, 240, 240],
  ['at the upper left', 0, 0, 240, 240],
  ['at the lower right, cut', 960, 720, 63, 57]
])('a tile %s is made of a level four times smaller', async (_, xPx, yPx, widthPx, heightPx) => {
  const fine = slopes(1023, 777)
  const coarse = slopes(256, 195)
  const [sx, sy] = [256 / 1023, 195 / 777]
  const canvas = newPixels(300, 300)
  const into = partOf(canvas, 20, 30, widthPx, heightPx)
  await upscaledPart(
    picture(coarse),
    { xPx: xPx * sx, yPx: yPx * sy, widthPx: widthPx * sx, heightPx: heightPx * sy },
    into
  )
  expect(largestError(into, partOf(fine, xPx, yPx, widthPx, heightPx))).toBeLessThanOrEqual(3)
  expect([...canvas.data.subarray(0, 3)]).toEqual([0, 0, 0])
})

test('a tile that is less than one pixel of the smaller level gets the colours around it', async () => {
  const coarse = newPixels(3, 3)
  copyPixels({ ...newPixels(3, 3), data: Buffer.alloc(27, 120) }, coarse)
  const into = newPixels(256, 256)
  await upscaledPart(picture(coarse), { xPx: 1.25, yPx: 1.5, widthPx: 0.125, heightPx: 0.125 }, into)
  expect(new Set(into.data)).toEqual(new Set([120]))
})

test('damage beside the part is no hindrance, damage inside it is', async () => {
  const coarse = slopes(100, 100)
  const part = { xPx: 20, yPx: 20, widthPx: 20, heightPx: 20 }
  const [whole, beside] = [newPixels(80, 80), newPixels(80, 80)]
  await upscaledPart(picture(coarse), part, whole)
  await upscaledPart(picture(coarse, 40), part, beside)
  expect(largestError(beside, whole)).toBeLessThanOrEqual(4)
  await expect(upscaledPart(picture(coarse, 39), part, beside)).rejects.toThrow(TileDamaged)
})
