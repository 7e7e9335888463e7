import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pixelsPerCm } from './rational.ts'

test('a scale with few decimals is exact', () => {
  expect(pixelsPerCm(0.5, 100, 100)).toEqual({ numerator: 20_000, denominator: 1 })
  expect(pixelsPerCm(0.2527, 100, 100)).toEqual({ numerator: 100_000_000, denominator: 2527 })
  expect(pixelsPerCm(0.499, 25, 100)).toEqual({ numerator: 2_500_000, denominator: 499 })
})

test('any scale of a microscope fits into 32 bits and is right to nine digits', () => {
  const scale = fc.double({ min: 0.01, max: 100, noNaN: true })
  fc.assert(
    fc.property(scale, fc.integer({ min: 1, max: 400_000 }), (mpp, widthPx) => {
      const { numerator, denominator } = pixelsPerCm(mpp, widthPx, 400_000)
      expect(Math.max(numerator, denominator)).toBeLessThan(2 ** 32)
      expect(numerator / denominator / ((10_000 / mpp) * (widthPx / 400_000))).toBeCloseTo(1, 9)
    })
  )
})
