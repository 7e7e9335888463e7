import { createConnection } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readEvents } from './testing/event-reader.ts'
import { type OpenApi, openApi } from './testing/open-api.ts'

let api: OpenApi
beforeEach(async () => {
  api = await openApi({ feed: { keepAliveMs: 20, rememberedChanges: 50, maxStreams: 4 } })
})
afterEach(() => api.close())

const submit = async () => {
  const { json } = await api.call('POST', '/api/v1/jobs', { body: { source_url: 'https://media.example.org/a.mov' } })
  return (json as { job_id: string }).job_id
}
const all = (headers?: Record<string, string>) => readEvents(`${api.url}/api/v1/events`, headers)
const one = (id: string, headers?: Record<string, string>) => readEvents(`${api.url}/api/v1/jobs/${id}/events`, headers)
const jobIn = (event: { data?: string } | undefined) =>
  JSON.parse(event?.data ?? '{}') as { job_id: string; state: string }

test('whoever listens hears of each change, and with comments that the connection lives', async () => {
  const events = await all()
  expect(events.headers.get('content-type')).toContain('text/event-stream')
  const id = await submit()
  expect(jobIn(await events.next())).toMatchObject({ job_id: id, state: 'queued' })
  await api.dispatch.cancel(id)
  const cancelled = await events.next()
  expect([cancelled?.event, jobIn(cancelled)]).toMatchObject(['job', { job_id: id, state: 'cancelled' }])
  const other = events.next()
  await vi.waitFor(() => expect(events.raw()).toContain('\n: \n'))
  await submit()
  expect((await other)?.event).toBe('job')
  await events.close()
})

test('whoever comes back gets the last state of each job that changed meanwhile, once, and nothing that was seen', async () => {
  const events = await all()
  const [first, second] = [await submit(), await submit()]
  await events.next()
  await events.next()
  const lastId = events.lastId() ?? ''
  await events.close()
  await api.dispatch.cancel(second)
  await api.dispatch.retry(second)
  const third = await submit()
  const again = await all({ 'last-event-id': lastId })
  expect([jobIn(await again.next()), jobIn(await again.next())]).toMatchObject([
    { job_id: second, state: 'queued' },
    { job_id: third, state: 'queued' }
  ])
  await api.dispatch.cancel(first)
  expect(jobIn(await again.next())).toMatchObject({ job_id: first, state: 'cancelled' })
  await again.close()
})

test('whoever listened to nothing yet comes back with an id all the same', async () => {
  const events = await all()
  const reading = events.next()
  await vi.waitFor(() => expect(events.raw()).toContain('id: '))
  const [, lastId = ''] = /id: (\S+)/.exec(events.raw()) ?? []
  await events.close()
  await reading.catch(() => undefined)
  const id = await submit()
  const again = await all({ 'last-event-id': lastId })
  expect(jobIn(await again.next()).job_id).toBe(id)
  await again.close()
})

test('after more changes than are remembered, or after a new start, the stream begins with a reset', async () => {
  const events = await all()
  await submit()
  await events.next()
  const lastId = events.lastId() ?? ''
  await events.close()
  for (let at = 0; at < 51; at += 1) await submit()
  for (const id of [lastId, 'ffffffff-1', 'nonsense', `${lastId}999`]) {
    const again = await all({ 'last-event-id': id })
    expect((await again.next())?.event).toBe('reset')
    const fresh = await submit()
    expect(jobIn(await again.next()).job_id).toBe(fresh)
    await again.close()
  }
})

test('the stream of one job begins with its state, tells of no other and ends with it', async () => {
  const id = await submit()
  const events = await one(id)
  expect(jobIn(await events.next())).toMatchObject({ job_id: id, state: 'queued' })
  await submit()
  await api.dispatch.cancel(id)
  expect(jobIn(await events.next())).toMatchObject({ job_id: id, state: 'cancelled' })
  expect(await events.next()).toBeUndefined()
})

test('whoever saw the end of a job has nothing to come back for, and whoever did not sees it', async () => {
  const id = await submit()
  const events = await one(id)
  await events.next()
  const lastId = events.lastId() ?? ''
  await api.dispatch.cancel(id)
  await events.next()
  expect(await events.next()).toBeUndefined()
  expect((await one(id, { 'last-event-id': events.lastId() ?? '' })).status).toBe(204)
  const again = await one(id, { 'last-event-id': lastId })
  expect(jobIn(await again.next()).state).toBe('cancelled')
  expect(await again.next()).toBeUndefined()
})

test('whoever was away for longer than is remembered is told of the end of a job, too', async () => {
  const id = await submit()
  const events = await one(id)
  await events.next()
  const lastId = events.lastId() ?? ''
  await events.close()
  await api.dispatch.cancel(id)
  for (let at = 0; at < 51; at += 1) await submit()
  const again = await one(id, { 'last-event-id': lastId })
  expect(jobIn(await again.next())).toMatchObject({ job_id: id, state: 'cancelled' })
  expect(await again.next()).toBeUndefined()
})

test('streams end when the service does, and more of them than there may be are refused', async () => {
  const streams = await Promise.all([all(), all(), all(), all()])
  expect(await api.call('GET', '/api/v1/events')).toMatchObject({
    status: 503,
    json: { error: { code: 'too-many-streams' } }
  })
  api.end()
  for (const events of streams) expect(await events.next()).toBeUndefined()
})

test('a caller that leaves makes room for another', async () => {
  const streams = await Promise.all([all(), all(), all(), all()])
  for (const events of streams) await events.close()
  await vi.waitFor(async () => {
    const events = await all()
    await events.close()
    expect(events.status).toBe(200)
  })
})

test('a reader that takes nothing is cut, which makes room, and the others hear on', async () => {
  await api.close()
  api = await openApi({ feed: { keepAliveMs: 500, maxStreams: 2 } })
  const slow = createConnection(Number(new URL(api.url).port), '127.0.0.1').on('error', () => undefined)
  slow.write('GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: admin\r\n\r\n')
  await new Promise((resolve) => slow.once('readable', resolve))
  const events = await all()
  const { id } = await api.dispatch.submit({ ...wish, resourceRequirements: { padding: 'x'.repeat(200_000) } })
  await events.next()
  expect((await all()).status).toBe(503)
  await vi.waitFor(async () => {
    for (const priority of ['high', 'low', 'high', 'low'] as const) {
      await api.dispatch.change(id, { priority })
      expect(JSON.parse((await events.next())?.data ?? '')).toMatchObject({ priority })
    }
    const third = await all()
    await third.close()
    expect(third.status).toBe(200)
  })
  await events.close()
  slow.destroy()
})

test('the streams of a key that is revoked end, those of others go on', async () => {
  const id = await submit()
  const [mine, ofMine, other] = [
    await all({ 'x-api-key': 'read' }),
    await one(id, { 'x-api-key': 'read' }),
    await all()
  ]
  await ofMine.next()
  api.revoke('read')
  expect([await mine.next(), await ofMine.next()]).toEqual([undefined, undefined])
  await api.dispatch.cancel(id)
  expect(jobIn(await other.next())).toMatchObject({ job_id: id, state: 'cancelled' })
  for (const reader of [mine, ofMine, other]) await reader.close()
})

const wish = {
  sourceUrl: 'https://media.example.org/a.mov',
  targetCodec: 'h264',
  profile: 'h264',
  jobSizeMb: 0,
  maxRetries: 0,
  priority: 'normal'
} as const
