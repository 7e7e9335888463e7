import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EngineDoor } from '../engine/index.ts'
import { registerPageScheme, servePage } from './page-protocol.ts'

type Handler = (request: Request) => Response | Promise<Response>

describe("the page's protocol", () => {
  let root = ''
  let door: EngineDoor | undefined
  let handler: Handler
  let engine: Server | undefined

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'microtome-page-'))
    const pageDir = join(root, 'page')
    mkdirSync(join(pageDir, 'assets'), { recursive: true })
    writeFileSync(join(root, 'secret.html'), 'secret')
    writeFileSync(join(root, 'page-other.html'), 'secret')
    writeFileSync(join(pageDir, 'index.html'), '<!doctype html>')
    writeFileSync(join(pageDir, 'assets', 'index-1.js'), 'export {}')
    writeFileSync(join(pageDir, 'assets', 'key.pem'), 'secret')
    door = undefined
    handler = () => Promise.reject(new Error('not served'))
    const protocol = {
      handle(_scheme: string, serve: Handler) {
        handler = serve
      }
    }
    servePage(protocol, { pageDir, door: () => door })
  })
  afterEach(async () => {
    rmSync(root, { recursive: true, force: true })
    engine?.closeAllConnections()
    if (engine) await new Promise((resolve) => engine?.close(resolve))
    engine = undefined
  })

  const get = async (path: string, init?: RequestInit) => handler(new Request(`microtome://app${path}`, init))

  async function startEngine(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<void> {
    engine = createServer(answer).listen(0, '127.0.0.1')
    await once(engine, 'listening')
    const { port } = engine.address() as AddressInfo
    door = { httpUrl: `http://127.0.0.1:${port}`, socketUrl: `ws://127.0.0.1:${port}/rpc`, token: 'secret-token' }
  }

  test('is one with an origin of its own that streams, and bypasses no policy', () => {
    const registered: unknown[] = []
    registerPageScheme({ registerSchemesAsPrivileged: (schemes) => registered.push(...schemes) })
    expect(registered).toEqual([
      {
        scheme: 'microtome',
        privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true }
      }
    ])
  })

  test('serves the page with a policy that lets it speak to nobody but engines on this computer', async () => {
    const page = await get('/')
    expect([page.status, await page.text()]).toEqual([200, '<!doctype html>'])
    const policy = page.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("connect-src 'self' ws://127.0.0.1:*;")
    expect(policy).not.toMatch(/https?:|unsafe-eval|script-src[^;]*unsafe/)
    const script = await get('/assets/index-1.js?v=1')
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  })

  test.each([
    '/../secret.html',
    '/..%2fsecret.html',
    '/%2e%2e/secret.html',
    '/assets/..%2f..%2fsecret.html',
    '/..%2fpage-other.html',
    '/%2e%2e%5csecret.html',
    '/..\\secret.html',
    '/C:%2fsecret.html',
    '/%00',
    '/index.html%00.js',
    '/%zz',
    '//secret.html',
    '/assets/key.pem',
    '/assets',
    '/none.html'
  ])('answers %s with nothing', async (path) => {
    const answer = await get(path)
    expect(answer.status).toBe(404)
    expect(await answer.text()).not.toContain('secret')
  })

  test('serves nobody but its own page', async () => {
    const foreign = async (origin: string | null) =>
      handler(Object.assign(new Request('microtome://app/'), { initiatorOrigin: origin }))
    expect((await foreign('https://example.org')).status).toBe(403)
    expect((await foreign(null)).status).toBe(403)
    expect((await foreign('microtome://app')).status).toBe(200)
    expect((await handler(new Request('microtome://other/'))).status).toBe(403)
  })

  test('takes nothing but reads for the page itself', async () => {
    expect((await get('/', { method: 'POST', body: 'x' })).status).toBe(405)
  })

  test('says that the engine is being started while there is none', async () => {
    expect((await get('/results/j1/slide.dzi')).status).toBe(503)
  })

  test('passes pictures and results on with the token, and ranges with them', async () => {
    const seen: (string | undefined)[] = []
    await startEngine((request, response) => {
      seen.push(request.url, request.headers.authorization, request.headers.range, request.headers.cookie)
      response.writeHead(206, { 'content-type': 'video/mp4', 'content-range': 'bytes 2-3/9', 'set-cookie': 'a=b' })
      response.end('cd')
    })
    const headers = { range: 'bytes=2-3', cookie: 'a=b' }
    const answer = await get('/results/j1/file?x=1', { headers })
    expect(seen).toEqual(['/results/j1/file?x=1', 'Bearer secret-token', 'bytes=2-3', undefined])
    expect([answer.status, answer.headers.get('content-range'), await answer.text()]).toEqual([
      206,
      'bytes 2-3/9',
      'cd'
    ])
    expect(answer.headers.get('set-cookie')).toBeNull()
  })

  test('passes an upload on as it streams in, with its offset and its refusal', async () => {
    const received: unknown[] = []
    await startEngine(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part)
      received.push(request.method, request.headers['upload-offset'], Buffer.concat(parts).toString())
      response.writeHead(409, { 'content-type': 'application/json' }).end('{"received":4}')
    })
    const body = new Blob(['some bytes']).stream()
    const init = { method: 'PUT', headers: { 'upload-offset': '9' }, body, duplex: 'half' as const }
    const answer = await get('/uploads/u1', init)
    expect(received).toEqual(['PUT', '9', 'some bytes'])
    expect([answer.status, await answer.json()]).toEqual([409, { received: 4 }])
  })

  test('streams: the first bytes arrive before the last are sent', async () => {
    let finish = (): void => undefined
    await startEngine((_request, response) => {
      response.write('first')
      finish = () => response.end('last')
    })
    const { body } = await get('/results/j1/file')
    const reader = body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('first')
    finish()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('last')
    await reader?.cancel()
  })

  test('passes on no other method and no other path', async () => {
    let asked = 0
    await startEngine((_request, response) => {
      asked += 1
      response.end()
    })
    expect((await get('/results/j1/file', { method: 'DELETE' })).status).toBe(405)
    expect((await get('/jobs/j1/thumb', { method: 'PUT', body: 'x' })).status).toBe(405)
    expect((await get('/rpc')).status).toBe(404)
    expect((await get('/results/')).status).toBe(404)
    expect(asked).toBe(0)
  })

  test('survives an engine that breaks off or sends elsewhere', async () => {
    await startEngine((request, response) => {
      if (request.url === '/thumbs/elsewhere') response.writeHead(302, { location: 'https://example.org/' }).end()
      else request.socket.destroy()
    })
    expect((await get('/thumbs/t')).status).toBe(502)
    expect((await get('/thumbs/elsewhere')).status).toBe(502)
  })
})
