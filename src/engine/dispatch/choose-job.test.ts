import { describe, expect, it } from 'vitest'
import type { ProfileName } from '../../shared/domain/profiles.ts'
import { type Choosable, type Chooser, chooseJob } from './choose-job.ts'

interface Sketch {
  benchmarkS?: number
  streams?: boolean
  only?: ProfileName
}

const engine = ({ benchmarkS, streams = false, only }: Sketch = {}): Chooser => ({
  benchmarkS,
  streams,
  canMake: (profile) => only === undefined || only === profile
})
const job = (jobSizeMb: number, profile: ProfileName = 'h264'): Choosable => ({ jobSizeMb, profile })
const choose = (asker: Chooser, rivals: Chooser[], waiting: Choosable[]) =>
  chooseJob(asker, rivals, waiting, (one) => one)

const [slow, fast] = [engine({ benchmarkS: 300 }), engine({ benchmarkS: 20 })]
const [streams, copies] = [engine({ streams: true }), engine()]
const [small, medium, large] = [job(49.9), job(50), job(100)]

describe('which job an engine gets', () => {
  it('is the first that waits, where nobody else asks', () => {
    for (const asker of [slow, fast, streams, copies])
      for (const one of [small, medium, large]) expect(choose(asker, [], [one, job(1)])).toBe(one)
  })

  it('is the first that it can make', () => {
    const [film, other] = [job(1, 'av1'), job(1, 'h265')]
    expect(choose(engine({ only: 'h265' }), [], [film, other])).toBe(other)
    expect(choose(engine({ only: 'vp9' }), [], [film, other])).toBeUndefined()
  })

  it('below 50 MB is left to the slowest engine', () => {
    expect(choose(fast, [slow], [small])).toBeUndefined()
    expect(choose(slow, [fast], [small])).toBe(small)
  })

  it('from 50 to 100 MB is left to the fastest engine', () => {
    for (const one of [medium, job(99.9)]) {
      expect(choose(slow, [fast], [one])).toBeUndefined()
      expect(choose(fast, [slow], [one])).toBe(one)
    }
  })

  it('from 100 MB on is left to an engine that streams', () => {
    expect(choose(copies, [streams], [large])).toBeUndefined()
    expect(choose(streams, [copies], [large])).toBe(large)
    expect(choose(copies, [engine()], [large])).toBe(large)
  })

  it('is left only to an engine that can make it', () => {
    expect(choose(fast, [engine({ benchmarkS: 300, only: 'av1' })], [small])).toBe(small)
  })

  it('is left only to an engine that is better: not to an equal one, not to one that nobody knows', () => {
    expect(choose(fast, [engine({ benchmarkS: 20 }), engine()], [small])).toBe(small)
    expect(choose(engine(), [slow, fast], [small])).toBe(small)
    const unknown = job(0)
    expect(choose(fast, [slow], [unknown])).toBe(unknown)
  })

  it('is the second where there is one better rival and two jobs', () => {
    const [first, second] = [job(10), job(10)]
    expect(choose(fast, [slow], [first, second])).toBe(second)
    expect(choose(fast, [slow, engine({ benchmarkS: 100 })], [first, second])).toBeUndefined()
  })

  it('is what the best of the rivals does not take: the others are left for the next jobs', () => {
    const [first, second] = [job(10), job(10)]
    const slowest = engine({ benchmarkS: 900 })
    expect(choose(slow, [fast, slowest], [first, second])).toBe(second)
    expect(choose(fast, [engine(), slow], [small])).toBeUndefined()
  })
})
