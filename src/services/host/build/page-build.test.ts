import { readdir, readFile } from 'node:fs/promises'
import { build, createServer, type ViteDevServer } from 'vite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseServersConfig } from '../config/parse-config.ts'
import type { ServersConfigInput } from '../config/schema.ts'
import { type Host, startHost } from '../start-host.ts'
import { fakeApi } from '../testing/fake-api.ts'
import { ask } from '../testing/send-raw.ts'
import { moduleSaying, ServiceFolder } from '../testing/service-folder.ts'
import { aliasesOf, chunkGroups, pageBuild, proxiesOf } from './page-build.ts'

let folder: ServiceFolder
let host: Host | undefined
let vite: ViteDevServer | undefined

beforeEach(async () => {
  folder = await ServiceFolder.make()
  await folder.write('package.json', { type: 'module' })
  await folder.write(
    'node_modules/socket.io-client/index.js',
    'export const io = (path) => console.log("the socket", path)'
  )
  await folder.write('node_modules/socket.io-client/package.json', {
    name: 'socket.io-client',
    type: 'module',
    main: 'index.js'
  })
  for (const [id, name] of [
    [1, 'shell'],
    [2, 'other']
  ]) {
    const page = `<!doctype html><title>${name}</title><script type="module" src="/src/${id}-${name}-src/main.js"></script>`
    await folder.write(`public/${id}-${name}-public/index-${name}.html`, page)
    await folder.write(
      `server/${id}-${name}-src/server-${name}.js`,
      moduleSaying(name === 'shell' ? 'setupShell' : 'setupOther', `${name}`)
    )
  }
  await folder.write(
    'src/1-shell-src/main.js',
    "import { io } from 'socket.io-client'\nimport '@other/word.js'\nio('/live')"
  )
  await folder.write('src/2-other-src/main.js', "import './word.js'")
  await folder.write('src/2-other-src/word.js', "document.title = 'a word'")
})

afterEach(async () => {
  await vite?.close()
  await host?.close()
  vite = undefined
  host = undefined
  await folder.remove()
})

const config = (shellFeatures: object, port = 0) => {
  const input: ServersConfigInput = {
    global: {
      listeners: [{ name: 'api', port }],
      dev: { port: 7777 },
      build: { sourcemap: true, chunkFileNames: 'js/[name]-[hash].js' }
    },
    servers: [
      { id: 1, name: 'shell', domains: ['shell.example.org'], server: { routes: ['/name'], features: shellFeatures } },
      { id: 2, name: 'other', domains: ['other.example.org'], server: { routes: ['/name'] } }
    ],
    default: { serverName: 'other' }
  }
  return parseServersConfig(input)
}

async function built(shellFeatures: object): Promise<string[]> {
  await build({ ...pageBuild(config(shellFeatures), folder.dir), configFile: false, logLevel: 'silent' })
  return (await readdir(folder.path('dist'), { recursive: true })).map((name) => name.replaceAll('\\', '/'))
}

describe('a build', () => {
  test('makes every page, and a socket chunk where a service uses sockets', async () => {
    const files = await built({ socketio: true })
    expect(files).toEqual(
      expect.arrayContaining(['public/1-shell-public/index-shell.html', 'public/2-other-public/index-other.html'])
    )
    const [socket = ''] = files.filter((name) => /^js\/socket-[\w-]+\.js$/.test(name))
    expect(await readFile(folder.path(`dist/${socket}`), 'utf8')).toContain('the socket')
    expect(files.some((name) => name.endsWith('.js.map'))).toBe(true)
  })

  test('makes no socket chunk where none does', async () => {
    expect((await built({})).filter((name) => name.includes('socket'))).toEqual([])
  })

  test('is served instead of the sources, with its bundles', async () => {
    await built({})
    host = await startHost({ api: fakeApi(), dir: folder.dir, config: config({}) })
    const url = host.urls().shell?.[0] ?? ''
    const headers = { host: 'shell.example.org' }
    const page = await ask(url, { headers })
    const script = /src="(\/assets\/[^"]+)"/.exec(page.text)?.[1] ?? ''
    expect(await ask(`${url}${script}`, { headers })).toMatchObject({
      status: 200,
      text: expect.stringContaining('the socket')
    })
  })
})

test('Vite serves each page by name or by ?module=, with its updates, and passes routes on to the services', async () => {
  host = await startHost({ api: fakeApi(), dir: folder.dir, config: config({}) })
  const apiPort = Number(new URL(host.urls().shell?.[0] ?? '').port)
  const { server, ...rest } = pageBuild(config({}, apiPort), folder.dir)
  expect(server).toMatchObject({ port: 7777, strictPort: true })
  // Any free port here, no watching of files, and nothing made ready in the background, which would outlive the test.
  vite = await createServer({
    ...rest,
    configFile: false,
    logLevel: 'silent',
    optimizeDeps: { noDiscovery: true },
    server: { ...server, port: 0, watch: null, allowedHosts: true }
  })
  await vite.listen()
  const address = vite.httpServer?.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  const visit = async (path: string, name: string) =>
    (await ask(`${url}${path}`, { headers: { host: name, accept: 'text/html' } })).text
  expect(await visit('/', 'shell.example.org')).toContain('<title>shell')
  expect(await visit('/deep/link', 'elsewhere.example.org')).toContain('<title>other')
  expect(await visit('/?module=shell', 'other.example.org')).toMatch(/@vite\/client[\s\S]*<title>shell/)
  expect(await visit('/name', 'shell.example.org')).toBe('{"name":"shell","text":"shell"}')
  expect(JSON.parse(await visit('/api/health', 'other.example.org'))).toMatchObject({ status: 'healthy' })
})

test('aliases, proxies and chunks follow the configuration', () => {
  const found = parseServersConfig({
    global: {
      aliases: { '@shared': 'src/shared' },
      chunks: { vendor: ['react', '@mantine/core'], database: ['mongodb'] },
      dev: { proxies: [{ path: '/old', target: 'http://127.0.0.1:9' }] }
    },
    servers: [{ id: 1, name: 'shell', server: { routes: ['/status'], features: { socketio: true } } }]
  })
  expect(aliasesOf(found, '/dir')).toEqual({ '@shell': '/dir/src/1-shell-src', '@shared': '/dir/src/shared' })
  const api = { target: 'http://127.0.0.1:3001', secure: false, ws: true }
  expect(proxiesOf(found)).toEqual({
    '/api': api,
    '/status': api,
    '/socket.io': { target: 'http://127.0.0.1:3001', ws: true },
    '/old': { target: 'http://127.0.0.1:9', ws: true }
  })
  const groups = chunkGroups(found)
  expect(groups.map(({ name }) => name)).toEqual(['vendor', 'socket'])
  expect(groups[0]?.test.test('/a/node_modules/@mantine/core/x.js')).toBe(true)
  expect(groups[0]?.test.test('/a/node_modules/react-dom/x.js')).toBe(false)
})
