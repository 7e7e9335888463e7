import { describe, expect, test } from 'vitest'
import { countdown, spokenCode } from './code-countdown.ts'

describe('the countdown of a code', () => {
  test('begins full and with 60 seconds', () => {
    expect(countdown(160_000, 100_000)).toEqual({ secondsLeft: 60, percent: 100 })
  })

  test('rounds seconds up, so that it says 0 only when the code is gone', () => {
    expect(countdown(100_001, 100_000).secondsLeft).toBe(1)
    expect(countdown(100_000, 100_000).secondsLeft).toBe(0)
  })

  test('stays empty after the end', () => {
    expect(countdown(100_000, 180_000)).toEqual({ secondsLeft: 0, percent: 0 })
  })

  test('is never more than full where the clocks of engine and page differ', () => {
    expect(countdown(190_000, 100_000)).toEqual({ secondsLeft: 60, percent: 100 })
  })

  test('reads its digits in two groups', () => {
    expect(spokenCode('042917')).toBe('042 917')
  })
})
