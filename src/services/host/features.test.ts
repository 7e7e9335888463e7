import { once } from 'node:events'
import { request } from 'node:https'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { loadIdentity } from '../../engine/identity/index.ts'
import type { ServiceApi } from '../../engine/service-api.ts'
import type { ServersConfigInput } from './config/schema.ts'
import { type Host, startHost } from './start-host.ts'
import { fakeApi } from './testing/fake-api.ts'
import { ask } from './testing/send-raw.ts'
import { moduleSaying, ServiceFolder } from './testing/service-folder.ts'

let folder: ServiceFolder
let host: Host | undefined

beforeEach(async () => {
  folder = await ServiceFolder.make()
  await folder.write('one.js', moduleSaying('setupOne', 'here'))
})

afterEach(async () => {
  await host?.close()
  host = undefined
  await folder.remove()
})

type Features = NonNullable<NonNullable<ServersConfigInput['servers'][number]['server']>['features']>

/** Starts the service `one` with features; answers its address. */
async function serve(features: Features, api: ServiceApi = fakeApi()): Promise<string> {
  const config = { servers: [{ id: 1, name: 'one', server: { file: 'one.js', features } }] }
  host = await startHost({ api, dir: folder.dir, config, listen: [{ name: 'one', port: 0 }] })
  const [state] = await host.states()
  expect(state).toMatchObject({ state: 'running' })
  return host.urls().one?.[0] ?? ''
}

const scopes = { work: ['work'], all: ['admin'] } as const
const keys = {
  check: (key: string) =>
    key === 'work' || key === 'all' ? { id: key, label: key, scopes: [...scopes[key]], createdAtMs: 0 } : undefined
}
const api = () => fakeApi({ keys: keys as ServiceApi['keys'] })
const statuses = async (url: string, path: string) =>
  Promise.all(
    [undefined, 'wrong', 'work', 'all'].map(
      async (key) => (await ask(`${url}${path}`, { headers: key === undefined ? {} : { 'x-api-key': key } })).status
    )
  )

test('authentication asks for any key of the node, or for one of a scope; health and the page stay open', async () => {
  await folder.write('public/1-one-public/index-one.html', '<title>one</title>')
  const url = await serve({ authentication: true, rateLimit: true }, api())
  expect(await statuses(url, '/name')).toEqual([401, 401, 200, 200])
  expect(await statuses(url, '/api/health')).toEqual([200, 200, 200, 200])
  expect(await statuses(url, '/')).toEqual([200, 200, 200, 200])
  await host?.close()
  const readers = await serve({ authentication: { scope: 'read' } }, api())
  expect(await statuses(readers, '/name')).toEqual([401, 401, 403, 200])
})

test('cors lets every origin read, or those that are named', async () => {
  const headers = { origin: 'https://a.example.org' }
  const open = await ask(`${await serve({ cors: true })}/name`, { headers })
  expect(open.headers['access-control-allow-origin']).toBe('*')
  await host?.close()
  const url = await serve({ cors: { origin: ['https://b.example.org'] } })
  expect((await ask(`${url}/name`, { headers })).headers['access-control-allow-origin']).toBeUndefined()
  const named = await ask(`${url}/name`, { headers: { origin: 'https://b.example.org' } })
  expect(named.headers['access-control-allow-origin']).toBe('https://b.example.org')
})

test('a rate limit is 429 in JSON', async () => {
  const url = await serve({ rateLimit: { max: 2, windowMs: 60_000 } })
  const answers = [await ask(`${url}/name`), await ask(`${url}/name`), await ask(`${url}/name`)]
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
  expect(JSON.parse(answers[2]?.text ?? '')).toHaveProperty('error.message')
})

test.each(['websocket', 'socketio'] as const)(
  '%s gives routes for sockets, which end with the service',
  async (feature) => {
    await folder.write(
      'one.js',
      'export const setupOne = (app) => void app.get("/live", { websocket: true }, (socket) => socket.on("message", (text) => socket.send(text + "!")))'
    )
    const url = await serve({ [feature]: true })
    const socket = new WebSocket(`${url.replace('http', 'ws')}/live`)
    await once(socket, 'open')
    socket.send('hello')
    const [text] = await once(socket, 'message')
    expect(String(text)).toBe('hello!')
    const closed = once(socket, 'close')
    await host?.close()
    await closed
  }
)

test('files in forms are taken where a service asks for them', async () => {
  await folder.write(
    'one.js',
    'export const setupOne = (app) => void app.post("/file", async (request) => ({ bytes: (await (await request.file()).toBuffer()).length }))'
  )
  const url = await serve({ multipart: { maxFileBytes: 10 } })
  const send = async (text: string) => {
    const body = new FormData()
    body.set('image', new Blob([text]), 'a.txt')
    const response = await fetch(`${url}/file`, { method: 'POST', body })
    return [response.status, await response.text()]
  }
  expect(await send('12345')).toEqual([200, '{"bytes":5}'])
  expect((await send('12345678901'))[0]).toBe(413)
})

test('what deployed files name and nothing answers to is said once', async () => {
  const said: unknown[] = []
  const config = {
    servers: [
      { id: 1, name: 'one', database: { type: 'mongodb' }, server: { file: 'one.js', features: { redis: true } } }
    ]
  }
  host = await startHost({
    api: fakeApi(),
    dir: folder.dir,
    config,
    listen: [{ name: 'one', port: 0 }],
    log: { info: (_message, fields) => said.push(fields), warn: () => {} }
  })
  expect(said).toEqual([
    { service: 'one', setting: 'redis' },
    { service: 'one', setting: 'database' }
  ])
})

test('a listener with certificate and key speaks TLS; one with something else says why it is closed', async () => {
  const { certificatePem, privateKeyPem } = await loadIdentity(folder.dir)
  await folder.write('cert.pem', certificatePem)
  await folder.write('key.pem', privateKeyPem)
  const start = (certificate: string) =>
    startHost({
      api: fakeApi(),
      dir: folder.dir,
      config: {
        global: { listeners: [{ name: 'tls', port: 0, tls: { certificate, key: 'file:key.pem' } }] },
        servers: [{ id: 1, name: 'one', server: { file: 'one.js' } }]
      }
    })
  host = await start('file:cert.pem')
  const url = host.urls().one?.[0] ?? ''
  expect(url).toMatch(/^https:/)
  const [response] = await once(request(`${url}/name`, { agent: false, rejectUnauthorized: false }).end(), 'response')
  expect([response.statusCode, response.resume().socket.encrypted]).toEqual([200, true])
  await host.close()
  host = await start('file:one.js')
  expect(await host.states()).toMatchObject([{ state: 'failed', urls: [], reason: expect.stringContaining('TLS') }])
  await host.close()
  host = await start('file:absent.pem')
  expect(await host.states()).toMatchObject([{ state: 'failed', reason: expect.stringContaining('file:absent.pem') }])
})
