import { expect, test } from 'vitest'
import { frameOf, tileOrigin } from './frame.ts'
import type { HandleLevel } from './slide-handle.ts'

const level = (widthPx: number, heightPx: number, downsample: number): HandleLevel => ({
  widthPx,
  heightPx,
  downsample
})
/** As OpenSlide works it out where the file says nothing. */
const levelsOf = (...sizes: [number, number][]) =>
  sizes.map(([w, h]) => level(w, h, ((sizes[0]?.[0] ?? 0) / w + (sizes[0]?.[1] ?? 0) / h) / 2))
const boundsWords = (x: number, y: number, width: number, height: number) =>
  new Map(Object.entries({ x, y, width, height }).map(([side, value]) => [`openslide.bounds-${side}`, String(value)]))

test('Without bounds the slide is the whole scan on white, in tiles of 512 px', () => {
  const frame = frameOf(levelsOf([46_000, 32_914], [11_500, 8228]), new Map())
  expect(frame.bounds).toEqual({ xPx: 0, yPx: 0, widthPx: 46_000, heightPx: 32_914 })
  expect(frame.background).toBe('#ffffff')
  expect(frame.levels).toMatchObject([
    { level: 0, widthPx: 46_000, heightPx: 32_914, tilePx: 512 },
    { level: 1, widthPx: 11_500, heightPx: 8228, nominalDownsample: 4, tilePx: 512 }
  ])
})

test('Tiles of 256 px are kept where the file has them, small or odd ones are not', () => {
  const words = (width: number, height: number) =>
    new Map([
      ['openslide.level[0].tile-width', String(width)],
      ['openslide.level[0].tile-height', String(height)]
    ])
  const sizes = [256, 240, 512, 8, 0].map((side) => frameOf([level(999, 999, 1)], words(side, side)).levels[0]?.tilePx)
  expect(sizes).toEqual([256, 256, 512, 512, 512])
  expect(frameOf([level(999, 999, 1)], words(4096, 8)).levels[0]?.tilePx).toBe(512)
})

test('A level that is no smaller version of the first, or no smaller than the one before, is left out', () => {
  const wrongShape = level(1000, 700, 4)
  const equal = level(4000, 4000, 1)
  const broken = level(1000, 1000, -1)
  const frame = frameOf([level(4000, 4000, 1), wrongShape, equal, broken, level(500, 500, 8)], new Map())
  expect(frame.levels.map((found) => found.level)).toEqual([0, 4])
})

test('A level of which the scanner rounded the size is not', () => {
  const frame = frameOf(levelsOf([4001, 3999], [2000, 1999], [1000, 999]), new Map())
  expect(frame.levels.map(({ widthPx, nominalDownsample }) => [widthPx, nominalDownsample])).toEqual([
    [4001, 1],
    [2000, 2],
    [1000, 4]
  ])
})

test('Bounds cut every level, rounded up', () => {
  const words = boundsWords(101, 203, 1001, 999)
  const frame = frameOf([level(4096, 4096, 1), level(2048, 2048, 2)], words)
  expect(frame.bounds).toEqual({ xPx: 101, yPx: 203, widthPx: 1001, heightPx: 999 })
  expect(frame.levels[1]).toMatchObject({ widthPx: 501, heightPx: 500 })
})

test('Bounds that are no numbers or lead out of the scan count for nothing', () => {
  const lies = [boundsWords(0, 0, 5000, 10), boundsWords(-1, 0, 10, 10), boundsWords(0, 0, 0, 10)]
  const words = [...lies, new Map([['openslide.bounds-x', 'a']])]
  for (const word of words)
    expect(frameOf([level(4096, 4096, 1)], word).bounds).toMatchObject({ xPx: 0, widthPx: 4096, heightPx: 4096 })
})

test('Only a colour of six hexadecimal digits is a background', () => {
  const of = (colour: string) => frameOf([level(1, 1, 1)], new Map([['openslide.background-color', colour]])).background
  expect([of('F0E0D0'), of('white'), of('#F0E0D0')]).toEqual(['#f0e0d0', '#ffffff', '#ffffff'])
})

test("A tile begins on a pixel of the level's own grid even where OpenSlide's downsample drifts", () => {
  const frame = frameOf(levelsOf([46_000, 32_914], [11_500, 8228]), new Map())
  const lower = frame.levels[1]
  if (!lower) throw new Error('no level 1')
  const { xPx } = tileOrigin(frame, lower, 22, 0)
  expect(Math.abs(xPx / lower.downsample - 22 * 512)).toBeLessThan(0.5 / 4 + 1e-9)
  // Counted in nominal pixels it would be off by 1.4 pixels of level 0 here.
  expect(xPx).toBe(Math.round(22 * 512 * lower.downsample))
})

test('Tiles of a cut slide begin where the bounds begin, in every level', () => {
  const frame = frameOf([level(4096, 4096, 1), level(1024, 1024, 4)], boundsWords(101, 203, 1001, 999))
  const [full, lower] = frame.levels
  if (!full || !lower) throw new Error('two levels')
  expect(tileOrigin(frame, full, 1, 0)).toEqual({ xPx: 101 + 512, yPx: 203 })
  expect(tileOrigin(frame, lower, 1, 0)).toEqual({ xPx: 101 + 512 * 4, yPx: 203 })
})
