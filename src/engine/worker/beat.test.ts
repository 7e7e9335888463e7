import { expect, it } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { Beat } from './beat.ts'

function beating(over: { isNeeded?: () => boolean; send?: () => Promise<void> } = {}) {
  const clock = new FakeClock()
  const sentMs: number[] = []
  const errors: unknown[] = []
  const send = over.send ?? (async () => {})
  const beat = new Beat(
    clock,
    over.isNeeded ?? (() => true),
    () => {
      sentMs.push(clock.monotonicMs())
      return send()
    },
    (error) => errors.push(error)
  )
  /** Lets `ms` pass in steps, so that what was sent in one is settled by the next; `each` gets the time of a step. */
  const pass = async (ms: number, each: (atMs: number) => void = () => {}) => {
    for (let step = 0; step < ms / 10; step++) {
      clock.advance(10)
      each(clock.monotonicMs())
      await Promise.resolve()
    }
  }
  return { beat, clock, sentMs, errors, pass }
}

it('beats every two seconds', async () => {
  const { beat, clock, sentMs, pass } = beating()
  await pass(6500)
  beat.stop()
  expect(sentMs).toEqual([500, 2500, 4500, 6500])
  expect(clock.pendingTimers).toBe(0)
})

it('passes reports of every 0.4 s on as they come', async () => {
  const { beat, sentMs, pass } = beating()
  await pass(4000, (atMs) => atMs % 400 === 0 && beat.moved())
  beat.stop()
  const gaps = sentMs.slice(1).map((atMs, index) => atMs - (sentMs[index] ?? 0))
  expect(sentMs.length).toBeGreaterThanOrEqual(9)
  expect(Math.max(...gaps)).toBeLessThanOrEqual(500)
})

it('is never faster than four times a second', async () => {
  const { beat, sentMs, pass } = beating()
  await pass(3000, () => beat.moved())
  beat.stop()
  const gaps = sentMs.slice(1).map((atMs, index) => atMs - (sentMs[index] ?? 0))
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250)
})

it('never sends while the last one is under way, and says nothing while nobody needs it', async () => {
  const hung = beating({ send: () => new Promise<void>(() => {}) })
  await hung.pass(9000, () => hung.beat.moved())
  hung.beat.stop()
  expect(hung.sentMs).toHaveLength(1)
  const idle = beating({ isNeeded: () => false })
  await idle.pass(9000, () => idle.beat.moved())
  idle.beat.stop()
  expect(idle.sentMs).toEqual([])
})

it('hands on what goes wrong and beats on', async () => {
  const broken = new Error('cut')
  const { beat, sentMs, errors, pass } = beating({ send: () => Promise.reject(broken) })
  await pass(3000)
  beat.stop()
  expect(sentMs).toHaveLength(2)
  expect(errors).toEqual([broken, broken])
})
