import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DispatchFace, startDispatchNode } from './support/dispatch-node.ts'
import { sendRaw } from './support/raw-http.ts'

const wish = { source_url: 'http://127.0.0.1:9/input.mp4', target_codec: 'h264' }
const idle = { args: ['--no-local-work'] }

/** The head of a request that is closed after its answer. */
const head = ({ url, key }: DispatchFace, line: string, ...more: string[]) =>
  [`${line} HTTP/1.1`, `Host: ${new URL(url).host}`, `X-API-Key: ${key}`, 'Connection: close', ...more, '', ''].join(
    '\r\n'
  )

test('bodies that are no JSON, or none of ours, are 400 and say what is wrong', async () => {
  const { face } = await startDispatchNode(idle)
  const bodies = ['{', '', 'null', '[]', '"text"', '{"source_url":', 'NaN', '\u0000', `${'['.repeat(10_000)}`]
  for (const body of bodies) {
    const answer = await face.call('POST', '/jobs/', body)
    expect([body.slice(0, 20), answer.status]).toEqual([body.slice(0, 20), 400])
  }
  const wrong = {
    source_url: [5, null, {}, 'no url'],
    target_codec: [5, null, 'h999', ''],
    job_size: ['big', -1],
    max_retries: ['three', -1, 1.5, 1e300],
    priority: ['high', 3, -1, 0.5]
  }
  for (const [field, values] of Object.entries(wrong))
    for (const value of values) {
      const answer = await face.call('POST', '/jobs/', { ...wish, [field]: value })
      expect([field, value, answer.status]).toEqual([field, value, 400])
      expect(answer.text).toContain(field)
    }
  expect((await face.jobs()).total).toBe(0)
})

test('ten megabytes are refused without being kept, and the next request is answered', async () => {
  const { face } = await startDispatchNode(idle)
  const body = JSON.stringify({ ...wish, more: 'x'.repeat(10_000_000) })
  const type = 'Content-Type: application/json'
  const refused = await sendRaw(
    face.url,
    head(face, 'POST /jobs/', type, `Content-Length: ${Buffer.byteLength(body)}`),
    body
  )
  expect([0, 413]).toContain(refused.status)
  const chunked = await sendRaw(
    face.url,
    head(face, 'POST /jobs/', type, 'Transfer-Encoding: chunked'),
    `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  )
  expect([0, 413]).toContain(chunked.status)
  expect(await face.jobs()).toMatchObject({ total: 0 })
})

test('ten thousand headers and endless ones are refused', async () => {
  const { face } = await startDispatchNode(idle)
  const many = Array.from({ length: 10_000 }, (_, i) => `X-Many-${i}: ${'y'.repeat(20)}`)
  expect((await sendRaw(face.url, head(face, 'GET /jobs/', ...many))).status).toBe(431)
  expect((await sendRaw(face.url, head(face, 'GET /jobs/', `X-Long: ${'y'.repeat(100_000)}`))).status).toBe(431)
  expect((await sendRaw(face.url, head(face, `GET /jobs/?${'q'.repeat(100_000)}`))).status).toBe(431)
  expect((await face.call('GET', '/jobs/')).status).toBe(200)
})

test('a request without Content-Length or body is answered at once, where none is needed with success', async () => {
  const { face } = await startDispatchNode(idle)
  const { job_id: id } = await face.submit(wish)
  expect((await sendRaw(face.url, head(face, `POST /jobs/${id}/cancel`))).status).toBe(200)
  expect((await sendRaw(face.url, head(face, `POST /jobs/${id}/retry`))).status).toBe(200)
  for (const path of ['/jobs/', '/assign_job/', '/engines/heartbeat', `/jobs/${id}/complete`])
    expect([path, (await sendRaw(face.url, head(face, `POST ${path}`))).status]).toEqual([path, 400])
  const body = JSON.stringify(wish)
  const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  const type = 'Content-Type: application/json'
  const answer = await sendRaw(face.url, head(face, 'POST /jobs/', type, 'Transfer-Encoding: chunked'), chunked)
  expect(answer.status).toBe(201)
})

test('a body that comes in drips is taken, and holds up nobody else', async () => {
  const { face } = await startDispatchNode(idle)
  const body = JSON.stringify(wish)
  const type = 'Content-Type: application/json'
  const slow = sendRaw(face.url, head(face, 'POST /jobs/', type, `Content-Length: ${body.length}`), ...body)
  expect((await face.submit(wish)).status).toBe('pending')
  expect((await slow).status).toBe(201)
  expect((await face.jobs()).total).toBe(2)
})

test('ids that climb, are too long or hold anything at all are never found', async () => {
  const { face } = await startDispatchNode(idle)
  const ids = ['..', '%2e%2e', '..%2f..%2fetc%2fpasswd', '%00', '%ff', 'x'.repeat(5_000), '%0d%0aSet-Cookie:%20a=b']
  for (const id of ids) {
    const answers = [
      await sendRaw(face.url, head(face, `GET /jobs/${id}`)),
      await sendRaw(face.url, head(face, `POST /jobs/${id}/cancel`)),
      await sendRaw(face.url, head(face, `GET /jobs/${id}/output`))
    ]
    for (const { status, text } of answers) {
      expect([id.slice(0, 30), [400, 404, 414].includes(status), status]).toEqual([id.slice(0, 30), true, status])
      expect(text).not.toMatch(/root:|^set-cookie/im)
    }
  }
})

test('keys with line ends, of any length and in any bytes are refused', async () => {
  const { face } = await startDispatchNode(idle)
  const { host } = new URL(face.url)
  const keys = [`${face.key}\r\nX-More: 1`, `${face.key}\n`, ` ${face.key} x`, 'x'.repeat(8_000), '\u00e9\u00ff', '']
  const statuses = keys.map(async (key) => {
    const request = `GET /jobs/ HTTP/1.1\r\nHost: ${host}\r\nX-API-Key: ${key}\r\nConnection: close\r\n\r\n`
    return (await sendRaw(face.url, Buffer.from(request, 'latin1'))).status
  })
  // The first is a whole key and one more header: nobody can tell that from an honest request.
  expect(await Promise.all(statuses)).toEqual([200, expect.any(Number), 401, 401, 401, 401])
  const twice = `GET /jobs/ HTTP/1.1\r\nHost: ${host}\r\nX-API-Key: a\r\nX-API-Key: b\r\nConnection: close\r\n\r\n`
  expect((await sendRaw(face.url, twice)).status).toBe(401)
})

test('what is no HTTP, or names no host, is 400 and the node lives on', async () => {
  const { face } = await startDispatchNode(idle)
  const { key } = face
  expect((await sendRaw(face.url, 'HELLO\r\n\r\n')).status).toBe(400)
  expect((await sendRaw(face.url, `GET /jobs/ HTTP/1.1\r\nX-API-Key: ${key}\r\n\r\n`)).status).toBe(400)
  const both = head(face, 'POST /jobs/', 'Content-Length: 5', 'Transfer-Encoding: chunked')
  expect((await sendRaw(face.url, both, '0\r\n\r\n')).status).toBe(400)
  expect((await face.call('GET', '/jobs/')).status).toBe(200)
})

test('another host’s name leads to the only face that listens there', async () => {
  const { face } = await startDispatchNode(idle)
  const request = (host: string) =>
    `GET /jobs/ HTTP/1.1\r\nHost: ${host}\r\nX-API-Key: ${face.key}\r\nConnection: close\r\n\r\n`
  for (const host of ['dispatch.example.com', 'LOCALHOST.:80', '[::1]:8080'])
    expect([host, (await sendRaw(face.url, request(host))).status]).toEqual([host, 200])
  expect((await sendRaw(face.url, request('a b'))).status).toBeLessThan(500)
})

test('methods that a path does not have are refused', async () => {
  const { face } = await startDispatchNode(idle)
  const wrong = [
    ['DELETE', '/jobs/'],
    ['PUT', '/assign_job/'],
    ['GET', '/assign_job/'],
    ['PATCH', '/engines/']
  ] as const
  for (const [method, path] of wrong) {
    const { status } = await face.call(method, path)
    expect([method, path, [404, 405].includes(status)]).toEqual([method, path, true])
  }
})

test('whatever JSON goes to whatever path, no answer is a failure of the server', async () => {
  const { face } = await startDispatchNode(idle)
  const { job_id: id } = await face.submit(wish)
  await face.heartbeat('engine-a')
  const ofJob = ['complete', 'fail', 'retry', 'cancel', 'progress'].map(
    (act) => ['POST', `/jobs/${id}/${act}`] as const
  )
  const routes = [
    ...ofJob,
    ['POST', '/jobs/'],
    ['PUT', `/jobs/${id}`],
    ['POST', '/engines/heartbeat'],
    ['POST', '/engines/benchmark_result'],
    ['POST', '/assign_job/'],
    ['POST', '/api/v1/jobs']
  ] as const
  const words = [
    'source_url',
    'target_codec',
    'job_size',
    'engine_id',
    'progress',
    'output_url',
    'priority',
    '__proto__'
  ]
  const values = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('http://127.0.0.1:9/x', 'h264', 'engine-a', 1e308, -0, '\ud800')
  )
  const bodies = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...words), values))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...routes), bodies, async ([method, path], body) => {
      const { status } = await face.call(method, path, JSON.stringify(body))
      expect(status).toBeLessThan(500)
    }),
    { numRuns: 400 }
  )
})
