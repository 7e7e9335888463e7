import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { profileName } from '../../shared/domain/profiles.ts'
import { runMs } from './cost.ts'
import { runOverheadMs } from './default-rates.ts'
import { type ObservedTask, Rates, ratesDocument } from './rates.ts'

const MB = 1e6
const slide = (over: Partial<ObservedTask> = {}): ObservedTask => ({
  nodeId: 'a',
  profile: 'dzi',
  sizeBytes: 100 * MB,
  runMs: 10_000 + runOverheadMs,
  ...over
})
const dziRate = (rates: Rates, nodeId = 'a') => rates.of(nodeId).runBytesPerS.dzi ?? Number.NaN

describe('measured rates', () => {
  it('knows nothing before a task ended', () => {
    expect(new Rates().of('a')).toEqual({ runBytesPerS: {}, linkBytesPerS: undefined })
  })

  it('measures bytes of source per second of work, and of the way there and back', () => {
    const rates = new Rates()
    rates.observe(slide({ transfer: { bytes: 200 * MB, ms: 4100 } }))
    expect(rates.of('a')).toEqual({ runBytesPerS: { dzi: 10 * MB }, linkBytesPerS: 50 * MB })
  })

  it('tells tiles that are copied from tiles that are encoded', () => {
    const rates = new Rates()
    rates.observe(slide())
    rates.observe(slide({ copied: true, runMs: 1000 + runOverheadMs }))
    expect(rates.of('a').runBytesPerS).toEqual({ dzi: 10 * MB, 'dzi copied': 100 * MB })
    const kept = ratesDocument.parse(JSON.parse(JSON.stringify(rates.toDocument())))
    expect(new Rates(kept).of('b')).toEqual(rates.of('b'))
  })

  it('takes the mean of the others for a node that never ran the profile', () => {
    const rates = new Rates()
    rates.observe(slide())
    rates.observe(slide({ nodeId: 'b', runMs: 5000 + runOverheadMs }))
    expect(dziRate(rates, 'new')).toBe(15 * MB)
    expect(rates.of('new').runBytesPerS.webp).toBeUndefined()
  })

  it('follows a node that became slower within a few tasks', () => {
    const rates = new Rates()
    for (let i = 0; i < 20; i += 1) rates.observe(slide())
    for (let i = 0; i < 6; i += 1) rates.observe(slide({ runMs: 50_000 + runOverheadMs }))
    expect(dziRate(rates)).toBeLessThan(2.6 * MB)
    expect(dziRate(rates)).toBeGreaterThan(2 * MB)
  })

  it('is not misled about large files by the start of a child that a tiny one waits for', () => {
    const rates = new Rates()
    rates.observe(slide())
    rates.observe(slide({ sizeBytes: 20_000, runMs: 140 }))
    expect(dziRate(rates)).toBeGreaterThan(9 * MB)
  })

  it('is the same after a restart', () => {
    const rates = new Rates()
    rates.observe(slide({ transfer: { bytes: 200 * MB, ms: 4100 } }))
    rates.observe(slide({ profile: 'szi' }))
    const kept: unknown = JSON.parse(JSON.stringify(rates.toDocument()))
    expect(new Rates(ratesDocument.parse(kept)).of('a')).toEqual(rates.of('a'))
  })

  it('stays between the slowest and the fastest task that was seen, and never becomes zero or infinite', () => {
    const anyRun = fc.record({ sizeBytes: fc.integer({ min: 1, max: 1e11 }), runMs: fc.nat({ max: 1e8 }) })
    fc.assert(
      fc.property(fc.array(anyRun, { minLength: 1, maxLength: 30 }), (runs) => {
        const singles = runs.map((run) => {
          const one = new Rates()
          one.observe(slide(run))
          return dziRate(one)
        })
        const rates = new Rates()
        for (const run of runs) rates.observe(slide(run))
        expect(dziRate(rates)).toBeGreaterThanOrEqual(Math.min(...singles) * 0.999)
        expect(dziRate(rates)).toBeLessThanOrEqual(Math.max(...singles) * 1.001)
      })
    )
  })

  it('has a default for every profile', () => {
    for (const profile of profileName.options)
      expect(runMs({ profile, sizeBytes: 10 * MB }, { runBytesPerS: {} })).toBeGreaterThan(runOverheadMs)
  })
})
