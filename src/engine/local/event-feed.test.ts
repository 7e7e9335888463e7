import { expect, it } from 'vitest'
import type { LocalEvent } from '../../shared/contract/local.ts'
import { EventHub, type Topics } from '../events/index.ts'
import { FakeClock } from '../fake-clock.ts'
import { jobView } from '../jobs/index.ts'
import { eventFeed, type FeedSources } from './event-feed.ts'
import { storedJob } from './testing/stored-job.ts'

const clock = () => new FakeClock()
const status = { type: 'status', status: { nodeId: 'here' } } as LocalEvent & { type: 'status' }

function open(over: Partial<FeedSources> = {}, time = clock()) {
  const bugs: unknown[] = []
  const looks: string[] = []
  const hub = new EventHub((bug) => bugs.push(bug))
  const feed = eventFeed(
    time,
    hub,
    {
      job: async (id) => {
        looks.push(id)
        return id === 'gone' ? undefined : jobView(storedJob({ id }), {})
      },
      submission: async () => undefined,
      status: async () => status,
      nodes: () => ({ type: 'nodes', nodes: [] }),
      nearby: () => ({ type: 'nearby', nearby: [] }),
      ...over
    },
    (bug) => bugs.push(bug)
  )
  const read = async (count: number) => {
    const events: LocalEvent[] = []
    while (events.length < count) {
      const { value } = await feed.next()
      if (!value) break
      events.push(value)
    }
    return events
  }
  const types = async (count: number) => (await read(count)).map(({ type }) => type)
  return { hub, feed, read, types, bugs, looks, clock: time }
}

it('begins with how things are', async () => {
  expect(await open().types(3)).toEqual(['status', 'nodes', 'nearby'])
})

it('looks at a job once for a thousand reports in a quarter of a second, and leaves out one that is gone', async () => {
  const { hub, read, looks, clock } = open()
  await read(3)
  for (let report = 0; report < 1000; report++) for (const id of ['a', 'b', 'gone']) hub.emit('job', id)
  clock.advance(0)
  const [event] = await read(1)
  expect(event).toMatchObject({ type: 'jobs', jobs: [{ id: 'a' }, { id: 'b' }] })
  expect(looks).toEqual(['a', 'b', 'gone'])
  hub.emit('job', 'a')
  clock.advance(249)
  expect(looks).toHaveLength(3)
  clock.advance(1)
  expect(await read(1)).toMatchObject([{ type: 'jobs', jobs: [{ id: 'a' }] }])
})

it('says last what was read last, however long an earlier look took', async () => {
  const slow = Promise.withResolvers<void>()
  let state: 'queued' | 'completed' = 'queued'
  let looks = 0
  const { hub, read, clock } = open({
    job: async (id) => {
      const job = jobView(storedJob({ id, state }), {})
      if (++looks === 1) await slow.promise
      return job
    }
  })
  await read(3)
  hub.emit('job', 'a')
  clock.advance(0)
  await Promise.resolve()
  state = 'completed'
  hub.emit('job', 'a')
  clock.advance(250)
  await new Promise((resolve) => setImmediate(resolve))
  slow.resolve()
  const told = (await read(2)).map((event) => event.type === 'jobs' && event.jobs[0]?.state)
  expect(told).toEqual(['queued', 'completed'])
})

it('tells of everything that the contract names', async () => {
  const submission = { id: 's1', total: 1 }
  const { hub, types, clock } = open({ submission: async () => submission as never })
  await types(3)
  const said: (keyof Topics)[] = ['job', 'job-removed', 'submission', 'nodes', 'nearby', 'status']
  for (const topic of said) hub.emit(topic, 'x' as never)
  clock.advance(0)
  expect((await types(6)).sort()).toEqual(['jobs', 'jobs-removed', 'nearby', 'nodes', 'status', 'submission'])
})

it('hears and keeps nothing once its reader left', async () => {
  const { hub, feed, read, looks, clock } = open()
  await read(3)
  hub.emit('job', 'a')
  await feed.return()
  hub.emit('job', 'b')
  clock.advance(1000)
  expect(looks).toEqual([])
  expect(clock.pendingTimers).toBe(0)
  expect(await feed.next()).toEqual({ done: true, value: undefined })
})

it('reads nothing any more when the engine ends, and leaves it to the socket to tell', async () => {
  const { hub, feed, read, looks, clock } = open()
  await read(3)
  hub.emit('job', 'a')
  hub.emit('ending', undefined)
  hub.emit('job', 'b')
  clock.advance(1000)
  expect(looks).toEqual([])
  expect(clock.pendingTimers).toBe(0)
  const next = feed.next()
  expect(await Promise.race([next, Promise.resolve('open')])).toBe('open')
  await feed.return()
  await next
})

it('reports a store that can’t be read, and goes on', async () => {
  const broken = new Error('damaged')
  let reads = 0
  const { hub, read, bugs, clock } = open({
    job: async (id) => {
      if (++reads === 1) throw broken
      return jobView(storedJob({ id }), {})
    }
  })
  await read(3)
  hub.emit('job', 'a')
  clock.advance(250)
  await Promise.resolve()
  hub.emit('job', 'a')
  clock.advance(250)
  expect(await read(1)).toMatchObject([{ type: 'jobs', jobs: [{ id: 'a' }] }])
  expect(bugs).toEqual([broken])
})
