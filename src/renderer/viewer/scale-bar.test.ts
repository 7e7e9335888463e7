import { describe, expect, test } from 'vitest'
import { lengthLabel, scaleBar } from './scale-bar.ts'

describe('a scale bar', () => {
  test('shows the longest round length that fits', () => {
    expect(scaleBar(0.25, 160)).toEqual({ widthPx: 80, label: '20 µm' })
    expect(scaleBar(0.5, 160)).toEqual({ widthPx: 100, label: '50 µm' })
    expect(scaleBar(1, 160)).toEqual({ widthPx: 100, label: '100 µm' })
  })

  test('takes a length that fits exactly', () => {
    expect(scaleBar(1, 200)).toEqual({ widthPx: 200, label: '200 µm' })
  })

  test('changes from micrometres to millimetres at 1,000', () => {
    expect(scaleBar(4.99, 200)?.label).toBe('500 µm')
    expect(scaleBar(5, 200)?.label).toBe('1 mm')
    expect(scaleBar(100, 200)?.label).toBe('20 mm')
  })

  test('is never longer than its room and never shorter than two fifths of it', () => {
    for (let umPerPx = 0.001; umPerPx < 1000; umPerPx *= 1.07) {
      const width = scaleBar(umPerPx, 160)?.widthPx ?? 0
      expect(width).toBeLessThanOrEqual(160.0001)
      expect(width).toBeGreaterThanOrEqual(63.9)
    }
  })

  test('is absent where there is no length to show', () => {
    expect(scaleBar(0, 160)).toBeUndefined()
    expect(scaleBar(Number.NaN, 160)).toBeUndefined()
    expect(scaleBar(0.25, 0)).toBeUndefined()
  })

  test('writes lengths in the unit that people read', () => {
    expect([0.05, 0.5, 1, 250, 1000, 20_000, 100_000].map(lengthLabel)).toEqual([
      '50 nm',
      '500 nm',
      '1 µm',
      '250 µm',
      '1 mm',
      '20 mm',
      '10 cm'
    ])
  })
})
