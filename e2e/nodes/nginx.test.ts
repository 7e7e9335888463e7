import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { findProgram } from '../../src/services/metrics/testing/find-program.ts'
import { DispatchFace } from '../support/outside-engine/dispatch-face.ts'
import { createKey } from './support/dispatch-node.ts'
import { NodeProcess, runCli, temporaryFolder } from './support/node-process.ts'

const nginx = findProgram('nginx') ?? ''
if (nginx === '') console.info('The example for nginx is not tried: there is no nginx here.')
const example = readFileSync(new URL('../../deploy/nginx/microtome.conf', import.meta.url), 'utf8')

/** What stands around the example: everything that nginx writes goes to its own folder. */
const surroundings = `daemon off;
master_process off;
pid nginx.pid;
events {}
http {
  access_log access.log;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  include microtome.conf;
}
`

async function prepare(site: string): Promise<string> {
  const folder = await temporaryFolder()
  writeFileSync(join(folder, 'nginx.conf'), surroundings)
  writeFileSync(join(folder, 'microtome.conf'), site)
  return folder
}

const argumentsFor = (folder: string) => ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr']

/** A node's place: answers what it was asked, as it came through. */
async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** nginx with the example before whatever answers on these ports; what was logged is in `folder`. */
async function start(...nodePorts: [number, ...number[]]): Promise<{ address: string; folder: string }> {
  const port = await freePort()
  const site = example.replace('listen 80;', `listen 127.0.0.1:${port};`)
  const servers = nodePorts.map((nodePort) => `server 127.0.0.1:${nodePort} max_fails=0;`).join('\n')
  const folder = await prepare(site.replace('server 127.0.0.1:8080 max_fails=0;', servers))
  const child = spawn(nginx, argumentsFor(folder), { stdio: 'ignore' })
  onTestFinished(async () => {
    const ended = once(child, 'close')
    child.kill('SIGKILL')
    await ended
  })
  const address = `http://127.0.0.1:${port}`
  await vi.waitFor(() => fetch(`${address}/metrics`))
  return { address, folder }
}

const echo: RequestListener = (request, response) => {
  let body = ''
  request.on('data', (part) => {
    body += part
  })
  request.on('end', () => response.end(JSON.stringify({ url: request.url, headers: request.headers, body })))
}

describe.skipIf(nginx === '')('the example for nginx', () => {
  test('is understood by it', async () => {
    const check = async (site: string) => spawnSync(nginx, ['-t', ...argumentsFor(await prepare(site))])
    expect((await check(example.replace('listen 80;', 'listen 127.0.0.1:8089;'))).status).toBe(0)
    expect((await check(example.replace('proxy_pass', 'proxy_parse'))).status).not.toBe(0)
  })

  test('hands requests on and says whose they are', async () => {
    const { address } = await start(await serve(echo))
    const answer = await fetch(`${address}/jobs/?limit=5`, {
      method: 'POST',
      headers: { 'X-API-Key': 'k', 'X-Forwarded-For': '192.0.2.7' },
      body: '{"source_url":"u"}'
    })
    expect(await answer.json()).toMatchObject({
      url: '/jobs/?limit=5',
      body: '{"source_url":"u"}',
      headers: {
        'x-api-key': 'k',
        'x-forwarded-for': '192.0.2.7, 127.0.0.1',
        'x-forwarded-proto': 'http',
        'x-forwarded-host': '127.0.0.1',
        'x-real-ip': '127.0.0.1'
      }
    })
  })

  test('logs no health checks and keeps metrics inside', async () => {
    const { address, folder } = await start(await serve(echo))
    expect((await fetch(`${address}/health`)).status).toBe(200)
    expect((await fetch(`${address}/metrics`)).status).toBe(404)
    expect((await fetch(`${address}/stats`)).status).toBe(200)
    const log = await vi.waitFor(() => {
      const text = readFileSync(join(folder, 'access.log'), 'utf8')
      expect(text).toContain('GET /stats ')
      return text
    })
    expect(log).not.toContain('/health')
  })

  test('lets events through as they happen', async () => {
    const node: { answer?: ServerResponse } = {}
    const port = await serve((_request, response) => {
      node.answer = response
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n')
    })
    const { address } = await start(port)
    const answer = await fetch(`${address}/api/v1/events`)
    const events = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await events?.read())?.value).toBe('data: 1\n\n')
    // The connection is open and this is all for now: whoever waits for more before handing it on waits for ever.
    for (const event of ['data: 2\n\n', 'data: 3\n\n']) {
      node.answer?.write(event)
      expect((await events?.read())?.value).toBe(event)
    }
    node.answer?.end()
  })

  test('a node that stands by takes over with all jobs when the one that runs is killed', async () => {
    const dataDir = await temporaryFolder()
    const key = await createKey(dataDir, 'admin')
    const [first, second] = [await freePort(), await freePort()]
    const argsOf = (port: number) => ['--no-local-work', '--listen', `dispatch=127.0.0.1:${port}`]
    const node = await NodeProcess.start({ dataDir, args: argsOf(first) })
    const { address } = await start(first, second)
    const face = new DispatchFace(() => address, key)
    const wish = { source_url: 'http://127.0.0.1:9/input.mp4', target_codec: 'h264' }
    const ids = [(await face.submit(wish)).job_id, (await face.submit(wish)).job_id]
    await face.heartbeat('engine-a')
    const lent = await face.assign('engine-a')
    // Of two on one folder only one runs: there is one queue, whoever answers.
    const standby = await runCli(['serve', '--data', dataDir, ...argsOf(second), '--json'])
    expect([standby.code, JSON.stringify(standby)]).toEqual([
      expect.any(Number),
      expect.stringContaining('already-running')
    ])
    expect(standby.code).not.toBe(0)

    await node.stop('SIGKILL')
    await NodeProcess.start({ dataDir, args: argsOf(second) })
    for (const id of ids) expect((await face.job(id)).job_id).toBe(id)
    expect((await face.complete(lent?.job_id ?? '', 'http://storage.example.com/x.mp4')).status).toBe(200)
    expect((await face.submit(wish)).status).toBe('pending')
    expect(await face.jobs()).toMatchObject({ total: 3 })
  })
})
