import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeClock } from '../../engine/fake-clock.ts'
import { KeepAlive } from './keep-alive.ts'

const asked = new EventEmitter<{ health: [] }>()
const warned = new EventEmitter<{ warn: [unknown] }>()
let status = 200
const server = createServer((_request, response) => {
  response.writeHead(status).end('{}')
  asked.emit('health')
})
let url: string
let clock: FakeClock
let keepAlive: KeepAlive

beforeEach(async () => {
  status = 200
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/health`
  clock = new FakeClock()
  keepAlive = new KeepAlive(clock, { info: () => {}, warn: (_message, fields) => warned.emit('warn', fields) })
})
afterEach(async () => {
  keepAlive.close()
  expect(clock.pendingTimers).toBe(0)
  if (!server.listening) return
  server.close()
  await once(server, 'close')
})

/** Counts the questions of a span of time; each is awaited before the next. */
async function questionsWithin(minutes: number): Promise<number> {
  let count = 0
  const counting = () => (count += 1)
  asked.on('health', counting)
  for (let minute = 0; minute < minutes; minute += 1) {
    const due = clock.monotonicMs() % 240_000 === 180_000 ? once(asked, 'health') : undefined
    clock.advance(60_000)
    await due
  }
  asked.off('health', counting)
  return count
}

test('asks its address every four minutes from then on', async () => {
  keepAlive.follow({ url, everyS: 240 })
  expect(await questionsWithin(12)).toBe(3)
})

test('goes at its pace when the configuration is read again, at another when that says so, and ends without it', () => {
  keepAlive.follow(undefined)
  expect(clock.pendingTimers).toBe(0)
  let nextMs = 0
  const pace = {
    every(ms: number, run: () => void) {
      nextMs = ms
      return clock.every(ms, run)
    }
  }
  keepAlive = new KeepAlive(pace, { info: () => {}, warn: () => {} })
  keepAlive.follow({ url, everyS: 240 })
  nextMs = 0
  keepAlive.follow({ url, everyS: 240 })
  expect(nextMs).toBe(0)
  keepAlive.follow({ url, everyS: 600 })
  expect([nextMs, clock.pendingTimers]).toEqual([600_000, 1])
  keepAlive.follow(undefined)
  expect(clock.pendingTimers).toBe(0)
})

test('an answer that is no success and none at all are logged, and it goes on', async () => {
  status = 503
  keepAlive.follow({ url, everyS: 240 })
  const refused = once(warned, 'warn')
  clock.advance(240_000)
  expect(await refused).toEqual([{ code: 'http-503' }])
  server.close()
  await once(server, 'close')
  const silent = once(warned, 'warn')
  clock.advance(240_000)
  expect(await silent).toEqual([{ code: 'no-answer' }])
  expect(clock.pendingTimers).toBe(1)
})
