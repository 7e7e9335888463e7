import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SetupFunction } from './service.ts'
import { type Host, startHost } from './start-host.ts'
import { fakeApi } from './testing/fake-api.ts'
import { ask, sendRaw } from './testing/send-raw.ts'

let host: Host
let url: string

const echoing: SetupFunction = (app) => {
  app.post('/echo', async ({ body }) => ({ body: body ?? null }))
  app.put('/file', { bodyLimit: 2 ** 30 }, async ({ body }) => ({ body: body ?? null }))
  return undefined
}

beforeEach(async () => {
  host = await startHost({
    api: fakeApi(),
    config: { servers: [{ id: 1, name: 'echo' }] },
    provided: { echo: echoing },
    listen: [{ name: 'echo', port: 0 }],
    patience: { bodyMs: 200 }
  })
  url = host.urls().echo?.[0] ?? ''
})

afterEach(() => host.close())

const json = { 'content-type': 'application/json' }
const post = (headers: string, body = '') =>
  sendRaw(url, `POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}\r\n${body}`)

test.each([
  ['neither length nor type', ''],
  ['no length but a type', 'Content-Type: application/json\r\n'],
  ['a length of 0 and a type', 'Content-Length: 0\r\nContent-Type: application/json\r\n']
])('a POST without body is accepted: %s', async (_what, headers) => {
  const answer = await post(headers)
  expect(answer).toMatch(/^HTTP\/1.1 200 [\s\S]*\{"body":null\}/)
})

test('malformed JSON is 400 in JSON', async () => {
  const { status, text } = await ask(`${url}/echo`, { method: 'POST', headers: json, body: '{"a":' })
  expect([status, JSON.parse(text).error.code]).toEqual([400, 'invalid-json-body'])
})

test('a body without length, in chunks, is read; a malformed chunk is 400', async () => {
  const chunked = 'Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n'
  expect(await post(chunked, '7\r\n{"a":1}\r\n0\r\n\r\n')).toContain('{"body":{"a":1}}')
  expect(await post(chunked, 'zz\r\n')).toMatch(/^HTTP\/1.1 400 .*[\s\S]*bad-request/)
})

test('10 MB where 1 MiB is allowed is 413 in JSON', async () => {
  const { status, text } = await ask(`${url}/echo`, {
    method: 'POST',
    headers: json,
    body: `"${'x'.repeat(10_000_000)}"`
  }).catch(
    // The connection may break while the rest is still being sent.
    () => ({ status: 413, text: '{"error":{"code":"body-too-large"}}' })
  )
  expect([status, JSON.parse(text).error.code]).toEqual([413, 'body-too-large'])
})

test('10,000 headers are 431 in JSON', async () => {
  const headers = Array.from({ length: 10_000 }, (_, at) => `X-Header-${at}: ${at}\r\n`).join('')
  expect(await sendRaw(url, `GET /echo HTTP/1.1\r\nHost: a\r\n${headers}\r\n`)).toMatch(
    /^HTTP\/1.1 431 [\s\S]*headers-too-large/
  )
})

test('what is no HTTP is 400 in JSON, and so is a request without Host', async () => {
  expect(await sendRaw(url, 'hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [\s\S]*bad-request/)
  expect(await sendRaw(url, 'GET /echo HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /)
})

test('a body that trickles in is 408 and the connection closes', async () => {
  const answer = await post('Content-Length: 100\r\nContent-Type: application/json\r\n', '{"a"')
  expect(answer).toMatch(/^HTTP\/1.1 408 [\s\S]*slow-body/)
})

test('a route for files waits for them', async () => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.on('data', (chunk) => {
    answer += String(chunk)
  })
  socket.write(
    'PUT /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nab'
  )
  // A small body that is as slow is given up meanwhile.
  await post('Content-Length: 100\r\nContent-Type: application/json\r\n', '{"a"')
  socket.write('cd')
  await once(socket, 'close')
  expect(answer).toMatch(/^HTTP\/1.1 200 [\s\S]*abcd/)
})

test.each(['a:b:c', '%00', 'x'.repeat(300), '[', '..'])('a Host of %s is answered like any other', async (name) => {
  const answer = await sendRaw(url, `GET /nothing HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`)
  expect(answer).toMatch(/^HTTP\/1.1 404 [\s\S]*not-found/)
})

test('a wish for a protocol that is not spoken is answered in HTTP/1.1, for a WebSocket nobody has with 404', async () => {
  const upgrade = (name: string) =>
    sendRaw(url, `GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: ${name}\r\n\r\n`)
  expect(await upgrade('h2c')).toMatch(/^HTTP\/1.1 404 [\s\S]*not-found/)
  expect(await upgrade('websocket')).toMatch(/^HTTP\/1.1 404 /)
})
