import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { os } from '@orpc/server'
import { strToU8, zipSync } from 'fflate'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { systemClock } from '../../engine/clock.ts'
import { Uploads } from '../../engine/intake/index.ts'
import type { ResultFiles, ServiceApi } from '../../engine/service-api.ts'
import { fromRpcError } from '../../shared/contract/rpc-error.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import { type Host, startHost } from '../host/index.ts'
import { fakeApi } from '../host/testing/fake-api.ts'
import { dashboard } from './index.ts'
import { parseRange } from './results-routes.ts'

/** Waits as long as a busy machine may take. */
const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check)

const token = 'a'.repeat(64)
let folder: string
let host: Host
let port: number
let results: Map<string, ResultFiles>
let uploads: Uploads
let flooding: 'ended' | undefined
const bugs: unknown[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'microtome-dashboard-'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>the page</title>')
  results = new Map()
  uploads = new Uploads(join(folder, 'uploads'), systemClock, () => 1000)
  flooding = undefined
  bugs.length = 0
  host = await startHost({
    api: engine(),
    config: { servers: [] },
    listen: [{ name: 'dashboard', port: 0, isPrivate: true }],
    provided: { dashboard: dashboard({ token, pageDir: folder, onBug: (bug) => bugs.push(bug) }) }
  })
  port = Number(new URL(host.urls().dashboard?.[0] ?? '').port)
})

afterEach(async () => {
  await host.close()
  await rm(folder, { recursive: true })
})

test('without the token there is no page, no result and no socket', async () => {
  expect((await get('/')).status).toBe(401)
  expect((await get('/results/x/slide.dzi')).status).toBe(401)
  expect((await get('/', { authorization: `Bearer ${'b'.repeat(64)}` })).status).toBe(401)
  await expect(openSocket(['microtome', 'token.wrong'])).rejects.toThrow(/401/)
})

test('the address with the token sets a cookie for this node and the page opens with it', async () => {
  const first = await get(`/?token=${token}`)
  expect(first.status).toBe(303)
  const cookie = String(first.headers['set-cookie']).split(';')[0] ?? ''
  expect(String(first.headers['set-cookie'])).toMatch(/HttpOnly.*SameSite=Strict/)
  const page = await get('/', { cookie })
  expect(page.text).toContain('the page')
  expect(page.headers['content-security-policy']).toContain("default-src 'self'")
})

test('what is not there, and what the host answers at other doors, is behind the token, too', async () => {
  for (const path of ['/nothing', '/api/health', '/api/config']) expect((await get(path)).status, path).toBe(401)
  expect((await get('/api/health', { authorization: `Bearer ${token}` })).status).toBe(404)
  expect((await put('/nothing', 0, 'x', {})).status).toBe(401)
})

test('a page of another origin, or one that renamed itself to this computer, is turned away with the right cookie too', async () => {
  const authorization = `Bearer ${token}`
  expect((await get('/', { authorization, origin: 'https://evil.example' })).status).toBe(403)
  expect((await get('/', { authorization, host: 'evil.example:80' })).status).toBe(403)
  expect((await get('/', { authorization, origin: 'microtome://app' })).status).toBe(200)
})

test('the socket takes the token as a subprotocol, and an error arrives with its code and hint', async () => {
  const socket = await openSocket(['microtome', `token.${token}`])
  expect(socket.protocol).toBe('microtome')
  const client = createORPCClient<{ ping(): Promise<string>; refuse(): Promise<string> }>(
    new RPCLink({ websocket: socket as never })
  )
  expect(await client.ping()).toBe('pong')
  const refusal = fromRpcError(await client.refuse().catch((thrown: unknown) => thrown))
  expect(refusal.toJSON()).toEqual({
    code: 'no-room',
    class: 'input',
    message: 'There is no room.',
    hint: 'Make some.'
  })
  expect(bugs).toEqual([])
  socket.terminate()
})

test('an upload is appended at its offset, and a wrong offset is answered with the right one', async () => {
  const { uploadId } = await uploads.create('a.svs', 9)
  expect(await put(`/uploads/${uploadId}`, 0, 'abc')).toEqual({ status: 200, body: { received: 3 } })
  expect(await put(`/uploads/${uploadId}`, 5, 'xyz')).toEqual({ status: 409, body: { received: 3 } })
  expect((await put(`/uploads/${uploadId}`, -1, 'x')).status).toBe(400)
})

test('an upload that is cut goes on where it stopped, and arrives whole', async () => {
  const { uploadId, path } = await uploads.create('slide.svs', 6)
  const headers = { authorization: `Bearer ${token}`, 'upload-offset': '0', 'content-length': '6' }
  const cut = request({ host: '127.0.0.1', port, path: `/uploads/${uploadId}`, method: 'PUT', headers })
  cut.on('error', () => {})
  cut.write('abc')
  await eventually(async () => expect((await uploads.get(uploadId)).received).toBe(3))
  cut.destroy()
  // Until the cut is noticed the first request has the file.
  await eventually(async () =>
    expect(await put(`/uploads/${uploadId}`, 3, 'def')).toEqual({ status: 200, body: { received: 6 } })
  )
  expect(await readFile(path, 'utf8')).toBe('abcdef')
  expect(await uploads.whole(uploadId)).toMatchObject({ name: 'slide.svs', sizeBytes: 6 })
})

test('more than was announced, and an upload that nobody knows, are refused in words', async () => {
  const { uploadId } = await uploads.create('slide.svs', 2)
  expect(await put(`/uploads/${uploadId}`, 0, 'abc')).toMatchObject({ status: 400, body: { code: 'upload-too-large' } })
  const nobody = '/uploads/00000000-0000-0000-0000-000000000000'
  expect(await put(nobody, 0, 'abc')).toMatchObject({ status: 400, body: { code: 'unknown-upload' } })
  expect(bugs).toEqual([])
})

test('a page that reads nothing any more is cut off before it fills the memory', async () => {
  const socket = await openSocket(['microtome', `token.${token}`])
  const client = createORPCClient<{ flood(): Promise<AsyncIterator<string>> }>(
    new RPCLink({ websocket: socket as never })
  )
  const flood = await client.flood()
  await flood.next()
  socket.pause()
  await eventually(() => expect(flooding).toBe('ended'))
  socket.terminate()
  await expect(flood.next()).rejects.toThrow()
})

test('tiles and the description of an SZI are served from the archive', async () => {
  const output = join(folder, 'a.szi')
  await writeFile(
    output,
    zipSync({ 'slide/slide.dzi': strToU8('<Image/>'), 'slide/slide_files/3/0_1.jpeg': strToU8('tile') })
  )
  results.set('slide', { kind: 'slide', output, container: 'szi' })
  const authorization = `Bearer ${token}`
  const tile = await get('/results/slide/slide_files/3/0_1.jpeg', { authorization })
  expect([tile.status, tile.text, tile.headers['content-type']]).toEqual([200, 'tile', 'image/jpeg'])
  expect((await get('/results/slide/slide.dzi', { authorization })).text).toBe('<Image/>')
  expect((await get('/results/slide/slide_files/3/9_9.jpeg', { authorization })).status).toBe(404)
  await rm(output)
  expect((await get('/results/slide/slide.dzi', { authorization })).status).toBe(404)
})

test('the summary of a submission comes as a file', async () => {
  const authorization = `Bearer ${token}`
  const csv = await get('/submissions/s1.csv', { authorization })
  expect([csv.status, csv.text, csv.headers['content-disposition']]).toEqual([
    200,
    'job,file',
    'attachment; filename="microtome-submission.csv"'
  ])
  for (const name of ['other.csv', 's1.txt', '..%2fs1.csv'])
    expect((await get(`/submissions/${name}`, { authorization })).status, name).toBe(404)
})

test('tiles of a Deep Zoom folder and parts of a film are served, and nothing beside them', async () => {
  await mkdir(join(folder, 'out', 'a_files', '3'), { recursive: true })
  await writeFile(join(folder, 'out', 'a.dzi'), '<Image/>')
  await writeFile(join(folder, 'out', 'a_files', '3', '0_1.jpeg'), 'tile')
  await writeFile(join(folder, 'out', 'secret.jpeg'), 'secret')
  results.set('slide', { kind: 'slide', output: join(folder, 'out', 'a.dzi'), container: 'dzi' })
  results.set('film', { kind: 'video', output: join(folder, 'out', 'a.dzi'), container: 'file' })
  const authorization = `Bearer ${token}`
  expect((await get('/results/slide/slide.dzi', { authorization })).text).toBe('<Image/>')
  expect((await get('/results/slide/slide_files/3/0_1.jpeg', { authorization })).text).toBe('tile')
  for (const path of [
    'slide_files/../secret.jpeg',
    'slide_files/3/..%2f..%2fsecret.jpeg',
    'secret.jpeg',
    'slide_files/3/9_9.jpeg'
  ])
    expect((await get(`/results/slide/${path}`, { authorization })).status, path).toBe(404)
  const part = await get('/results/film/file', { authorization, range: 'bytes=1-3' })
  expect([part.status, part.text, part.headers['content-range']]).toEqual([206, 'Ima', 'bytes 1-3/8'])
})

test('a Deep Zoom folder that is still being made has its descriptor, the tiles that are whole, and nothing that is cached', async () => {
  const tiles = join(folder, 'staging', 'result_files', '3')
  await mkdir(tiles, { recursive: true })
  const jpeg = Buffer.from([0xff, 0xd8, 1, 2, 0xff, 0xd9])
  await writeFile(join(tiles, '0_1.jpeg'), jpeg)
  await writeFile(join(tiles, '0_2.jpeg'), jpeg.subarray(0, 5))
  const growing = { widthPx: 1000, heightPx: 700, tileSizePx: 240, overlapPx: 1, mpp: 0.5 }
  results.set('slide', { kind: 'slide', output: join(folder, 'staging', 'result.dzi'), container: 'dzi', growing })
  const authorization = `Bearer ${token}`
  const descriptor = await get('/results/slide/slide.dzi', { authorization })
  expect(descriptor.text).toMatch(/Format="jpeg" Overlap="1" TileSize="240"><Size Width="1000" Height="700"\/>/)
  expect(descriptor.headers).toMatchObject({ 'microtome-growing': 'yes', 'cache-control': 'no-store' })
  const answers = ['slide_files/3/0_1.jpeg', 'slide_files/3/0_2.jpeg', 'slide_files/3/0_3.jpeg', 'sidecar.json', 'file']
  const got = await Promise.all(answers.map((name) => get(`/results/slide/${name}`, { authorization })))
  expect(got.map(({ status }) => status)).toEqual([200, 404, 404, 200, 404])
  expect(JSON.parse(got[3]?.text ?? '')).toEqual({ mpp: 0.5 })
  expect(got.map(({ headers }) => headers['cache-control'])).toEqual(got.map(() => 'no-store'))
})

test('ranges are read as players write them', () => {
  expect(parseRange('bytes=0-', 10)).toEqual({ start: 0, end: 9 })
  expect(parseRange('bytes=-3', 10)).toEqual({ start: 7, end: 9 })
  expect(parseRange('bytes=4-400', 10)).toEqual({ start: 4, end: 9 })
  expect(parseRange('bytes=10-', 10)).toBe('unsatisfiable')
  expect(parseRange('bytes=-', 10)).toBeUndefined()
  expect(parseRange('lines=1-2', 10)).toBeUndefined()
})

function engine(): ServiceApi {
  const localRouter = {
    flood: os.handler(async function* () {
      try {
        // A turn of the loop between two, so that the socket can be seen to close.
        for (;;) {
          yield 'x'.repeat(1 << 20)
          await new Promise((resolve) => setImmediate(resolve))
        }
      } finally {
        flooding = 'ended'
      }
    }),
    ping: os.handler(() => 'pong'),
    refuse: os.handler((): string => {
      throw new MicrotomeError({ code: 'no-room', class: 'input', message: 'There is no room.', hint: 'Make some.' })
    })
  }
  return fakeApi({
    localRouter,
    receiveUpload: (id, offset, body) => uploads.receive(id, offset, body),
    thumbnail: async () => undefined,
    jobThumbnail: async () => undefined,
    result: async (jobId) => results.get(jobId),
    submissionCsv: async (id) => (id === 's1' ? 'job,file' : undefined)
  })
}

function get(path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; text: string; headers: Record<string, unknown> }>((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, headers, agent: false }, async (response) => {
      let text = ''
      for await (const chunk of response) text += String(chunk)
      resolve({ status: response.statusCode ?? 0, text, headers: response.headers })
    })
    call.on('error', reject)
    call.end()
  })
}

function put(path: string, offset: number, body: string, proof: object = { authorization: `Bearer ${token}` }) {
  const headers = {
    ...proof,
    'upload-offset': String(offset),
    'content-type': 'application/octet-stream'
  }
  return new Promise<{ status: number; body: unknown }>((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, method: 'PUT', headers, agent: false }, async (response) => {
      let text = ''
      for await (const chunk of response) text += String(chunk)
      resolve({ status: response.statusCode ?? 0, body: /^\s*{/.test(text) ? JSON.parse(text) : text })
    })
    call.on('error', reject)
    call.end(body)
  })
}

function openSocket(protocols: string[]): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, protocols)
    socket.on('open', () => resolve(socket))
    socket.on('error', reject)
  })
}
