import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { soon } from '../process/testing/soon.ts'
import { closedPort } from './testing/closed-port.ts'
import { type FileServer, serve, startOf } from './testing/file-server.ts'
import { secureServer } from './testing/secure-server.ts'
import { WebBench } from './testing/web-bench.ts'
import type { Fetched, WebProgress } from './web.ts'

const MiB = 2 ** 20
const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'))
const bytes = randomBytes(3 * MiB)
const never = new AbortController().signal

const fetch = (
  bench: WebBench,
  url: string,
  over: { signal?: AbortSignal; onProgress?: (at: WebProgress) => void } = {}
) => bench.web.sources.fetch({ jobId: 'j1', url, signal: never, ...over })
const read = ({ path }: Fetched) => readFileSync(path)
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown
  )

/** Sends what it has of a longer file and cuts the connection once that is on its way. */
function cutAfter(response: ServerResponse, part: Buffer, headers: Record<string, string | number>): void {
  response.writeHead(200, headers)
  response.write(part, () => response.destroy())
}

describe('a source by URL', () => {
  it('is fetched into the folder of its job, under its own name and nothing else', async () => {
    const bench = new WebBench()
    const server = await bench.server(serve(bytes))
    const url = server.url('/cases/in%20put.mp4?key=1')
    const fetched = await fetch(bench, url)
    expect(fetched).toEqual({ path: bench.web.sources.pathOf('j1', url), sizeBytes: bytes.length })
    expect(read(fetched).equals(bytes)).toBe(true)
    expect(bench.files()).toEqual([join('fetched', 'j1', 'in put.mp4')])
  })

  it.each([
    ['http://nas/', 'source-file'],
    ['http://nas/..%2f..%2fetc%2fpasswd', 'passwd'],
    ['http://nas/.part', 'part'],
    ['http://nas/a%00b%3f.mp4', 'a_b_.mp4']
  ])('of %s is called %s', (url, name) => {
    const bench = new WebBench()
    expect(bench.web.sources.pathOf('j1', url)).toBe(join(bench.dataDir, 'fetched', 'j1', name))
  })

  it('goes nowhere but into the data folder, whatever the job is called', () => {
    const bench = new WebBench()
    expect(() => bench.web.sources.pathOf('../j1', 'http://nas/a')).toThrow(
      expect.objectContaining({ code: 'bad-job-id' })
    )
  })

  it('is asked for once, however often it is wanted', async () => {
    const bench = new WebBench()
    const server = await bench.server(serve(bytes))
    await Promise.all([fetch(bench, server.url('/a.mp4')), fetch(bench, server.url('/a.mp4'))])
    await fetch(bench, server.url('/a.mp4'))
    expect(server.asked).toHaveLength(1)
  })

  it('may be empty, and of unknown length', async () => {
    const bench = new WebBench()
    const server = await bench.server(({ url }, response) => response.end(url === '/b' ? bytes : ''))
    expect((await fetch(bench, server.url('/a'))).sizeBytes).toBe(0)
    const other = await bench.web.sources.fetch({ jobId: 'j2', url: server.url('/b'), signal: never })
    expect(read(other).equals(bytes)).toBe(true)
  })

  it('tells how far it is', async () => {
    const bench = new WebBench()
    const server = await bench.server(serve(bytes))
    const told: WebProgress[] = []
    await fetch(bench, server.url('/a.mp4'), { onProgress: (progress) => told.push(progress) })
    expect(told.at(-1)).toEqual({ movedBytes: bytes.length, totalBytes: bytes.length })
    expect(told.map(({ movedBytes }) => movedBytes)).toEqual(
      told.map(({ movedBytes }) => movedBytes).sort((a, b) => a - b)
    )
  })

  it.runIf(hasIpv6)('is fetched over IPv6', async () => {
    const bench = new WebBench()
    const server = await bench.server(serve(bytes), '::1')
    expect(read(await fetch(bench, server.url('/a.mp4', '[::1]'))).equals(bytes)).toBe(true)
  })

  it('is asked for with the credentials of its URL', async () => {
    const bench = new WebBench()
    const server = await bench.server(serve(bytes))
    await fetch(bench, server.url('/a.mp4', 'us%20er:pa%3ass@127.0.0.1'))
    expect(server.asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('us er:pa:ss').toString('base64')}`)
  })
})

describe('redirects', () => {
  const hops = async (bench: WebBench, count: number) =>
    bench
      .server((request, response) => {
        const left = Number(request.url?.slice(1))
        if (left === 0) serve(bytes)(request, response)
        else response.writeHead(302, { location: `/${left - 1}` }).end()
      })
      .then((server) => server.url(`/${count}`))

  it('are followed three times', async () => {
    const bench = new WebBench()
    expect((await fetch(bench, await hops(bench, 3))).sizeBytes).toBe(bytes.length)
  })

  it('are not followed once more', async () => {
    const bench = new WebBench()
    const thrown = await failure(fetch(bench, await hops(bench, 4)))
    expect(thrown).toMatchObject({
      code: 'url-refused',
      class: 'input',
      message: expect.stringContaining('redirects more than 3 times')
    })
    expect(bench.files()).toEqual([])
  })

  it.each(['http://169.254.169.254/latest/', 'file:///etc/passwd', 'http://[::ffff:a9fe:a9fe]/', 'http://elsewhere/'])(
    'are refused to %s',
    async (location) => {
      const bench = new WebBench({ urlHosts: ['127.0.0.1'] })
      const server = await bench.server((_request, response) => response.writeHead(307, { location }).end())
      expect(await failure(fetch(bench, server.url('/a.mp4')))).toMatchObject({ code: 'url-refused', class: 'input' })
    }
  )

  it('show credentials to nobody else', async () => {
    const bench = new WebBench()
    const other = await bench.server(serve(bytes))
    const server = await bench.server((_request, response) =>
      response.writeHead(301, { location: other.url('/b.mp4') }).end()
    )
    await fetch(bench, server.url('/a.mp4', 'user:pass@127.0.0.1'))
    expect(server.asked[0]?.headers.authorization).toBeDefined()
    expect(other.asked.map(({ headers }) => headers.authorization)).toEqual([undefined])
  })
})

describe('addresses', () => {
  const at =
    (...addresses: string[]) =>
    async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

  it.each([
    [['169.254.169.254']],
    [['::ffff:a9fe:a9fe']],
    [['fe80::1%eth0']],
    [['127.0.0.1', '169.254.169.254']],
    [['0.0.0.0']]
  ])('that a name leads to are refused where one is %j', async (addresses) => {
    const bench = new WebBench({ resolve: at(...addresses) })
    const server = await bench.server(serve(bytes))
    expect(await failure(fetch(bench, server.url('/a.mp4', 'files.lab')))).toMatchObject({
      code: 'url-refused',
      class: 'input'
    })
    expect(server.asked).toEqual([])
  })

  it('are asked once: a name that leads elsewhere a moment later changes nothing', async () => {
    const names: string[] = []
    const bench = new WebBench({
      resolve: async (host) => {
        names.push(host)
        return at(names.length === 1 ? '127.0.0.1' : '169.254.169.254')()
      }
    })
    const server = await bench.server(serve(bytes))
    expect((await fetch(bench, server.url('/a.mp4', 'files.lab'))).sizeBytes).toBe(bytes.length)
    expect(names).toEqual(['files.lab'])
    expect(server.asked[0]?.headers.host).toBe(`files.lab:${server.port}`)
  })

  it('that nobody answers at give way to the next', async () => {
    const bench = new WebBench({ resolve: at('::1', '127.0.0.1') })
    const server = await bench.server(serve(bytes))
    expect((await fetch(bench, server.url('/a.mp4', 'files.lab'))).sizeBytes).toBe(bytes.length)
  })

  it('that a redirect leads to are looked at, too', async () => {
    const bench = new WebBench({ resolve: async (host) => at(host === 'files.lab' ? '127.0.0.1' : '10.0.0.1', '::')() })
    const server = await bench.server((_request, response) =>
      response.writeHead(302, { location: 'http://inner.lab/' }).end()
    )
    expect(await failure(fetch(bench, server.url('/a.mp4')))).toMatchObject({ code: 'url-refused' })
  })
})

describe('after a cut', () => {
  const half = bytes.subarray(0, 2 * MiB)
  const headers = { etag: '"v1"', 'content-length': bytes.length }

  it('a fetch goes on where it was', async () => {
    const bench = new WebBench()
    const server: FileServer = await bench.server((request, response) => {
      if (server.asked.length === 1) cutAfter(response, half, headers)
      else serve(bytes)(request, response)
    })
    expect(read(await fetch(bench, server.url('/a.mp4'))).equals(bytes)).toBe(true)
    expect(server.asked[1]?.headers.range).toMatch(/^bytes=[1-9]\d*-$/)
    expect(server.asked[1]?.headers['if-range']).toBe('"v1"')
    expect(server.asked).toHaveLength(2)
  })

  const part = (start: number, totalBytes: number, etag: string) => ({
    etag,
    'content-range': `bytes ${start}-${totalBytes - 1}/${totalBytes}`
  })
  const sendPart = (response: ServerResponse, start: number, totalBytes: number, etag: string) =>
    response.writeHead(206, part(start, totalBytes, etag)).end(Buffer.alloc(totalBytes - start))
  it.each<[string, (response: ServerResponse, start: number) => void]>([
    ['sends it whole', (response) => response.writeHead(200, { etag: '"v2"' }).end(bytes)],
    ['knows no such range', (response) => response.writeHead(416, { 'content-range': 'bytes */7' }).end()],
    ['sends an earlier part', (response, start) => sendPart(response, start - 1, bytes.length, '"v1"')],
    ['has a longer file', (response, start) => sendPart(response, start, bytes.length + 1, '"v1"')],
    ['has another file', (response, start) => sendPart(response, start, bytes.length, '"v2"')]
  ])('nothing of it is kept where the server %s', async (_what, answer) => {
    const bench = new WebBench()
    const server: FileServer = await bench.server((request, response) => {
      if (server.asked.length === 1) cutAfter(response, Buffer.alloc(half.length, 1), headers)
      else if (server.asked.length === 2) answer(response, startOf(request))
      else serve(bytes, '"v2"')(request, response)
    })
    expect(read(await fetch(bench, server.url('/a.mp4'))).equals(bytes)).toBe(true)
  })

  it('a part that is shorter than it says is no end', async () => {
    const bench = new WebBench()
    const server: FileServer = await bench.server((request, response) => {
      if (server.asked.length === 1) cutAfter(response, half, headers)
      else if (server.asked.length === 2)
        response.writeHead(206, part(startOf(request), bytes.length, '"v1"')).end(bytes.subarray(startOf(request), -7))
      else serve(bytes)(request, response)
    })
    expect(read(await fetch(bench, server.url('/a.mp4'))).equals(bytes)).toBe(true)
    expect(server.asked[2]?.headers.range).toBe(`bytes=${bytes.length - 7}-`)
  })

  it('a fetch that is called anew goes on, and asks nothing once all is there', async () => {
    const bench = new WebBench()
    const server: FileServer = await bench.server((request, response) => {
      if (server.asked.length === 1) response.writeHead(200, headers).write(half)
      else serve(bytes)(request, response)
    })
    const stop = new AbortController()
    const fetching = fetch(bench, server.url('/a.mp4'), { signal: stop.signal, onProgress: () => stop.abort() })
    expect(await failure(fetching)).toMatchObject({ code: 'url-cancelled', class: 'transport' })
    expect(read(await fetch(bench, server.url('/a.mp4'))).equals(bytes)).toBe(true)
    expect(server.asked[1]?.headers.range).toMatch(/^bytes=[1-9]/)
    await fetch(bench, server.url('/a.mp4'))
    expect(server.asked).toHaveLength(2)
  })

  it('of a process that is killed the next one goes on', async () => {
    const bench = new WebBench()
    const server: FileServer = await bench.server((request, response) => {
      if (server.asked.length === 1) response.writeHead(200, headers).write(half)
      else serve(bytes)(request, response)
    })
    const entry = join(import.meta.dirname, 'testing', 'fetch-process.ts')
    const child = spawn(process.execPath, [entry, bench.dataDir, server.url('/a.mp4')], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    const gone = once(child, 'close')
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await gone
    expect(read(await fetch(bench, server.url('/a.mp4'))).equals(bytes)).toBe(true)
    expect(server.asked[1]?.headers.range).toMatch(/^bytes=[1-9]/)
    expect(bench.files()).toEqual([join('fetched', 'j1', 'a.mp4')])
  })

  it('what a kill left whole but without its name is taken', async () => {
    const bench = new WebBench()
    const server = await bench.server(serve(bytes))
    const dir = join(bench.dataDir, 'fetched', 'j1')
    mkdirSync(dir, { recursive: true })
    writeFileSync(join(dir, '.part'), bytes)
    writeFileSync(join(dir, '.part.json'), JSON.stringify({ validator: '"v1"', totalBytes: bytes.length }))
    expect((await fetch(bench, server.url('/a.mp4'))).sizeBytes).toBe(bytes.length)
    expect(server.asked).toEqual([])
    expect(bench.files()).toEqual([join('fetched', 'j1', 'a.mp4')])
  })

  it.each([
    ['nothing', {}],
    ['a weak ETag', { etag: 'W/"v1"' }],
    ['a date as young as the answer', { 'last-modified': new Date().toUTCString(), date: new Date().toUTCString() }]
  ])('a fetch begins anew by another try where the server tells %s', async (_what, validators) => {
    const bench = new WebBench()
    const server = await bench.server((_request, response) =>
      cutAfter(response, half, { 'content-length': bytes.length, ...validators })
    )
    expect(await failure(fetch(bench, server.url('/a.mp4')))).toMatchObject({ code: 'url-cut', class: 'transport' })
    expect(server.asked).toHaveLength(1)
    expect(bench.files()).toEqual([])
  })

  it('a fetch goes on by an old date', async () => {
    const bench = new WebBench()
    const old = { 'last-modified': 'Tue, 03 Mar 2026 10:00:00 GMT', 'content-length': bytes.length }
    const server: FileServer = await bench.server((request, response) => {
      const start = startOf(request)
      if (start === 0) cutAfter(response, half, old)
      else
        response
          .writeHead(206, { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` })
          .end(bytes.subarray(start))
    })
    expect(read(await fetch(bench, server.url('/a.mp4'))).equals(bytes)).toBe(true)
    expect(server.asked[1]?.headers['if-range']).toBe(old['last-modified'])
  })

  it('a server that lies about the length is left for now', async () => {
    const bench = new WebBench()
    const server = await bench.server((_request, response) => {
      response.writeHead(200, { etag: '"v1"', 'content-length': 2 * bytes.length })
      response.write(bytes, () => response.destroy())
    })
    expect(await failure(fetch(bench, server.url('/a.mp4')))).toMatchObject({ code: 'url-cut', class: 'transport' })
    // Where the cut falls is the system’s choice: every try that brought something may be followed by another, five at most.
    expect(server.asked.length).toBeLessThan(6)
  })
})

describe('limits', () => {
  it('of size are said by the server', async () => {
    const bench = new WebBench({ urlLimitBytes: bytes.length - 1 })
    const server = await bench.server(serve(bytes))
    const thrown = await failure(fetch(bench, server.url('/a.mp4')))
    expect(thrown).toMatchObject({
      code: 'url-too-large',
      class: 'input',
      message: expect.stringContaining(`${bytes.length} bytes`)
    })
    expect(bench.files()).toEqual([])
  })

  it('of size end a gigabyte of zeros that nobody announced', async () => {
    const bench = new WebBench({ urlLimitBytes: MiB })
    const closed = Promise.withResolvers<void>()
    let sentBytes = 0
    const server = await bench.server((_request, response) => {
      response.on('close', closed.resolve)
      const more = () => {
        while (sentBytes < 1024 * MiB && !response.destroyed) {
          sentBytes += MiB
          if (!response.write(Buffer.alloc(MiB))) return
        }
        response.end()
      }
      response.on('drain', more)
      more()
    })
    expect(await failure(fetch(bench, server.url('/a.mp4')))).toMatchObject({ code: 'url-too-large', class: 'input' })
    await closed.promise
    expect(sentBytes).toBeLessThan(512 * MiB)
    expect(bench.files()).toEqual([])
  })

  it('of size count what was there before', async () => {
    const bench = new WebBench()
    const server: FileServer = await bench.server((request, response) => {
      if (server.asked.length === 1) cutAfter(response, bytes.subarray(0, 2 * MiB), { etag: '"v1"' })
      else serve(bytes)(request, response)
    })
    const fetching = fetch(bench, server.url('/a.mp4'), {
      onProgress: () => Object.assign(bench.settings, { urlLimitBytes: bytes.length - 1 })
    })
    expect(await failure(fetching)).toMatchObject({ code: 'url-too-large' })
  })

  it('of silence end a server that stalls', async () => {
    const clock = new FakeClock()
    const bench = new WebBench({ clock })
    const server = await bench.server((_request, response) => response.write('some of it'))
    const fetching = fetch(bench, server.url('/a.mp4'), { onProgress: () => clock.advance(60_000) })
    expect(await failure(fetching)).toMatchObject({
      code: 'url-timeout',
      class: 'transport',
      message: expect.stringContaining('silent for 60 seconds')
    })
    expect(clock.pendingTimers).toBe(0)
    expect(bench.files()).toEqual([])
  })

  it('of silence end a server that takes the request and says nothing', async () => {
    const clock = new FakeClock()
    const bench = new WebBench({ clock })
    const server = await bench.server(() => clock.advance(60_000))
    expect(await failure(fetch(bench, server.url('/a.mp4')))).toMatchObject({ code: 'url-timeout' })
  })

  it('of the connection end a resolver that never answers', async () => {
    const clock = new FakeClock()
    const bench = new WebBench({ clock, resolve: () => new Promise(() => {}) })
    const fetching = failure(fetch(bench, 'http://files.lab/a.mp4'))
    await soon(() => clock.pendingTimers).toBe(3)
    clock.advance(10_000)
    expect(await fetching).toMatchObject({
      code: 'url-timeout',
      class: 'transport',
      message: expect.stringContaining('no connection within 10 seconds')
    })
    expect(clock.pendingTimers).toBe(0)
  })

  it('of the whole end a server that drips', async () => {
    const clock = new FakeClock()
    const bench = new WebBench({ clock, urlTimeoutS: 100 })
    let drip = () => {}
    let drops = 0
    const server = await bench.server((_request, response) => {
      drip = () => {
        drops += 1
        response.write('.')
      }
      drip()
    })
    const onProgress = () => {
      clock.advance(30_000)
      drip()
    }
    const thrown = await failure(fetch(bench, server.url('/a.mp4'), { onProgress }))
    expect(thrown).toMatchObject({ code: 'url-timeout', message: expect.stringContaining('more than 100 seconds') })
    expect(drops).toBe(5)
  })
})

describe('a fetch that is stopped', () => {
  it('leaves nothing once its job has ended', async () => {
    const bench = new WebBench()
    const server = await bench.server((_request, response) => response.writeHead(200, { etag: '"v1"' }).write(bytes))
    const begun = Promise.withResolvers<void>()
    const fetching = failure(fetch(bench, server.url('/a.mp4'), { onProgress: () => begun.resolve() }))
    await begun.promise
    await bench.web.sources.remove('j1')
    expect(await fetching).toMatchObject({ code: 'url-cancelled', class: 'transport' })
    expect(bench.files()).toEqual([])
    await bench.web.sources.remove('j1')
  })

  it('does not even begin where that was before', async () => {
    const bench = new WebBench()
    const server = await bench.server(serve(bytes))
    expect(await failure(fetch(bench, server.url('/a.mp4'), { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'url-cancelled'
    })
    expect(server.asked).toEqual([])
  })
})

describe('an answer', () => {
  it.each([
    [404, 'url-gone', 'input'],
    [410, 'url-gone', 'input'],
    [401, 'url-denied', 'input'],
    [403, 'url-denied', 'input'],
    [400, 'url-rejected', 'input'],
    [204, 'url-rejected', 'input'],
    [206, 'url-rejected', 'input'],
    [304, 'url-rejected', 'input'],
    [408, 'url-failed', 'transport'],
    [429, 'url-failed', 'transport'],
    [500, 'url-failed', 'transport'],
    [503, 'url-failed', 'transport']
  ])('of %i is %s, class %s', async (status, code, errorClass) => {
    const bench = new WebBench()
    const server = await bench.server((_request, response) => response.writeHead(status).end())
    const thrown = await failure(fetch(bench, server.url('/a.mp4?key=1')))
    expect(thrown).toMatchObject({
      code,
      class: errorClass,
      message: `http://127.0.0.1:${server.port}/a.mp4 answered ${status}.`
    })
    expect(bench.files()).toEqual([])
  })

  it('that is compressed though nobody asked is refused', async () => {
    const bench = new WebBench()
    const server = await bench.server((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('x')
    )
    expect(await failure(fetch(bench, server.url('/a.mp4')))).toMatchObject({ code: 'url-rejected', class: 'input' })
  })

  it('that is no HTTP is no fault of the file', async () => {
    const bench = new WebBench()
    const server = await bench.server((request) => request.socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
    expect(await failure(fetch(bench, server.url('/a.mp4')))).toMatchObject({
      code: 'url-unreachable',
      class: 'transport'
    })
  })

  it('that is a reset is another try by and by', async () => {
    const bench = new WebBench()
    const server = await bench.server((request) => request.socket.resetAndDestroy())
    expect(await failure(fetch(bench, server.url('/a.mp4')))).toMatchObject({ code: 'url-cut', class: 'transport' })
    expect(server.asked).toHaveLength(1)
  })

  it('that nobody gives is, too', async () => {
    const bench = new WebBench()
    expect(await failure(fetch(bench, `http://127.0.0.1:${await closedPort()}/a.mp4`))).toMatchObject({
      code: 'url-unreachable',
      class: 'transport',
      message: expect.stringContaining('ECONNREFUSED')
    })
  })

  it('of a server whose certificate nobody vouches for is not read', async () => {
    const bench = new WebBench()
    const port = await secureServer(bench.dataDir)
    expect(await failure(fetch(bench, `https://127.0.0.1:${port}/a.mp4`))).toMatchObject({
      code: 'url-untrusted',
      class: 'input'
    })
  })
})

describe('the disk', () => {
  it.runIf(process.platform === 'linux')('that is full is this node’s trouble', async () => {
    const bench = new WebBench()
    const server = await bench.server(serve(bytes))
    const dir = join(bench.dataDir, 'fetched', 'j1')
    mkdirSync(dir, { recursive: true })
    symlinkSync('/dev/full', join(dir, '.part'))
    expect(await failure(fetch(bench, server.url('/a.mp4')))).toMatchObject({ code: 'disk-full', class: 'node' })
    expect(bench.files()).toEqual([])
  })

  it('that can not hold it is asked before anything is written', async () => {
    const bench = new WebBench({ urlLimitBytes: Number.MAX_SAFE_INTEGER })
    const server = await bench.server((_request, response) =>
      response.writeHead(200, { 'content-length': 2 ** 52 }).write('x')
    )
    expect(await failure(fetch(bench, server.url('/a.mp4')))).toMatchObject({ code: 'disk-full', class: 'node' })
    expect(bench.files()).toEqual([])
  })
})

describe('sweeping', () => {
  it('removes what belongs to no job that goes on', async () => {
    const clock = new FakeClock(Date.now())
    const bench = new WebBench({ clock })
    const server = await bench.server(serve(bytes))
    for (const jobId of ['running', 'ended', 'forgotten'])
      await bench.web.sources.fetch({ jobId, url: server.url('/a.mp4'), signal: never })
    const look = async (jobId: string) => ({ running: {}, ended: { endedAtMs: 1 } })[jobId]
    await bench.web.sources.sweep(look)
    expect(bench.files()).toEqual(['forgotten', 'running'].map((id) => join('fetched', id, 'a.mp4')))
    clock.advance(2 * 3_600_000)
    await bench.web.sources.sweep(look)
    expect(bench.files()).toEqual([join('fetched', 'running', 'a.mp4')])
  })

  it('finds nothing where nothing was ever fetched', async () => {
    await expect(new WebBench().web.sources.sweep(async () => undefined)).resolves.toBeUndefined()
  })
})

it('no error bears credentials or query, its causes included', async () => {
  const bench = new WebBench({
    resolve: async (host) => Promise.reject(Object.assign(new Error(host), { code: 'ENOTFOUND' }))
  })
  const server = await bench.server((request, response) => {
    if (request.url?.startsWith('/reset')) request.socket.resetAndDestroy()
    else if (request.url?.startsWith('/away'))
      response.writeHead(302, { location: 'http://x:secret3@169.254.169.254/?secret4' }).end()
    else response.writeHead(Number(request.url?.slice(1, 4))).end()
  })
  const paths = ['/404', '/500', '/403', '/reset', '/away']
  const urls = paths.map((path) => server.url(`${path}?key=secret2`, 'me:secret1@127.0.0.1'))
  for (const url of [
    ...urls,
    'ftp://me:secret1@nas/?secret2',
    'http://me:secret1@no.lab/?secret2',
    'http://me:secret1@[/'
  ]) {
    const thrown = await failure(fetch(bench, url))
    expect(thrown).toMatchObject({ code: expect.any(String), class: expect.any(String) })
    expect(inspect(thrown, { depth: 20, showHidden: true })).not.toMatch(/secret|bWU6c2VjcmV0/)
  }
})
