import { expect, it } from 'vitest'
import { fittingZoom, turnedStep, upright } from './rotation.ts'

it('counts turns from 0 up to 360 degrees', () => {
  expect([0, 90, 360, 450, -90, -5, -720].map(upright)).toEqual([0, 90, 0, 90, 270, 355, 0])
})

it('moves on the screen where the arrow points, however the picture is turned', () => {
  const step = (degrees: number) => {
    const { x, y } = turnedStep(1, 0, degrees)
    return [x, y].map((value) => Math.round(value * 1000) / 1000 + 0)
  }
  expect(step(0)).toEqual([1, 0])
  // A picture turned a quarter to the right has what was below it at its left: to the right lies what was above.
  expect(step(90)).toEqual([0, -1])
  expect(step(180)).toEqual([-1, 0])
  expect(step(270)).toEqual([0, 1])
})

it('fits a picture into the window as it is turned', () => {
  const wide = { width: 1, height: 0.5 }
  expect(fittingZoom(wide, 0, 2)).toBeCloseTo(1)
  expect(fittingZoom(wide, 90, 2)).toBeCloseTo(0.5)
  expect(fittingZoom(wide, 180, 1)).toBeCloseTo(1)
  expect(fittingZoom({ width: 1, height: 1 }, 45, 1)).toBeCloseTo(Math.SQRT1_2)
})
