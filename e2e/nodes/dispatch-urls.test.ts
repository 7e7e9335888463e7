import { existsSync, readdirSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { type DispatchFace, startDispatchNode } from './support/dispatch-node.ts'
import { makePhoto } from './support/inputs.ts'
import { type NodeProcess, temporaryFolder, until } from './support/node-process.ts'

interface Job {
  job_id: string
  state: string
  output_url: string | null
  error?: { code: string; message: string } | null
}

const photo = async () => readFile(await makePhoto(await temporaryFolder()))

/** A server of the lab that answers as a test says; `asked` are `METHOD path` and the range that was wanted. */
async function labServer(answer: (request: IncomingMessage, response: ServerResponse, asked: string[]) => void) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.range ?? ''}`.trim())
    answer(request, response, asked)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const call = async (face: DispatchFace, method: string, path: string, body?: unknown): Promise<Job> =>
  (await face.done(method, path, body)).json as Job
const submit = (face: DispatchFace, wish: object) => call(face, 'POST', '/api/v1/jobs', { profile: 'webp', ...wish })
const ended = (face: DispatchFace, { job_id }: Job) =>
  until(
    () => call(face, 'GET', `/api/v1/jobs/${job_id}`),
    ({ state }) => ['completed', 'failed', 'cancelled'].includes(state)
  )

const holds = (condition: () => Promise<boolean>) => until(condition, (value) => value)

/** What lies in the data folder of URLs' jobs. */
const left = (node: NodeProcess) =>
  ['fetched', 'blobs'].flatMap((name) => {
    const dir = join(node.dataDir, name)
    return existsSync(dir) ? readdirSync(dir).map((entry) => join(name, entry)) : []
  })

const fetchedBytes = async (node: NodeProcess, { job_id }: Job) =>
  (await stat(join(node.dataDir, 'fetched', job_id, '.part')).catch(() => undefined))?.size ?? 0

const logOf = async (node: NodeProcess) =>
  `${await readFile(join(node.dataDir, 'logs', 'microtome.log'), 'utf8')}${node.stderr}`

test('a source behind a redirect and a cut is fetched, and its result is sent on; credentials are told nobody', async () => {
  const bytes = await photo()
  const sent: Promise<Buffer>[] = []
  let cut = () => {}
  const { host, asked } = await labServer((request, response, all) => {
    if (request.method === 'PUT') {
      sent.push(buffer(request))
      request.on('end', () => response.writeHead(201).end())
    } else if (request.url?.startsWith('/old')) response.writeHead(302, { location: '/new.jpg?token=secret1' }).end()
    else if (all.length === 2) {
      response.writeHead(200, { etag: '"v1"', 'content-length': bytes.length })
      response.write(bytes.subarray(0, bytes.length / 2))
      cut = () => response.destroy()
    } else {
      const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)
      const range = { etag: '"v1"', 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }
      response.writeHead(start > 0 ? 206 : 200, start > 0 ? range : { etag: '"v1"' }).end(bytes.subarray(start))
    }
  })
  const { node, face } = await startDispatchNode({ env: { MICROTOME_LOG_LEVEL: 'debug' } })
  const job = await submit(face, {
    source_url: `http://me:secret2@${host}/old.jpg?key=secret3`,
    sink: { type: 'url', url: `http://me:secret4@${host}/out/photo.webp?signature=secret5` }
  })
  await holds(async () => (await fetchedBytes(node, job)) > 0)
  cut()
  expect(await ended(face, job)).toMatchObject({ state: 'completed', output_url: `http://${host}/out/photo.webp` })
  expect((await sent[0])?.subarray(8, 12).toString()).toBe('WEBP')
  expect(asked.slice(0, 2)).toEqual(['GET /old.jpg?key=secret3', 'GET /new.jpg?token=secret1'])
  expect(asked[3]).toMatch(/^GET \/new\.jpg\?token=secret1 bytes=[1-9]\d*-$/)
  expect(asked.filter((line) => line.startsWith('PUT'))).toEqual(['PUT /out/photo.webp?signature=secret5'])
  await holds(async () => left(node).length === 0)
  expect(await logOf(node)).not.toMatch(/secret\d/)
})

test('a node that is killed while it fetches goes on where it was', async () => {
  const bytes = await photo()
  const { host, asked } = await labServer((request, response, all) => {
    const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)
    const range = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }
    response.writeHead(start > 0 ? 206 : 200, {
      etag: '"v1"',
      'content-length': bytes.length - start,
      ...(start > 0 && range)
    })
    if (all.length === 1) response.write(bytes.subarray(0, bytes.length / 2))
    else response.end(bytes.subarray(start))
  })
  const { node, face } = await startDispatchNode()
  const job = await submit(face, { source_url: `http://${host}/a.jpg` })
  await holds(async () => (await fetchedBytes(node, job)) === Math.floor(bytes.length / 2))
  await node.stop('SIGKILL')
  await node.restart()
  expect(await ended(face, job)).toMatchObject({ state: 'completed' })
  expect(asked).toEqual(['GET /a.jpg', `GET /a.jpg bytes=${Math.floor(bytes.length / 2)}-`])
  await holds(async () => left(node).length === 1)
  expect(left(node)).toEqual([join('blobs', job.job_id)])
})

test('what is refused, gone or too large fails at once with the reason; what is cancelled leaves nothing', async () => {
  const { host, asked } = await labServer((request, response) => {
    if (request.url === '/gone.jpg') response.writeHead(404).end()
    else if (request.url === '/away.jpg') response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end()
    else if (request.url === '/large.jpg') response.end(Buffer.alloc(200_000))
    else response.writeHead(200, { etag: '"v1"' }).write('some of it')
  })
  const { node, face } = await startDispatchNode({ env: { MICROTOME_URL_LIMIT_BYTES: '100000' } })
  for (const source_url of ['http://169.254.169.254/a.jpg', 'http://[::ffff:a9fe:a9fe]/a.jpg', 'file:///etc/passwd']) {
    const answer = await face.call('POST', '/api/v1/jobs', { source_url, profile: 'webp' })
    expect([source_url, answer.status]).toEqual([source_url, 400])
  }
  const reasons = { '/gone.jpg': 'url-gone', '/away.jpg': 'url-refused', '/large.jpg': 'url-too-large' }
  for (const [path, code] of Object.entries(reasons)) {
    const job = await ended(face, await submit(face, { source_url: `http://${host}${path}` }))
    expect([path, job.state, job.error?.code]).toEqual([path, 'failed', code])
  }
  expect(asked).toEqual(['GET /gone.jpg', 'GET /away.jpg', 'GET /large.jpg'])
  const endless = await submit(face, { source_url: `http://${host}/endless.jpg` })
  await holds(async () => (await fetchedBytes(node, endless)) > 0)
  await call(face, 'POST', `/api/v1/jobs/${endless.job_id}/cancel`)
  await holds(async () => !left(node).some((path) => path.startsWith('fetched')))
  expect(await ended(face, endless)).toMatchObject({ state: 'cancelled' })
})
