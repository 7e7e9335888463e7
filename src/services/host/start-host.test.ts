import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FakeClock } from '../../engine/fake-clock.ts'
import type { HostOptions } from './host-options.ts'
import type { SetupFunction } from './service.ts'
import { type Host, startHost } from './start-host.ts'
import { fakeApi } from './testing/fake-api.ts'
import { ask } from './testing/send-raw.ts'
import { moduleSaying, ServiceFolder } from './testing/service-folder.ts'

let folder: ServiceFolder
let host: Host | undefined
const bugs: unknown[] = []

beforeEach(async () => {
  folder = await ServiceFolder.make()
  bugs.length = 0
})

afterEach(async () => {
  await host?.close()
  host = undefined
  await folder.remove()
})

async function start(options: Partial<HostOptions> & Pick<HostOptions, 'config'>): Promise<Host> {
  host = await startHost({ api: fakeApi(), dir: folder.dir, onBug: (bug) => bugs.push(bug), ...options })
  return host
}

const names = { settings: { saying: 'hello' } }
/** Answers `/name` with who it is and how the request came to it. */
const telling: SetupFunction = (app, { serverName }) => {
  app.get('/name', async (request) => ({ name: serverName, target: request.targetModule, by: request.routingInfo?.by }))
  return undefined
}
const listeners = [{ name: 'all', port: 0, servers: ['one', 'two'] }]
const twoServers = [
  { id: 1, name: 'one', domains: ['one.example.org', 'localhost'] },
  { id: 2, name: 'two', domains: ['two.example.org'] }
]
const two = { version: 1 as const, global: { listeners }, servers: twoServers, default: { serverName: 'two' } }
const both = { one: telling, two: telling }
const urlOf = (name: string) => host?.urls()[name]?.[0] ?? ''
const answer = async (path: string, domain: string) => {
  const { status, text } = await ask(`${urlOf('one')}${path}`, { headers: { host: domain } })
  return { status, ...JSON.parse(text) }
}

describe('requests find their service', () => {
  test.each([
    ['one.example.org', 'one', 'domain'],
    ['ONE.Example.Org:8080', 'one', 'domain'],
    ['two.example.org.', 'two', 'domain'],
    ['localhost', 'one', 'domain'],
    ['elsewhere.example.org', 'two', 'default'],
    ['[::1]:80', 'two', 'default']
  ])('by the name %s, however it is written', async (domain, name, by) => {
    await start({ config: two, provided: both })
    expect(await answer('/name', domain)).toEqual({ status: 200, name, target: name, by })
  })

  test('by ?module= in development only', async () => {
    await start({ config: two, provided: both, isDevelopment: true })
    expect(await answer('/name?module=one', 'two.example.org')).toMatchObject({ name: 'one', by: 'module' })
    expect(await answer('/name?module=three', 'two.example.org')).toMatchObject({ name: 'two', by: 'domain' })
    await host?.close()
    await start({ config: two, provided: both })
    expect(await answer('/name?module=one', 'two.example.org')).toMatchObject({ name: 'two' })
  })

  test('nobody answers to a name that is not his where there is no default', async () => {
    const { default: _default, ...config } = two
    await start({ config, provided: both })
    expect(await answer('/name', 'elsewhere.example.org')).toMatchObject({
      status: 421,
      error: { code: 'unknown-host' }
    })
  })

  test('whatever the name at a listener of one service', async () => {
    await start({ config: two, provided: both, listen: [{ name: 'one', port: 0 }] })
    expect(await answer('/name', 'two.example.org')).toMatchObject({ name: 'one', by: 'listener' })
  })

  test('a service that no listener leads to is off and not even loaded', async () => {
    const config = { servers: [{ id: 1, name: 'absent', server: { file: 'not-there.js' } }] }
    await start({ config })
    expect(await host?.states()).toMatchObject([{ id: '1', name: 'absent', state: 'off', urls: [] }])
  })
})

describe('a service of somebody else', () => {
  const analytics = (domain: string, port = 0) => ({
    version: 1,
    global: { listeners: [{ name: 'web', port }] },
    servers: [
      {
        id: 3,
        name: 'analytics',
        domains: [domain],
        paths: { src: '3-analytics-src', public: '3-analytics-public', html: 'index-analytics.html' },
        server: { setupFunction: 'setupAnalytics', file: 'server-analytics.js', routes: ['/name'], skipSPA: ['/raw'] },
        ...names
      },
      { id: 4, name: 'other', domains: ['other.example.org'], server: { file: 'other.js' } }
    ]
  })

  async function layOut() {
    await folder.write('servers.config.json', analytics('analytics.example.org'))
    await folder.write('server/3-analytics-src/server-analytics.js', moduleSaying('setupAnalytics', 'first'))
    await folder.write('public/3-analytics-public/index-analytics.html', '<!doctype html><title>analytics</title>')
    await folder.write('public/3-analytics-public/logo.svg', '<svg/>')
    await folder.write('other.js', moduleSaying('setupOther', 'other'))
  }
  const at = async (path: string, accept = '*/*', domain = 'analytics.example.org') =>
    ask(`${urlOf('analytics')}${path}`, { headers: { host: domain, accept } })

  test('answers under its domain with its routes, its page and its files, from a folder and an entry alone', async () => {
    await layOut()
    await start({ config: folder.source() })
    expect(JSON.parse((await at('/name')).text)).toEqual({ name: 'analytics', text: 'first' })
    for (const path of ['/', '/reports/2026'])
      expect((await at(path, 'text/html')).text, path).toContain('<title>analytics')
    for (const path of ['/logo.svg', '/public/3-analytics-public/logo.svg'])
      expect(await at(path), path).toMatchObject({ status: 200, text: '<svg/>' })
    expect((await at('/')).headers['content-security-policy']).toContain("default-src 'self'")
    expect(JSON.parse((await at('/name', '*/*', 'other.example.org')).text)).toMatchObject({ name: 'other' })
  })

  test('has 404s in JSON for paths of its API, and nothing beside its folder', async () => {
    await layOut()
    await start({ config: folder.source() })
    for (const path of ['/name/missing', '/raw/thing', '/api/thing', '/missing.js'])
      expect([path, (await at(path)).status]).toEqual([path, 404])
    expect((await at('/name/missing', 'text/html')).headers['content-type']).toContain('json')
    for (const path of ['/../servers.config.json', '/..%2f..%2fservers.config.json', '/%2e%2e/servers.config.json'])
      expect((await at(path)).text, path).not.toContain('listeners')
  })

  test('goes on while its configuration is changed, broken and mended', async () => {
    await layOut()
    await start({ config: folder.source() })
    const port = Number(new URL(urlOf('analytics')).port)

    await folder.write('servers.config.json', analytics('reports.example.org', port))
    await host?.reload()
    expect((await at('/name', '*/*', 'reports.example.org')).status).toBe(200)
    expect((await at('/name')).status).toBe(421)

    await folder.write('servers.config.json', '{ "servers": [')
    await host?.reload()
    expect((await at('/name', '*/*', 'reports.example.org')).status).toBe(200)
    expect(await host?.states()).toContainEqual(
      expect.objectContaining({ id: 'configuration', state: 'failed', reason: expect.stringContaining('not JSON') })
    )

    await folder.write('servers.config.json', analytics('mended.example.org', port))
    await host?.reload()
    expect((await at('/name', '*/*', 'mended.example.org')).status).toBe(200)
    expect(await host?.states()).toHaveLength(2)
  })

  test('is loaded anew when it was saved, and its last good version goes on when the new one fails', async () => {
    await layOut()
    await start({ config: folder.source() })
    await folder.write('server/3-analytics-src/server-analytics.js', moduleSaying('setupAnalytics', 'the second'))
    await host?.reload()
    expect(JSON.parse((await at('/name')).text)).toMatchObject({ text: 'the second' })

    await folder.write(
      'server/3-analytics-src/server-analytics.js',
      'export function setupAnalytics() { throw new Error("no luck") }'
    )
    await host?.reload()
    expect(JSON.parse((await at('/name')).text)).toMatchObject({ text: 'the second' })
    const [state] = (await host?.states()) ?? []
    expect(state).toMatchObject({ state: 'running', reason: expect.stringContaining('no luck') })
  })

  test('goes when its entry goes, and the others do not notice', async () => {
    await layOut()
    await start({ config: folder.source() })
    const url = urlOf('analytics')
    const whole = analytics('analytics.example.org', Number(new URL(url).port))
    await folder.write('servers.config.json', { ...whole, servers: whole.servers.slice(1) })
    await host?.reload()
    expect((await host?.states())?.map(({ name }) => name)).toEqual(['other'])
    expect(JSON.parse((await ask(`${url}/name`)).text)).toMatchObject({ name: 'other' })
  })

  test('is read again when the watched file changed', async () => {
    await layOut()
    await start({ config: folder.source() })
    await folder.write(
      'servers.config.json',
      analytics('watched.example.org', Number(new URL(urlOf('analytics')).port))
    )
    folder.changed()
    await host?.reload()
    expect((await at('/name', '*/*', 'watched.example.org')).status).toBe(200)
  })
})

describe('a service that fails leaves the others as they are', () => {
  const config = (broken: object) => ({
    global: { listeners: [{ name: 'web', port: 0 }] },
    servers: [
      { id: 1, name: 'good', domains: ['good.example.org'], server: { file: 'good.js' } },
      { id: 2, name: 'bad', domains: ['bad.example.org'], ...broken }
    ]
  })
  test.each([
    ['is missing', { server: { file: 'missing.js' } }, 'has no module missing.js'],
    ['does not parse', { server: { file: 'syntax.js' } }, ''],
    ['throws', { server: { file: 'throws.js' } }, 'out of luck'],
    ['rejects', { server: { file: 'rejects.js' } }, 'out of luck'],
    ['hangs', { server: { file: 'hangs.js' } }, 'was not ready within 3 s'],
    ['exports something else', { server: { file: 'good.js' } }, 'exports no function setupBad'],
    ['has a route twice', { server: { file: 'twice.js' } }, 'already declared'],
    [
      'names a page that is not there',
      { server: { file: 'good.js' }, paths: { public: 'nowhere' } },
      'exports no function'
    ],
    ['is no service of the product', { server: { file: 'builtin:nothing' } }, 'built-in service nothing'],
    [
      'lacks a secret',
      { server: { file: 'good.js' }, settings: { apiKey: 'env:NOT_THERE' } },
      'env:NOT_THERE stands for nothing'
    ]
  ])('that %s', async (how, broken, reason) => {
    await folder.write('good.js', moduleSaying('setupGood', 'good'))
    await folder.write('syntax.js', 'export function (')
    await folder.write('throws.js', 'export function setupBad() { throw new Error("out of luck") }')
    await folder.write('rejects.js', 'export async function setupBad() { throw new Error("out of luck") }')
    await folder.write('hangs.js', 'export const setupBad = () => new Promise(() => {})')
    await folder.write('twice.js', 'export function setupBad(app) { app.get("/a", () => ""); app.get("/a", () => "") }')
    await start({ config: config(broken), env: {}, patience: { setupMs: how === 'hangs' ? 3_000 : 60_000 } })
    const [good, bad] = (await host?.states()) ?? []
    expect(good).toMatchObject({ name: 'good', state: 'running', stats: { text: 'good' } })
    expect(bad).toMatchObject({ name: 'bad', state: 'failed', reason: expect.stringContaining(reason) })
    const at = async (domain: string) => (await ask(`${urlOf('good')}/name`, { headers: { host: domain } })).status
    expect([await at('good.example.org'), await at('bad.example.org')]).toEqual([200, 503])
  })

  test('a route that throws is one answer of 500, and tells nobody why', async () => {
    const throwing: SetupFunction = (app) =>
      void app.get('/', () => {
        throw new Error('a secret path')
      })
    await start({ config: two, provided: { one: throwing, two: telling } })
    const { status, text } = await ask(urlOf('one'), { headers: { host: 'one.example.org' } })
    expect([status, JSON.parse(text).error.code]).toEqual([500, 'internal'])
    expect(text).not.toContain('secret')
    expect(bugs).toHaveLength(1)
  })

  test('statistics that throw or hang are left out', async () => {
    const throws: SetupFunction = () => ({
      getStats: () => {
        throw new Error('no figures')
      }
    })
    const hangs: SetupFunction = () => ({ getStats: () => new Promise(() => {}) })
    await start({ config: two, provided: { one: throws, two: hangs } })
    const states = (await host?.states()) ?? []
    expect(states.map(({ state, stats }) => [state, stats])).toEqual([
      ['running', undefined],
      ['running', undefined]
    ])
  })
})

describe('the host answers for itself', () => {
  test('health is open, whatever guards the service, and tells each state and its statistics', async () => {
    const guarded: SetupFunction = (app) => {
      app.addHook('onRequest', async (_request, reply) => reply.code(401).send('no'))
      return { getStats: () => ({ guests: 0 }) }
    }
    await start({ config: two, provided: { one: guarded, two: telling } })
    const { status, text } = await ask(`${urlOf('one')}/api/health`, { headers: { host: 'one.example.org' } })
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({
      status: 'healthy',
      currentRequest: { host: 'one.example.org', by: 'domain', module: 'one' },
      microservers: {
        total: 2,
        active: 2,
        failed: 0,
        configured: [{ id: '1', name: 'one', state: 'running' }, { id: '2' }]
      },
      stats: { one: { guests: 0 } },
      configuration: { version: 1, valid: true }
    })
  })

  test('a service that has these addresses itself keeps them', async () => {
    const own: SetupFunction = (app) => {
      app.get('/api/config', async () => ({ client: 'settings' }))
      return undefined
    }
    await start({ config: two, provided: { one: own, two: telling } })
    expect(await answer('/api/config', 'one.example.org')).toEqual({ status: 200, client: 'settings' })
    expect(await answer('/api/config', 'two.example.org')).toMatchObject({ status: 403 })
  })

  test('the configuration is shown in development only, with its secrets masked', async () => {
    const servers = [
      { ...twoServers[0], settings: { apiKey: 'env:THE_KEY', depth: 3, title: 'file:title.txt' } },
      twoServers[1]
    ]
    await folder.write('title.txt', 'A title\n')
    const config = { ...two, servers } as typeof two
    const env = { THE_KEY: 'very secret' }
    await start({ config, provided: both, env, isDevelopment: true })
    const { text } = await ask(`${urlOf('one')}/api/config`)
    expect(JSON.parse(text).servers[0].settings).toEqual({ apiKey: '***', depth: 3, title: '***' })
    expect(text).not.toContain('very secret')
    await host?.close()
    await start({ config, provided: both, env })
    expect((await ask(`${urlOf('one')}/api/config`)).status).toBe(403)
  })

  test('in production the configuration is shown for the debug token of a variable or a file, masked as well', async () => {
    const token = 'f'.repeat(32)
    await folder.write('token.txt', `${token}\n`)
    const asked = async (debugToken: string | undefined, query: string) => {
      await host?.close()
      const config = {
        ...two,
        global: { listeners, debugToken },
        servers: [{ ...twoServers[0], ...secret }, twoServers[1]]
      }
      await start({
        config: config as typeof two,
        provided: both,
        env: { TOKEN: token, EMPTY: '', SHORT: 'f', KEY: 'very secret' }
      })
      return ask(`${urlOf('one')}/api/config${query}`)
    }
    const secret = { settings: { apiKey: 'env:KEY' } }
    for (const reference of ['env:TOKEN', 'file:token.txt']) {
      const { status, text } = await asked(reference, `?debug_token=${token}`)
      expect([status, JSON.parse(text).global.debugToken]).toEqual([200, '***'])
      expect(text).not.toMatch(/very secret|ffff/)
    }
    const refused = [
      [undefined, `?debug_token=${token}`],
      [undefined, '?debug_token=undefined'],
      ['env:TOKEN', ''],
      ['env:TOKEN', '?debug_token='],
      ['env:TOKEN', `?debug_token=${token}f`],
      ['env:TOKEN', `?debug_token=${token}&debug_token=${token}`],
      ['env:EMPTY', '?debug_token='],
      ['env:SHORT', '?debug_token=f'],
      ['env:ABSENT', '?debug_token=undefined'],
      ['file:absent.txt', `?debug_token=${token}`]
    ] as const
    for (const [reference, query] of refused)
      expect([reference, query, (await asked(reference, query)).status]).toEqual([reference, query, 403])
  })

  test('it pings what global.keepAlive names until the faces end, and nothing without it', async () => {
    const clock = new FakeClock()
    await start({ config: two, provided: both, ticking: clock })
    expect(clock.pendingTimers).toBe(0)
    await host?.close()
    const keepAlive = { url: 'http://127.0.0.1:9/api/health' }
    await start({ config: { ...two, global: { listeners, keepAlive } }, provided: both, ticking: clock })
    expect(clock.pendingTimers).toBe(1)
    await host?.closeFaces()
    expect(clock.pendingTimers).toBe(0)
  })

  test('reasons are for people of this computer, not for those whom a proxy speaks for', async () => {
    await start({ config: { ...two, servers: twoServers }, provided: { one: telling }, env: {} })
    const asked = async (headers: Record<string, string>) =>
      JSON.parse((await ask(`${urlOf('one')}/api/health`, { headers })).text).microservers.configured[1]
    expect(await asked({})).toMatchObject({ state: 'failed', reason: expect.stringContaining('server-two.js') })
    expect(await asked({ 'x-forwarded-for': '192.0.2.7' })).toEqual({
      id: '2',
      name: 'two',
      domains: ['two.example.org'],
      state: 'failed'
    })
  })
})

describe('listeners', () => {
  test('a service of the context gets its settings with secrets in place of references', async () => {
    let seen: unknown
    const one: SetupFunction = (_app, { serverConfig }) => {
      seen = serverConfig.settings
      return undefined
    }
    await folder.write('key.txt', 'from a file\n')
    const servers = [{ id: 1, name: 'one', settings: { apiKey: 'env:KEY', password: 'file:key.txt' } }]
    await start({
      config: { servers },
      provided: { one },
      listen: [{ name: 'one', port: 0 }],
      env: { KEY: 'from outside' }
    })
    expect(seen).toEqual({ apiKey: 'from outside', password: 'from a file' })
  })

  test('a port that is taken: an error where it was asked for just now, a reason where a file says so', async () => {
    await start({ config: { servers: [] }, provided: { one: telling }, listen: [{ name: 'one', port: 0 }] })
    const port = Number(new URL(urlOf('one')).port)
    const again = { api: fakeApi(), provided: { one: telling } }
    await expect(
      startHost({ ...again, config: { servers: [] }, listen: [{ name: 'one', port }] })
    ).rejects.toMatchObject({
      code: 'port-in-use'
    })
    const config = {
      global: { listeners: [{ name: 'web', port, servers: ['one'] }] },
      servers: [{ id: 1, name: 'one' }]
    }
    const second = await startHost({ ...again, config })
    const states = await second.states()
    await second.close()
    expect(states).toMatchObject([{ state: 'failed', urls: [], reason: expect.stringContaining(`Port ${port}`) }])
  })
})

describe('at the start', () => {
  test('a configuration that was named and is wrong is an error with the key, the value and what is allowed', async () => {
    await folder.write('servers.config.json', { servers: [{ id: 1, name: 'one', paths: { htlm: 'x' } }] })
    await expect(startHost({ api: fakeApi(), config: folder.source() })).rejects.toMatchObject({
      code: 'bad-services',
      message: 'servers[0].paths.htlm is "x": there is no such key.',
      hint: 'Allowed: src, public, html, server, app, main.'
    })
  })

  test('one that was found and is wrong is survived by the last good one', async () => {
    await folder.write('servers.config.json', { ...two, servers: twoServers })
    await start({ config: folder.source(false), provided: both })
    await host?.close()
    await folder.write('servers.config.json', '{}')
    await start({ config: folder.source(false), provided: both })
    expect(await answer('/name', 'one.example.org')).toMatchObject({ status: 200 })
    expect((await host?.states())?.map(({ id }) => id)).toEqual(['1', '2', 'configuration'])
  })

  test('without any file and without a last good one nothing listens', async () => {
    await start({ config: folder.source(false) })
    expect([await host?.states(), host?.urls()]).toEqual([[], {}])
  })
})
