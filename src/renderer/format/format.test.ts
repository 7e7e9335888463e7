import { describe, expect, it } from 'vitest'
import { formatClock, formatDuration, formatRemaining } from './duration.ts'
import { formatMoment } from './moment.ts'
import { formatBytes, formatPercent, formatSpeed, plural } from './quantity.ts'

describe('lengths of time', () => {
  it.each([
    [0, 'under 1 s'],
    [42_900, '42 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [3_900_000, '1 h 05 min'],
    [86_400_000, '1 d'],
    [183_600_000, '2 d 3 h'],
    [Number.NaN, ''],
    [-1, '']
  ])('writes %d ms as "%s"', (ms, text) => expect(formatDuration(ms)).toBe(text))

  it.each([
    [3000, 'a few s'],
    [41_000, '45 s'],
    [59_000, '60 s'],
    [61_000, '2 min'],
    [3_650_000, '1 h 05 min'],
    [90_000_000, '1 d 1 h']
  ])('rounds %d ms that remain up to "%s"', (ms, text) => expect(formatRemaining(ms)).toBe(text))

  it.each([
    [64.2, '1:04'],
    [3729, '1:02:09'],
    [0, '0:00']
  ])('writes %d s of video as %s', (seconds, text) => expect(formatClock(seconds)).toBe(text))
})

describe('quantities', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [999_600, '1.00 MB'],
    [812_000_000, '812 MB'],
    [12_340_000, '12.3 MB'],
    [1_240_000_000, '1.24 GB'],
    [7.5e15, '7500 TB']
  ])('writes %d bytes as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

  it('never says 100% before the end', () => {
    expect([0, 0.005, 0.999, 1].map(formatPercent)).toEqual(['0%', '0%', '99%', '100%'])
  })

  it('tells speeds in their own unit', () => {
    expect(formatSpeed({ value: 38.2, unit: 'Mpx/s' })).toBe('38 Mpx/s')
    expect(formatSpeed({ value: 2.44, unit: 'x' })).toBe('2.4x')
  })

  it('counts nouns', () => {
    expect([plural(1, 'file'), plural(10_000, 'file'), plural(0, 'copy', 'copies')]).toEqual([
      '1 file',
      '10,000 files',
      '0 copies'
    ])
  })
})

it('leaves the day out where it is today', () => {
  const now = new Date(2026, 10, 23, 9, 41).getTime()
  expect(formatMoment(now, now)).toBe('09:41')
  expect(formatMoment(new Date(2026, 10, 22, 18, 5).getTime(), now)).toBe('22 Nov, 18:05')
})
