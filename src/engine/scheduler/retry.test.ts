import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ErrorClass, errorClass } from '../../shared/errors.ts'
import { backoffMs } from './backoff.ts'
import { afterFailure } from './retry.ts'

/** What follows each of so many failures in a row. */
const stepsOf = (cause: ErrorClass, count = 4) =>
  Array.from({ length: count }, (_, index) => index + 1).map((attempts) => {
    const error = { code: 'x', class: cause, message: 'It failed.' }
    return afterFailure({ error, attempts, random: 0 }).type
  })

describe('after a failed try', () => {
  it('ends at once when it is the fault of the file', () => {
    expect(stepsOf('input')).toEqual(['fail', 'fail', 'fail', 'fail'])
  })

  it('tries three times when it is the fault of a node', () => {
    expect(stepsOf('node')).toEqual(['retry', 'retry', 'fail', 'fail'])
  })

  it('tries ten times when a computer or the way there was lost', () => {
    expect(stepsOf('transport', 10)).toEqual([...Array.from({ length: 9 }, () => 'retry'), 'fail'])
  })

  it('tries as often as whoever submitted the job wished, but never what is the fault of the file', () => {
    const wished = (cause: ErrorClass, maxRetries: number) =>
      [1, 2, 3].map((attempts) => {
        const error = { code: 'x', class: cause, message: 'It failed.' }
        return afterFailure({ error, attempts, random: 0, maxRetries }).type
      })
    for (const cause of ['node', 'transport', 'bug'] as const) {
      expect(wished(cause, 0)).toEqual(['fail', 'fail', 'fail'])
      expect(wished(cause, 2)).toEqual(['retry', 'retry', 'fail'])
    }
    expect(wished('input', 2)).toEqual(['fail', 'fail', 'fail'])
  })

  it('waits first as long as whoever took the submission chose, then twice as long each time, up to 60 times', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 40].map((attempts) => {
      const error = { code: 'x', class: 'transport', message: 'It failed.' } as const
      const next = afterFailure({ error, attempts, random: 1, maxRetries: 100, retryDelayMs: 30_000 })
      return next.type === 'retry' ? next.delayMs / 1000 : undefined
    })
    expect(pauses).toEqual([30, 60, 120, 240, 480, 960, 1800, 1800, 1800])
  })

  it('gives a bug of ours one more try', () => {
    expect(stepsOf('bug')).toEqual(['retry', 'fail', 'fail', 'fail'])
  })

  it('always comes to an end', () => {
    for (const cause of errorClass.options) expect(stepsOf(cause, 20).at(-1)).toBe('fail')
  })
})

describe('the pause before the next try', () => {
  it('doubles from a second to a minute', () => {
    expect([1, 2, 3, 4, 20].map((attempts) => backoffMs(attempts, 0.999_999))).toEqual([1000, 2000, 4000, 8000, 60_000])
  })

  it('lies in the upper half of that, wherever chance puts it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        (n, random) => {
          const fullMs = Math.min(60_000, 1000 * 2 ** (n - 1))
          expect(backoffMs(n, random)).toBeGreaterThanOrEqual(fullMs / 2)
          expect(backoffMs(n, random)).toBeLessThanOrEqual(fullMs)
        }
      )
    )
  })
})
