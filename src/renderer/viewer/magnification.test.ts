import { describe, expect, test } from 'vitest'
import { magnificationSteps, nativeMagnification, zoomLabel } from './magnification.ts'

describe('magnification', () => {
  test('is the one the slide names, before the one its resolution gives', () => {
    expect(nativeMagnification({ magnification: 20, mpp: 0.499 })).toBe(20)
    expect(nativeMagnification({ mpp: 0.25 })).toBe(40)
    expect(nativeMagnification({ mpp: 0.5 })).toBe(20)
  })

  test('is unknown where the slide has neither, or nonsense', () => {
    expect(nativeMagnification({})).toBeUndefined()
    expect(nativeMagnification({ magnification: 0, mpp: -1 })).toBeUndefined()
  })

  test('follows the zoom: 40x at one to one, 10x at a quarter', () => {
    const scale = { magnification: 40, mpp: 0.25 }
    expect(zoomLabel(1, scale)).toBe('40x')
    expect(zoomLabel(0.25, scale)).toBe('10x')
    expect(zoomLabel(0.0312, scale)).toBe('1.2x')
    expect(zoomLabel(0.008, scale)).toBe('0.32x')
  })

  test('becomes a plain zoom where the slide has no scale', () => {
    expect(zoomLabel(1, {})).toBe('100 %')
    expect(zoomLabel(0.053, {})).toBe('5.3 %')
  })

  test('offers the objectives up to that of the slide', () => {
    const steps = magnificationSteps({ magnification: 20 })
    expect(steps.map((step) => step.label)).toEqual(['1.25x', '2.5x', '5x', '10x', '20x'])
    expect(steps.at(-1)?.imageZoom).toBe(1)
  })

  test('counts 19.9x as 20x, because scanners are not exact', () => {
    expect(magnificationSteps({ mpp: 10 / 19.9 }).at(-1)?.label).toBe('20x')
  })

  test('offers plain zooms where the slide has no scale', () => {
    expect(magnificationSteps({}).map((step) => step.label)).toEqual(['12.5 %', '25 %', '50 %', '100 %', '200 %'])
  })
})
