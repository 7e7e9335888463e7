import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import type { FileServer } from './testing/file-server.ts'
import { WebBench } from './testing/web-bench.ts'
import type { WebProgress } from './web.ts'

const never = new AbortController().signal
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown
  )

/** A result in the data folder and how it is sent. */
function bench(over: ConstructorParameters<typeof WebBench>[0] = {}, bytes = randomBytes(2 ** 20)) {
  const web = new WebBench(over)
  const path = join(web.dataDir, 'out.mp4')
  writeFileSync(path, bytes)
  const put = (url: string, signal = never, onProgress?: (progress: WebProgress) => void) =>
    web.web.put({ path, url, signal, onProgress })
  return { web, put, bytes, path }
}

/** Larger than what sockets hold, so that nobody has sent it all before somebody reads. */
const large = Buffer.alloc(64 * 2 ** 20)

describe('a result that is sent to a URL', () => {
  it('arrives whole, with its length and type, and is told without the query', async () => {
    const { web, put, bytes } = bench()
    const arrived: Promise<Buffer>[] = []
    const server = await web.server((request, response) => {
      arrived.push(buffer(request))
      request.on('end', () => response.writeHead(201).end('thanks'))
    })
    const told: WebProgress[] = []
    const url = server.url('/out/a%20b.mp4?signature=secret', 'me:secret@127.0.0.1')
    expect(await put(url, never, (at) => told.push(at))).toBe(server.url('/out/a%20b.mp4'))
    expect((await arrived[0])?.equals(bytes)).toBe(true)
    expect(server.asked).toMatchObject([
      {
        method: 'PUT',
        path: '/out/a%20b.mp4?signature=secret',
        headers: {
          'content-length': String(bytes.length),
          'content-type': 'video/mp4',
          authorization: expect.stringMatching(/^Basic /)
        }
      }
    ])
    expect(server.asked[0]?.headers['transfer-encoding']).toBeUndefined()
    expect(told.at(-1)).toEqual({ movedBytes: bytes.length, totalBytes: bytes.length })
  })

  it('may be empty', async () => {
    const { web, put } = bench({}, Buffer.alloc(0))
    const server = await web.server((request, response) => request.resume().on('end', () => response.end()))
    await put(server.url('/a'))
    expect(server.asked[0]?.headers['content-length']).toBe('0')
  })

  it('is sent anew to where it is redirected', async () => {
    const { web, put, bytes } = bench()
    const arrived: Promise<Buffer>[] = []
    const target = await web.server((request, response) => {
      arrived.push(buffer(request))
      request.on('end', () => response.writeHead(204).end())
    })
    const server = await web.server((_request, response) =>
      response.writeHead(307, { location: target.url('/b') }).end()
    )
    await put(server.url('/a'))
    expect((await arrived[0])?.equals(bytes)).toBe(true)
  })

  it.each([
    [303, 'url-rejected', 'input'],
    [403, 'url-denied', 'input'],
    [404, 'url-gone', 'input'],
    [409, 'url-rejected', 'input'],
    [429, 'url-failed', 'transport'],
    [500, 'url-failed', 'transport'],
    [507, 'url-failed', 'transport']
  ])('is refused with %i: %s, class %s', async (status, code, errorClass) => {
    const { web, put } = bench()
    const server: FileServer = await web.server((request, response) =>
      request.resume().on('end', () => response.writeHead(status, { location: server.url('/b') }).end())
    )
    expect(await failure(put(server.url('/a')))).toMatchObject({ code, class: errorClass })
  })

  it.each(['http://169.254.169.254/a', 'file:///tmp/a', 'http://elsewhere/a'])('does not go to %s', async (url) => {
    const { web, put } = bench({ urlHosts: ['127.0.0.1'] })
    const server = await web.server((_request, response) => response.writeHead(308, { location: url }).end())
    expect(await failure(put(url))).toMatchObject({ code: 'url-refused', class: 'input' })
    expect(await failure(put(server.url('/a')))).toMatchObject({ code: 'url-refused', class: 'input' })
  })

  it('is refused by a server that says so before it has it all', async () => {
    const { web, put } = bench({}, large)
    const server = await web.server((_request, response) => response.writeHead(413, { 'content-length': 0 }).end())
    expect(await failure(put(server.url('/a')))).toMatchObject({ code: 'url-rejected', class: 'input' })
  })

  it('counts as cut where a server is content before it has it all', async () => {
    const { web, put } = bench({}, large)
    const server = await web.server((_request, response) => response.writeHead(200, { 'content-length': 0 }).end())
    expect(await failure(put(server.url('/a')))).toMatchObject({ code: 'url-cut', class: 'transport' })
  })

  it('is tried again by and by after a reset', async () => {
    const { web, put } = bench({}, large)
    const server = await web.server((request) => request.socket.resetAndDestroy())
    expect(await failure(put(server.url('/a')))).toMatchObject({ code: 'url-cut', class: 'transport' })
  })

  it('waits no longer than a minute for a server that takes nothing more', async () => {
    const clock = new FakeClock()
    const { web, put } = bench({ clock }, large)
    const server = await web.server(() => clock.advance(60_000))
    expect(await failure(put(server.url('/a')))).toMatchObject({ code: 'url-timeout', class: 'transport' })
    expect(clock.pendingTimers).toBe(0)
  })

  it('stops when it is cancelled', async () => {
    const { web, put } = bench({}, large)
    const stop = new AbortController()
    const closed = Promise.withResolvers<void>()
    const server = await web.server((request: IncomingMessage) => request.on('close', closed.resolve).pause())
    const sending = failure(put(server.url('/a'), stop.signal, () => stop.abort()))
    expect(await sending).toMatchObject({ code: 'url-cancelled', class: 'transport' })
  })

  it('that is gone is this node’s trouble', async () => {
    const { web } = bench()
    const server = await web.server((_request, response) => response.end())
    const sending = web.web.put({ path: join(web.dataDir, 'gone.mp4'), url: server.url('/a'), signal: never })
    expect(await failure(sending)).toMatchObject({ code: 'result-not-readable', class: 'node' })
  })
})
