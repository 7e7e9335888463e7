import { once } from 'node:events'
import { createORPCClient, DynamicLink } from '@orpc/client'
import { os } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { Door, type DoorState } from './door.ts'

/** A real oRPC server on a free port, that can die and come back on another one. */
class Engine {
  server: WebSocketServer | undefined
  port = 0
  token = 0

  async start(): Promise<void> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'microtome' })
    const handler = new RPCHandler({
      token: os.handler(() => this.token),
      never: os.handler(() => new Promise(() => {})),
      follow: os.handler(async function* () {
        yield 1
        await new Promise(() => {})
      })
    })
    server.on('connection', (socket) => void handler.upgrade(socket))
    await once(server, 'listening')
    const address = server.address()
    if (typeof address === 'string' || address === null) throw new Error('no port')
    this.server = server
    this.port = address.port
    this.token += 1
  }

  async die(): Promise<void> {
    const dying = this.server
    this.server = undefined
    if (!dying) return
    for (const socket of dying.clients) socket.terminate()
    dying.close()
    await once(dying, 'close')
  }
}

let engine: Engine
let door: Door
let refused = false
const seen: DoorState[] = []

beforeEach(async () => {
  engine = new Engine()
  await engine.start()
  refused = false
  seen.length = 0
  door = new Door({
    endpoint: () => Promise.resolve({ url: `ws://127.0.0.1:${engine.port}/rpc`, protocols: ['microtome'] }),
    refused: () => Promise.resolve(refused),
    backoffMs: () => 5
  })
  door.onState((state) => seen.push(state))
})
afterEach(async () => {
  door.close()
  await engine.die()
})

const client = () =>
  createORPCClient<{
    token(): Promise<number>
    never(): Promise<void>
    follow(input?: undefined, options?: { signal?: AbortSignal | undefined }): Promise<AsyncIterator<number>>
  }>(new DynamicLink(() => door.link()))

function reached(state: DoorState): Promise<void> {
  return new Promise((resolve) => {
    const stop = door.onState((now) => {
      if (now !== state) return
      queueMicrotask(() => stop())
      resolve()
    })
  })
}

describe('the line to the engine', () => {
  it('lets calls wait for the first dial', async () => {
    door.dialNow()
    expect(await client().token()).toBe(1)
    expect(seen).toEqual(['connecting', 'live'])
  })

  it('refuses calls at once while nothing is dialled', async () => {
    await expect(client().token()).rejects.toMatchObject({ code: 'connection-lost' })
  })

  it('finds an engine that was restarted on another port', async () => {
    door.dialNow()
    await reached('live')
    const cut = reached('lost')
    await engine.die()
    await cut
    await engine.start()
    await reached('live')
    expect(await client().token()).toBe(2)
  })

  it('ends calls that were under way when the line was cut', async () => {
    door.dialNow()
    await reached('live')
    const waiting = client().never()
    await engine.die()
    await expect(waiting).rejects.toThrow()
  })

  it('is quiet when whoever follows events stops at the very moment of a cut', async () => {
    door.dialNow()
    await reached('live')
    const following = new AbortController()
    const events = await client().follow(undefined, { signal: following.signal })
    expect(await events.next()).toMatchObject({ value: 1 })
    door.onState((state) => state === 'lost' && following.abort())
    const cut = reached('lost')
    await engine.die()
    await cut
    // A message to the closed socket would reject where nobody listens, which fails the run.
    await expect(events.next()).rejects.toThrow()
  })

  it('tells an engine that refuses this page from one that is away', async () => {
    door.dialNow()
    await reached('live')
    refused = true
    const told = reached('refused')
    await engine.die()
    await told
    refused = false
    await engine.start()
    await reached('live')
  })

  it('dials no more once it is closed', async () => {
    door.dialNow()
    await reached('live')
    door.close()
    await expect(client().token()).rejects.toMatchObject({ code: 'connection-lost' })
  })
})
