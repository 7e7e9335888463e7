import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packetTimes } from './measure-stream.ts'
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

test('packets tell when they begin and how long they last, or nothing', () => {
  expect(packetTimes('pts_time=1.960000|duration_time=0.040000')).toEqual({ startS: 1.96, lengthS: 0.04 })
  expect(packetTimes('pts_time=N/A|duration_time=0.040000|')).toEqual({ lengthS: 0.04 })
  expect(packetTimes('')).toEqual({})
})
