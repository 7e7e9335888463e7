import { once } from 'node:events'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import type { ServiceContext } from './service.ts'
import { type Host, startHost } from './start-host.ts'
import { fakeApi } from './testing/fake-api.ts'
import { ask } from './testing/send-raw.ts'
import { ServiceFolder } from './testing/service-folder.ts'

/** What the service of these tests does and when, put where its module finds it. */
interface Stage {
  happened: string[]
  /** Ends the request that is running. */
  finish?: (() => void) | undefined
  begun?: (() => void) | undefined
}
declare global {
  var shutdownStage: Stage
}

const source = `
export function setupSlow(app, { signal }) {
  const stage = globalThis.shutdownStage
  app.get('/slow', async () => {
    await new Promise((resolve) => { stage.finish = resolve; stage.begun() })
    stage.happened.push('answered')
    return { done: true }
  })
  app.get('/events', (request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
    reply.raw.write('data: 1\\n\\n')
    signal.addEventListener('abort', () => { stage.happened.push('stream ended'); reply.raw.end() })
  })
  return { cleanup: () => { stage.happened.push('cleaned up') } }
}`

async function withService(work: (host: Host, url: string, stage: Stage) => Promise<void>, graceMs = 30_000) {
  const folder = await ServiceFolder.make()
  await folder.write('slow.js', source)
  const stage: Stage = { happened: [] }
  globalThis.shutdownStage = stage
  const host = await startHost({
    api: fakeApi(),
    dir: folder.dir,
    config: { servers: [{ id: 1, name: 'slow', server: { file: 'slow.js' } }] },
    listen: [{ name: 'slow', port: 0 }],
    patience: { graceMs }
  })
  try {
    await work(host, host.urls().slow?.[0] ?? '', stage)
  } finally {
    await host.close()
    await folder.remove()
  }
}

test('running requests finish, new ones are refused, and cleaning up comes last', async () => {
  await withService(async (host, url, stage) => {
    const begun = new Promise<void>((resolve) => {
      stage.begun = resolve
    })
    const running = ask(`${url}/slow`)
    await begun
    const closing = host.closeFaces()
    await expect(ask(`${url}/slow`)).rejects.toThrow(/ECONNREFUSED/)
    stage.finish?.()
    expect((await running).text).toBe('{"done":true}')
    await closing
    expect(stage.happened).toEqual(['answered', 'cleaned up'])
  })
})

test('a request on a connection that is kept alive is refused with 503 while the others finish', async () => {
  await withService(async (host, url, stage) => {
    const { Agent } = await import('node:http')
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const over = (path: string) =>
      new Promise<number>((resolve, reject) => {
        request(`${url}${path}`, { agent }, (response) =>
          response.resume().on('end', () => resolve(response.statusCode ?? 0))
        )
          .on('error', reject)
          .end()
      })
    const begun = new Promise<void>((resolve) => {
      stage.begun = resolve
    })
    const first = over('/slow')
    // On the same connection, or refused because that was closed before.
    const second = over('/slow').catch(() => 503)
    await begun
    const closing = host.closeFaces()
    stage.finish?.()
    expect(await first).toBe(200)
    expect(await second).toBe(503)
    await closing
    agent.destroy()
  })
})

test('an event stream ends with the signal', async () => {
  await withService(async (host, url, stage) => {
    const call = request(`${url}/events`, { agent: false }).end()
    const [response] = await once(call, 'response')
    await once(response, 'data')
    const ended = once(response.resume(), 'end')
    await host.closeFaces()
    await ended
    expect(stage.happened).toEqual(['stream ended', 'cleaned up'])
  })
})

test('a request that never ends is cut off when the time is over', async () => {
  await withService(async (host, url, stage) => {
    const begun = new Promise<void>((resolve) => {
      stage.begun = resolve
    })
    const running = ask(`${url}/slow`)
    const broken = expect(running).rejects.toThrow(/hang up|ECONNRESET/)
    await begun
    await host.closeFaces()
    await broken
    expect(stage.happened).toEqual(['cleaned up'])
  }, 200)
})

test('a service that leaves the configuration finishes its requests behind the new one', async () => {
  const folder = await ServiceFolder.make()
  globalThis.shutdownStage = { happened: [] }
  const stage = globalThis.shutdownStage
  await folder.write('slow.js', source)
  const config = (servers: object[]) => ({ global: { listeners: [{ name: 'web', port: 0 }] }, servers })
  await folder.write('servers.config.json', config([{ id: 1, name: 'slow', server: { file: 'slow.js' } }]))
  const host = await startHost({ api: fakeApi(), config: folder.source() })
  const begun = new Promise<void>((resolve) => {
    stage.begun = resolve
  })
  const running = ask(`${host.urls().slow?.[0]}/slow`)
  await begun
  await folder.write('servers.config.json', config([]))
  await host.reload()
  stage.finish?.()
  expect((await running).status).toBe(200)
  await host.close()
  await folder.remove()
  expect(stage.happened).toEqual(['answered', 'cleaned up'])
})

test('the context of a service says who it is', async () => {
  let seen: Partial<ServiceContext> = {}
  const host = await startHost({
    api: fakeApi(),
    config: { servers: [{ id: 7, name: 'seven' }] },
    provided: {
      seven: (_app, context) => {
        seen = context
        return undefined
      }
    },
    listen: [{ name: 'seven', port: 0 }]
  })
  await host.close()
  expect(seen).toMatchObject({ serverId: '7', serverName: 'seven', shouldStart: false })
  expect(seen.signal?.aborted).toBe(true)
})
