import { expect, it } from 'vitest'
import { EventHub } from '../events/index.ts'
import { FakeClock } from '../fake-clock.ts'
import { type LiveTask, LiveTasks } from './index.ts'
import { Pulse } from './pulse.ts'

it('tells of what nodes run at least twice a second, and nothing ticks once they run nothing', () => {
  const clock = new FakeClock()
  const events = new EventHub((bug) => {
    throw bug
  })
  const toldMs: number[] = []
  events.on('job', () => toldMs.push(clock.monotonicMs()))
  const live = new LiveTasks()
  const pulse = new Pulse({ clock, events, live })
  live.put({ lent: { taskId: 't', epoch: 1 }, jobId: 'j', workerId: 'w' } as LiveTask)
  live.put({ lent: { taskId: 'far', epoch: 1 }, jobId: 'far', workerId: 'engine:e' } as LiveTask)
  pulse.start()
  pulse.start()
  clock.advance(1200)
  expect(toldMs).toEqual([400, 800, 1200])
  live.drop({ taskId: 't', epoch: 1 })
  clock.advance(10_000)
  expect(toldMs).toHaveLength(3)
  expect(clock.pendingTimers).toBe(0)
})
