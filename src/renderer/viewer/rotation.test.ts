import { expect, it } from 'vitest'
import { turnedStep, upright } from './rotation.ts'

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
