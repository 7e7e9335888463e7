import { describe, expect, it } from 'vitest'
import { parseProfile } from './profiles.ts'
import { estimateSlide, isCopied } from './slide-estimate.ts'

const slide = { widthPx: 2220, heightPx: 2967, tileSizePx: 240, copyable: true, sizeBytes: 1_938_955 }

describe('what a slide will become', () => {
  it('has the levels and tiles of Deep Zoom, down to one pixel', () => {
    // 10 x 13, 5 x 7, 3 x 4, 2 x 2, then 9 levels of one tile each: 139 x 186, 70 x 93, ... 1 x 1
    expect(estimateSlide(slide, parseProfile('dzi'))).toMatchObject({ levels: 13, tiles: 130 + 35 + 12 + 4 + 9 })
  })

  it('ends at one tile where viewers ask for no smaller level', () => {
    expect(estimateSlide(slide, parseProfile('iiif3'))).toMatchObject({ levels: 5, tiles: 130 + 35 + 12 + 4 + 1 })
  })

  it('takes tiles of the size that was asked for, and 256 where neither side says any', () => {
    expect(estimateSlide(slide, parseProfile('bigtiff', { tileSizePx: 512 })).tiles).toBe(30 + 9 + 4 + 1)
    expect(estimateSlide({ ...slide, tileSizePx: undefined }, parseProfile('bigtiff')).tiles).toBe(
      9 * 12 + 30 + 9 + 4 + 1
    )
  })

  it('keeps the bytes of tiles that are copied and counts the others by quality', () => {
    const copied = estimateSlide(slide, parseProfile('dzi')).sizeBytes
    expect(copied).toBeGreaterThan(slide.sizeBytes)
    expect(copied).toBeLessThan(slide.sizeBytes * 1.5)
    const encoded = (quality: number) =>
      estimateSlide(slide, parseProfile('dzi', { color: 'srgb', quality })).sizeBytes / (slide.widthPx * slide.heightPx)
    expect(encoded(90)).toBeGreaterThan(0.15)
    expect(encoded(90)).toBeLessThan(0.4)
    expect([encoded(50), encoded(75), encoded(90), encoded(100)]).toEqual(
      [encoded(50), encoded(75), encoded(90), encoded(100)].sort((a, b) => a - b)
    )
  })

  it.each([1, 63, 4000])('ends for a side of %i pixels', (side) => {
    const { levels } = estimateSlide({ ...slide, widthPx: side, heightPx: 1 }, parseProfile('dzi'))
    expect(levels).toBe(1 + Math.ceil(Math.log2(side)))
  })
})

describe('tiles are copied', () => {
  it.each([
    ['with nothing else asked for', {}, true],
    ['with their own size named', { tileSizePx: 240 }, true],
    ['not into tiles of another size', { tileSizePx: 256 }, false],
    ['not with overlap', { overlapPx: 1 }, false],
    ['not with other colours', { color: 'srgb' }, false]
  ])('%s', (_how, options, expected) => {
    expect(isCopied(slide, parseProfile('dzi', options))).toBe(expected)
    expect(isCopied({ ...slide, copyable: false }, parseProfile('dzi', options))).toBe(false)
  })
})
