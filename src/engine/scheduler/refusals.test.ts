import { expect, it } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { Refusals } from './refusals.ts'

it('leaves a worker alone twice as long with every refusal, up to a minute', () => {
  const clock = new FakeClock()
  const refusals = new Refusals(clock)
  const restsMs: number[] = []
  for (let times = 0; times < 7; times++) {
    refusals.add('a', 'Its disk is full.')
    restsMs.push(refusals.nextEndMs())
    expect(refusals.reasonOf('a')).toBe('Its disk is full.')
    clock.advance(refusals.nextEndMs())
    expect(refusals.reasonOf('a')).toBeUndefined()
  }
  expect(restsMs).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
  refusals.clear('a')
  refusals.add('a', 'Its disk is full.')
  expect(refusals.nextEndMs()).toBe(2000)
})

it('looks forward to the first rest that has not ended, whoever never came back for its own', () => {
  const clock = new FakeClock()
  const refusals = new Refusals(clock)
  expect(refusals.nextEndMs()).toBe(Number.POSITIVE_INFINITY)
  refusals.add('gone', 'x')
  clock.advance(5000)
  refusals.add('here', 'x')
  expect(refusals.nextEndMs()).toBe(2000)
})
