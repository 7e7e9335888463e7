import { describe, expect, test } from 'vitest'
import { MicrotomeError } from '../../../shared/errors.ts'
import { parseServersConfig, parseServersText } from './parse-config.ts'

/** The seed document's example, as deployed files write it. */
const deployed = {
  global: {
    dev: { port: 7777, host: '0.0.0.0', proxies: [{ path: '/old', target: 'http://127.0.0.1:3002' }] },
    build: {
      outDir: 'dist',
      sourcemap: false,
      chunkSizeWarningLimit: 1000,
      assetFileNames: { images: 'img/[name][extname]', css: 'css/[name][extname]', default: 'assets/[name][extname]' },
      chunkFileNames: 'js/[name]-[hash].js'
    },
    chunks: { vendor: ['react', 'react-dom'], socket: ['socket.io-client'], database: ['mongodb'] },
    aliases: { '@shared': 'src/shared' }
  },
  servers: [
    {
      id: 1,
      name: 'develrun',
      description: 'WebShell',
      domains: ['devel.run', 'localhost'],
      paths: {
        src: '1-develrun-src',
        public: '1-develrun-public',
        html: 'index-webshell.html',
        app: 'App.jsx',
        main: 'main.jsx'
      },
      server: {
        setupFunction: 'setupWebshell',
        file: 'server-webshell.js',
        routes: ['/status', '/auth/validate'],
        skipSPA: ['/raw'],
        features: {
          socketio: true,
          cors: true,
          rateLimit: true,
          authentication: false,
          mongodb: true,
          redis: false,
          ssl: false
        }
      },
      database: { type: 'mongodb', connection: 'env:MONGO_URL', models: ['User'] }
    },
    { id: 2, name: 'justlearning', domains: ['justlearning.net'], database: null }
  ],
  default: { serverId: 1, serverName: 'develrun' }
}

/** `message` and `hint` of the refusal of the deployed file with something else in the place of `path`. */
function refusal(path: (string | number)[], value: unknown): [string, string | undefined] {
  const changed = structuredClone(deployed)
  const parent = path.slice(0, -1).reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), changed)
  Reflect.set(Object(parent), path.at(-1) ?? '', value)
  try {
    parseServersConfig(changed)
  } catch (thrown) {
    if (thrown instanceof MicrotomeError) return [thrown.message, thrown.hint]
    throw thrown
  }
  return ['not refused', undefined]
}

test('a file as it is deployed is taken as it is', () => {
  const { servers, version } = parseServersConfig(deployed)
  expect(version).toBe(1)
  expect(servers.map(({ name, settings }) => [name, settings])).toEqual([
    ['develrun', {}],
    ['justlearning', {}]
  ])
})

test('whatever may be left out has the documented default', () => {
  const { global, servers } = parseServersConfig({ servers: [{ id: 3, name: 'analytics' }] })
  expect(global.dev).toEqual({ port: 7777, host: '127.0.0.1', proxies: [] })
  expect([global.build.outDir, global.build.sourcemap, global.listeners]).toEqual(['dist', false, []])
  expect(servers[0]).toMatchObject({ domains: [], server: { routes: [], skipSPA: [], features: {} } })
})

describe('what is wrong is named with its key, its value and what is allowed', () => {
  test.each([
    [['global', 'dev', 'port'], 'x', 'global.dev.port is "x", which is not allowed.', 'a whole number from 1 to 65535'],
    [['global', 'dev', 'port'], 70_000, 'global.dev.port is 70000, which is not allowed.', 'from 1 to 65535'],
    [['global', 'dev', 'prot'], 1, 'global.dev.prot is 1: there is no such key.', 'port, host, proxies'],
    [['globals'], {}, 'globals is {}: there is no such key.', '$schema, version, global, servers, default'],
    [['version'], 2, 'version is 2, which is not allowed.', '1, the only version'],
    [['servers'], {}, 'servers is {}, which is not allowed.', 'a list of servers'],
    [['servers', 1, 'name'], 7, 'servers[1].name is 7, which is not allowed.', 'letters, digits and dashes'],
    [['servers', 1, 'name'], undefined, 'servers[1].name is missing.', 'letters, digits and dashes'],
    [['servers', 1], 'justlearning', 'servers[1] is "justlearning", which is not allowed.', 'an object'],
    [['servers', 0, 'paths', 'htlm'], 'a', 'servers[0].paths.htlm is "a": there is no such key.', 'src, public, html'],
    [['servers', 0, 'server', 'routes', 0], 'status', 'servers[0].server.routes[0] is "status"', 'begins with /'],
    [
      ['servers', 0, 'server', 'features', 'cors'],
      1,
      'servers[0].server.features.cors is 1',
      'true, false or an object with origin'
    ],
    [
      ['servers', 0, 'server', 'features', 'cors'],
      { origins: '*' },
      'features.cors.origins is "*": there is no such key.',
      'origin, credentials'
    ],
    [
      ['servers', 0, 'server', 'features', 'rateLimit'],
      { max: 0 },
      'features.rateLimit.max is 0, which',
      'a whole number from 1'
    ],
    [['servers', 0, 'server', 'file'], 'builtin:', 'servers[0].server.file is "builtin:"', 'builtin:NAME'],
    [
      ['servers', 0, 'database', 'connection'],
      'mongodb://u:p@h',
      'database.connection is (not shown)',
      'env:NAME or file:PATH'
    ],
    [
      ['servers', 0, 'settings'],
      { mail: { password: 'abc' } },
      'servers[0].settings.mail.password is (not shown)',
      'never the secret itself'
    ],
    [['servers', 1, 'id'], 1, 'servers[1].id is 1, which is not allowed.', 'what no other entry has'],
    [['servers', 1, 'name'], 'Develrun', 'servers[1].name is "Develrun"', 'what no other entry has'],
    [
      ['servers', 1, 'domains'],
      ['x.org', 'DEVEL.run.'],
      'servers[1].domains[1] is "DEVEL.run."',
      'what no other entry has'
    ],
    [
      ['servers', 1],
      { id: 2, name: 'dashboard', server: { features: { websocket: true, cors: false, rateLimit: true } } },
      'servers[1].server.features.rateLimit is true, which is not allowed.',
      "the node's own page guards itself"
    ],
    [['default'], { serverName: 'three' }, 'default.serverName is "three"', 'develrun, justlearning'],
    [
      ['global', 'listeners'],
      [{ name: 'web', port: 1, servers: ['x'] }],
      'global.listeners[0].servers[0] is "x"',
      'develrun, justlearning'
    ]
  ])('%j = %j', (path, value, message, allowed) => {
    const [said, hint] = refusal(path as (string | number)[], value)
    expect(said).toContain(message)
    expect(hint).toMatch(/^Allowed: /)
    expect(hint).toContain(allowed)
  })

  test('text that is no JSON, with the place', () => {
    expect(() => parseServersText('{"servers": [}')).toThrow('not JSON: value expected at line 1, column 14')
  })
})

test('a secret is shown to nobody, and what only sounds like one is none', () => {
  const [said] = refusal(['servers', 0, 'settings'], { apiKey: 'k'.repeat(40) })
  expect(said).not.toContain('kkkk')
  const settings = { apiKey: 'env:KEY', apiKeyFile: '/etc/key', tokens: 5, title: 'a secret' }
  expect(parseServersConfig({ servers: [{ id: 1, name: 'a', settings }] }).servers[0]?.settings).toEqual(settings)
})
