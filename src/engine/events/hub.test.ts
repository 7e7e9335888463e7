import { expect, test } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { Batch, EventHub, inTurns, Subscription } from './index.ts'

test('a listener that throws is reported and the others still hear', () => {
  const bugs: unknown[] = []
  const hub = new EventHub((bug) => bugs.push(bug))
  const heard: string[] = []
  hub.on('job', () => {
    throw new Error('broken')
  })
  const stop = hub.on('job', (id) => heard.push(id))
  hub.emit('job', 'a')
  stop()
  hub.emit('job', 'b')
  expect(heard).toEqual(['a'])
  expect(bugs).toHaveLength(2)
})

test('a batch hands over the first change at once and the rest together, each key once', () => {
  const clock = new FakeClock()
  const flushed: string[][] = []
  const batch = new Batch<string>(clock, 250, (keys) => flushed.push(keys))
  batch.add('a')
  clock.advance(0)
  for (const key of ['b', 'c', 'b']) batch.add(key)
  clock.advance(249)
  expect(flushed).toEqual([['a']])
  clock.advance(1)
  expect(flushed).toEqual([['a'], ['b', 'c']])
  clock.advance(1000)
  expect(clock.pendingTimers).toBe(0)
})

test('a subscription yields what was pushed, ends when closed, and tells once that its reader left', async () => {
  let closed = 0
  const subscription = new Subscription<number>(() => closed++)
  subscription.push(1)
  const seen: number[] = []
  for await (const value of subscription) {
    seen.push(value)
    if (value === 1) queueMicrotask(() => subscription.push(2))
    else break
  }
  expect(seen).toEqual([1, 2])
  subscription.close()
  expect(closed).toBe(1)
})

test('many keys are worked through in order, and others get a turn between', async () => {
  const keys = Array.from({ length: 1000 }, (_, index) => index)
  let turns = 0
  let working = true
  const count = () => {
    turns += 1
    if (working) setImmediate(count)
  }
  setImmediate(count)
  const done = await inTurns(keys, async (some) => some.map((key) => key * 2))
  working = false
  expect(done).toEqual(keys.map((key) => key * 2))
  expect(turns).toBeGreaterThanOrEqual(4)
  expect(await inTurns([], async () => ['never'])).toEqual([])
})
