import { expect, test } from 'vitest'
import { halve } from './box-filter.ts'
import { newPixels, type PixelWindow, partOf } from './pixel-window.ts'

function noise(widthPx: number, heightPx: number): PixelWindow {
  const pixels = newPixels(widthPx, heightPx)
  for (let i = 0; i < pixels.data.length; i++) pixels.data[i] = (Math.imul(i + 1, 2654435761) >>> 13) & 255
  return pixels
}

const sampleAt = ({ data, offset, strideBytes }: PixelWindow, x: number, y: number, channel: number) =>
  data.readUInt8(offset + y * strideBytes + x * 3 + channel)

/** The definition, written down: the mean of the samples that exist, halves rounded up. */
function expected(from: PixelWindow, x: number, y: number, channel: number): number {
  const samples = [0, 1].flatMap((dy) =>
    [0, 1]
      .filter((dx) => 2 * x + dx < from.widthPx && 2 * y + dy < from.heightPx)
      .map((dx) => sampleAt(from, 2 * x + dx, 2 * y + dy, channel))
  )
  return Math.floor(samples.reduce((sum, sample) => sum + sample, 0) / samples.length + 0.5)
}

const sizes = [
  [8, 6],
  [7, 6],
  [8, 5],
  [7, 5],
  [1, 4],
  [4, 1],
  [1, 1],
  [240, 241]
] as const

test.each(sizes)(
  '%i x %i pixels are averaged exactly, an odd last column and row of what is there',
  (width, height) => {
    const from = noise(width, height)
    const to = newPixels(Math.ceil(width / 2), Math.ceil(height / 2))
    halve(from, to)
    for (let y = 0; y < to.heightPx; y++)
      for (let x = 0; x < to.widthPx; x++)
        for (let channel = 0; channel < 3; channel++)
          expect(sampleAt(to, x, y, channel), `${x}, ${y}, channel ${channel}`).toBe(expected(from, x, y, channel))
  }
)

test('halves are rounded up, whites stay white', () => {
  const from = newPixels(2, 2)
  from.data.set([255, 0, 1, 255, 0, 1, 255, 1, 0, 255, 1, 0])
  const to = newPixels(1, 1)
  halve(from, to)
  expect([...to.data]).toEqual([255, 1, 1])
})

test('a part of a larger picture is filled and nothing beside it', () => {
  const whole = noise(20, 20)
  const from = partOf(whole, 3, 5, 7, 9)
  const canvas = newPixels(10, 10)
  canvas.data.fill(77)
  const to = partOf(canvas, 2, 4, 4, 5)
  halve(from, to)
  for (let y = 0; y < 10; y++)
    for (let x = 0; x < 10; x++) {
      const inside = x >= 2 && x < 6 && y >= 4 && y < 9
      expect(sampleAt(canvas, x, y, 1)).toBe(inside ? expected(from, x - 2, y - 4, 1) : 77)
    }
})

test('a target of the wrong size is refused with both sizes', () => {
  expect(() => halve(newPixels(5, 4), newPixels(2, 2))).toThrow('5 x 4 halves to 3 x 2, not 2 x 2')
})
