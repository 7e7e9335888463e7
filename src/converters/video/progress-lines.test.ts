import fc from 'fast-check'
import { expect, test } from 'vitest'
import { progressSeconds } from './progress-lines.ts'

test('seconds come from out_time_us only', () => {
  expect(progressSeconds('out_time_us=2040000')).toBe(2.04)
  expect(progressSeconds('out_time_us=-23220')).toBe(0)
  expect(progressSeconds('out_time_us=N/A')).toBeUndefined()
  expect(progressSeconds('out_time_ms=2040000')).toBeUndefined()
  expect(progressSeconds('speed=1.2x')).toBeUndefined()
})

test('no line gives anything but a number from 0 up, or nothing', () => {
  fc.assert(fc.property(fc.string(), (line) => (progressSeconds(`out_time_us=${line}`) ?? 0) >= 0))
})
