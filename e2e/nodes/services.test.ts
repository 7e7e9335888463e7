import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { startDispatchNode } from './support/dispatch-node.ts'
import { NodeProcess, runCli, temporaryFolder, until } from './support/node-process.ts'

const howTo = fileURLToPath(new URL('../../docs/how-to/add-a-service.md', import.meta.url))

interface Answer {
  status: number
  text: string
}

function ask(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(url, { headers, agent: false }, async (response) => {
      let text = ''
      for await (const part of response) text += String(part)
      resolve({ status: response.statusCode ?? 0, text })
    })
    call.on('error', reject).end()
  })
}

/** The folder that docs/how-to/add-a-service.md tells a new user to make, from the very text of the page. */
async function followTheHowTo() {
  const page = await readFile(howTo, 'utf8')
  const [entry = ''] = blocks(page, 'json')
  const [module = ''] = blocks(page, 'js')
  const folder = await temporaryFolder()
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  // Any free port instead of the page's.
  await write('servers.config.json', entry.replace('3001', '0'))
  await write('server/3-analytics-src/server-analytics.js', module)
  await write('public/3-analytics-public/index-analytics.html', '<!doctype html><title>analytics</title>')
  return { file: join(folder, 'servers.config.json'), write }
}

const blocks = (page: string, language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text ?? '')

const serve = (file: string, more: string[] = []) => NodeProcess.start({ args: ['--services', file, ...more] })

const urlOf = (node: NodeProcess, name: string) =>
  node.ready.services?.find((service) => service.name === name)?.url ?? ''

interface Health {
  status: string
  microservers: { configured: { id: string; name: string; state: string; reason?: string }[] }
}
const health = async (url: string): Promise<Health> => JSON.parse((await ask(`${url}/api/health`)).text)

describe('a service that somebody adds', () => {
  test('answers under its domain with its page, as the how-to says, and follows its files as they are saved', async () => {
    const { file, write } = await followTheHowTo()
    const node = await serve(file)
    const url = urlOf(node, 'analytics')
    const host = { host: 'analytics.example.org' }
    expect(JSON.parse((await ask(`${url}/figures`, host)).text)).toMatchObject({ node: node.ready.name })
    expect((await ask(url, { ...host, accept: 'text/html' })).text).toContain('<title>analytics')
    const { status, microservers } = await health(url)
    expect(status).toBe('healthy')
    expect(microservers.configured.map(({ name, state }) => [name, state])).toContainEqual(['analytics', 'running'])

    // Changed: a second service, on the same listener. Only watching tells the node of it.
    const config = JSON.parse(await readFile(file, 'utf8'))
    config.global.listeners[0].port = Number(new URL(url).port)
    config.servers.push({ id: 4, name: 'second', domains: ['second.example.org'], server: { file: 'second.js' } })
    await write('second.js', 'export const setupSecond = (app) => void app.get("/here", () => "second")')
    await write('servers.config.json', JSON.stringify(config))
    const second = () => ask(`${url}/here`, { host: 'second.example.org' }).catch(() => ({ status: 0, text: '' }))
    expect((await until(second, ({ text }) => text === 'second')).status).toBe(200)

    // Broken: the module first, then the configuration. What worked goes on.
    await write('second.js', 'export const setupSecond = (app => ')
    await write('servers.config.json', `${JSON.stringify(config)}\n`)
    const state = async (id: string) => (await health(url)).microservers.configured.find((one) => one.id === id)
    expect(
      (
        await until(
          () => state('4'),
          (one) => one?.reason !== undefined
        )
      )?.reason
    ).toMatch(/new version could not be loaded.*SyntaxError|Unexpected|missing/)
    expect((await second()).text).toBe('second')
    await write('servers.config.json', '{ "servers": [{ "id": 3, "name": "analytics", "pahts": {} }] }')
    const wrong = await until(
      () => state('configuration'),
      (one) => one !== undefined
    )
    expect(wrong?.reason).toBe('servers[0].pahts is {}: there is no such key.')
    expect((await ask(`${url}/figures`, host)).status).toBe(200)

    // Mended.
    await write('second.js', 'export const setupSecond = (app) => void app.get("/here", () => "mended")')
    await write('servers.config.json', JSON.stringify(config))
    expect((await until(second, ({ text }) => text === 'mended')).status).toBe(200)
    expect((await health(url)).microservers.configured.map(({ id }) => id)).not.toContain('configuration')
    expect(await node.stop()).toBe(0)
  })

  test('that fails leaves the node and the others as they are', async () => {
    const { file, write } = await followTheHowTo()
    const config = JSON.parse(await readFile(file, 'utf8'))
    config.servers.push({ id: 4, name: 'bad', domains: ['bad.example.org'], server: { file: 'bad.js' } })
    await write('bad.js', 'throw new Error("out of luck")')
    await write('servers.config.json', JSON.stringify(config))
    const node = await serve(file)
    const url = urlOf(node, 'analytics')
    expect((await ask(`${url}/figures`, { host: 'localhost' })).status).toBe(200)
    expect((await ask(url, { host: 'bad.example.org' })).status).toBe(503)
    expect((await health(url)).microservers.configured).toContainEqual(
      expect.objectContaining({ name: 'bad', state: 'failed', reason: 'out of luck' })
    )
  })
})

/** A service whose answer takes a second. */
const slow = `export const setupSlow = (app) => {
  let begun = 0
  app.get('/begun', () => ({ begun }))
  app.get('/slow', async () => {
    begun += 1
    await new Promise((resolve) => setTimeout(resolve, 1000))
    return 'whole'
  })
}`

async function withSlowService() {
  const made = await followTheHowTo()
  const config = JSON.parse(await readFile(made.file, 'utf8'))
  config.servers.push({ id: 4, name: 'slow', domains: ['slow.example.org'], server: { file: 'slow.js' } })
  await made.write('slow.js', slow)
  await made.write('servers.config.json', JSON.stringify(config))
  return made
}

/** Comes back as soon as the node is at work on the answer; in an object, or it would be waited for here. */
async function begunAnswer(node: Parameters<typeof urlOf>[0]): Promise<{ answer: ReturnType<typeof ask> }> {
  const url = urlOf(node, 'slow')
  const host = { host: 'slow.example.org' }
  const answer = ask(`${url}/slow`, host)
  await until(
    () => ask(`${url}/begun`, host),
    ({ text }) => text === '{"begun":1}'
  )
  return { answer }
}

describe('a node that is asked to end', () => {
  test.each(['SIGTERM', 'SIGUSR2'] as const)('by %s gives the answers that are running', async (signal) => {
    const { file } = await withSlowService()
    const node = await serve(file)
    const { answer } = await begunAnswer(node)
    const ended = node.stop(signal)
    expect(await answer).toEqual({ status: 200, text: 'whole' })
    expect(await ended).toBe(0)
  })
})

describe('a service that throws where nobody catches it', () => {
  const modules = {
    'later.js':
      'export const setupLater = (app) => void app.get("/throw", () => { setTimeout(() => { throw new Error("too late") }, 1); return "yes" })',
    'promise.js':
      'export const setupPromise = (app) => void app.get("/throw", () => { Promise.reject(new Error("too late")); return "yes" })'
  }

  test.each(['later', 'promise'] as const)(
    'is stopped (%s); the node and the others go on, and it comes back when it is mended',
    async (name) => {
      const { file, write } = await followTheHowTo()
      const config = JSON.parse(await readFile(file, 'utf8'))
      config.servers.push({ id: 4, name, domains: ['bad.example.org'], server: { file: `${name}.js` } })
      await write(`${name}.js`, modules[`${name}.js`])
      await write('servers.config.json', JSON.stringify(config))
      const node = await serve(file)
      const url = urlOf(node, 'analytics')
      const bad = () => ask(`${url}/throw`, { host: 'bad.example.org' }).catch(() => ({ status: 0, text: '' }))
      expect((await bad()).text).toBe('yes')
      expect((await until(bad, ({ status }) => status !== 200)).status).toBe(503)
      expect((await ask(`${url}/figures`, { host: 'localhost' })).status).toBe(200)
      const { microservers } = await health(url)
      expect(microservers.configured.find((one) => one.id === '4')).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('too late')
      })
      const setup = name === 'later' ? 'setupLater' : 'setupPromise'
      await write(`${name}.js`, `export const ${setup} = (app) => void app.get("/throw", () => "no more")`)
      config.global.listeners[0].port = Number(new URL(url).port)
      await write('servers.config.json', JSON.stringify(config))
      expect((await until(bad, ({ text }) => text === 'no more')).status).toBe(200)
    }
  )
})

describe('a node whose own code throws where nobody catches it', () => {
  /** Loaded before the program, so that what it throws is no service's. */
  const fault = `process.once('SIGWINCH', () => { throw new Error('a fault of the node') })`

  test('gives the answers that are running, ends with 1, and has kept its jobs', async () => {
    const { file, write } = await withSlowService()
    await write('fault.mjs', fault)
    const preload = `--import=${pathToFileURL(join(dirname(file), 'fault.mjs'))}`
    const { node, face } = await startDispatchNode({ args: ['--services', file], env: { NODE_OPTIONS: preload } })
    const job = await face.submit({ source_url: 'http://127.0.0.1:9/film.mov', target_codec: 'h264' })
    const { answer } = await begunAnswer(node)
    const ended = node.ended()
    node.signal('SIGWINCH')
    expect(await answer).toEqual({ status: 200, text: 'whole' })
    expect(await ended).toBe(1)
    expect(node.stderr).toContain('a fault of the node')
    await node.restart()
    expect(await face.job(job.job_id)).toMatchObject({ job_id: job.job_id, source_url: job.source_url })
  })
})

describe('faces from the command line', () => {
  test('--listen turns faces on, several of them, and the ready line tells where', async () => {
    const node = await NodeProcess.start({
      args: ['--listen', 'dispatch=127.0.0.1:0', '--listen', 'dispatch=127.0.0.1:0']
    })
    const { services = [] } = node.ready
    expect(services.map(({ name }) => name)).toEqual(['dispatch', 'dispatch'])
    expect(new Set(services.map(({ url }) => url)).size).toBe(2)
    for (const { url } of services) expect((await health(url)).status).toBe('healthy')
  })

  test('without them nothing but the own page listens, and the ready line is as ever', async () => {
    const node = await NodeProcess.start()
    expect(node.ready).not.toHaveProperty('services')
  })

  test('a wrong file, a service that is not there and a port that is taken end the start with a sentence', async () => {
    const { file, write } = await followTheHowTo()
    const failure = async (...args: string[]) => {
      const data = await temporaryFolder()
      const node = [
        '--data',
        data,
        '--host',
        '127.0.0.1',
        '--port',
        '0',
        '--ui-port',
        '0',
        '--interface',
        'none',
        '--json'
      ]
      const { code, lines } = await runCli(['serve', ...node, ...args])
      return [code, lines.at(-1)?.error]
    }
    await write('servers.config.json', '{ "servers": 7 }')
    expect(await failure('--services', file)).toMatchObject([
      1,
      { code: 'bad-services', message: 'servers is 7, which is not allowed.' }
    ])
    expect(await failure('--services', '/nowhere/servers.config.json')).toMatchObject([
      1,
      { code: 'services-unreadable' }
    ])
    const node = await NodeProcess.start({ args: ['--listen', 'dispatch=127.0.0.1:0'] })
    const { port } = new URL(urlOf(node, 'dispatch'))
    expect(await failure('--listen', `dispatch=127.0.0.1:${port}`)).toMatchObject([1, { code: 'port-in-use' }])
  })
})
