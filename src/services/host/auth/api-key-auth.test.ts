import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import fastify from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type ApiKey, type KeyScope, keyScopes } from '../../../shared/domain/keys.ts'
import { type AuthOptions, addApiKeyAuth, refusalSentence } from './index.ts'

const keyOf = (scope: string) => `mt_${scope.padEnd(43, '0')}`
const allKeys = new Map<string, ApiKey>(
  keyScopes.map((scope) => [keyOf(scope), { id: scope, label: '', scopes: [scope], createdAtMs: 0 }])
)

/** A face with a route for each scope, an open one, and one that says nothing; `checked` counts what the node's keys were asked. */
async function face(options: Partial<AuthOptions> = {}) {
  const app = fastify({ bodyLimit: 1000, forceCloseConnections: true })
  onTestFinished(() => app.close())
  const checked: string[] = []
  const check = (key: string) => {
    checked.push(key)
    return allKeys.get(key)
  }
  await addApiKeyAuth(app, { keys: { check }, ...options })
  for (const scope of ['submit', 'work', 'read'] as const satisfies KeyScope[])
    app.all(`/${scope}`, { config: { scopes: [scope] } }, (request) => ({ by: request.apiKey?.id }))
  app.get('/submit-or-read', { config: { scopes: ['submit', 'read'] } }, () => ({ ok: true }))
  app.get('/open', { config: { scopes: 'open' } }, () => ({ ok: true }))
  app.get('/silent', () => ({ ok: true }))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, checked, app }
}

async function get(url: string, key?: string, headers: Record<string, string> = {}) {
  const answer = await fetch(url, { headers: { ...(key !== undefined && { 'x-api-key': key }), ...headers } })
  return { status: answer.status, body: await answer.text(), headers: answer.headers }
}

describe('a key opens', () => {
  test('the routes of its scope, the open ones for everybody, and all of them where it is admin', async () => {
    const { url } = await face()
    const statuses = async (key?: string) => {
      const paths = ['submit', 'work', 'read', 'submit-or-read', 'silent', 'open']
      return Promise.all(paths.map(async (path) => (await get(`${url}/${path}`, key)).status))
    }
    expect(await statuses(keyOf('submit'))).toEqual([200, 403, 403, 200, 403, 200])
    expect(await statuses(keyOf('work'))).toEqual([403, 200, 403, 403, 403, 200])
    expect(await statuses(keyOf('read'))).toEqual([403, 403, 200, 200, 403, 200])
    expect(await statuses(keyOf('admin'))).toEqual([200, 200, 200, 200, 200, 200])
    expect(await statuses()).toEqual([401, 401, 401, 401, 401, 200])
    expect(await statuses(keyOf('nobody'))).toEqual([401, 401, 401, 401, 401, 200])
  })

  test('and the route knows whose it was', async () => {
    const { url } = await face()
    expect((await get(`${url}/read`, keyOf('admin'))).body).toBe('{"by":"admin"}')
  })

  test('nothing by HEAD that it does not open by GET', async () => {
    const { url } = await face()
    const head = (key: string) => fetch(`${url}/submit-or-read`, { method: 'HEAD', headers: { 'x-api-key': key } })
    expect((await head(keyOf('work'))).status).toBe(403)
    expect((await head(keyOf('read'))).status).toBe(200)
  })

  test('what is not there is a 404 for everybody', async () => {
    const { url } = await face()
    expect((await get(`${url}/nothing`)).status).toBe(404)
    expect((await get(`${url}/nothing`, keyOf('nobody'))).status).toBe(404)
  })
})

describe('where the key is shown', () => {
  test('is X-API-Key alone, unless the face says otherwise', async () => {
    const { url } = await face()
    expect((await get(`${url}/read`, undefined, { authorization: `Bearer ${keyOf('read')}` })).status).toBe(401)
  })

  test('is Authorization: Bearer where the face asks for it', async () => {
    const { url } = await face({ places: ['bearer', 'x-api-key'] })
    const bearer = (authorization: string) => get(`${url}/read`, undefined, { authorization })
    expect((await bearer(`Bearer ${keyOf('read')}`)).status).toBe(200)
    expect((await bearer(`bearer ${keyOf('read')}`)).status).toBe(200)
    expect((await get(`${url}/read`, keyOf('read'))).status).toBe(200)
    const refused = await bearer('Basic dXNlcjpwYXNz')
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
  })
})

describe('what can be no key', () => {
  test('is refused without being looked up: 10,000 characters, blanks, nothing, two headers', async () => {
    const { url, checked } = await face()
    for (const key of ['x'.repeat(10_000), `${keyOf('read')} `.repeat(2), 'key with blanks', 'schlüssel'])
      expect((await get(`${url}/read`, key)).status).toBe(401)
    expect(await twoHeaders(url, [keyOf('read'), keyOf('read')])).toBe(401)
    expect((await get(`${url}/read`, '')).status).toBe(401)
    expect(checked).toEqual([])
  })

  test('does not get past the HTTP parser with a newline in it', async () => {
    const { app } = await face()
    const { port } = app.server.address() as { port: number }
    const folded = `GET /read HTTP/1.1\r\nHost: a\r\nX-API-Key: ${keyOf('read')}\r\n folded\r\nConnection: close\r\n\r\n`
    expect(await raw(port, folded)).toMatch(/^HTTP\/1\.1 40[01]/)
    const bare = `GET /read HTTP/1.1\r\nHost: a\r\nX-API-Key: mt_\n${keyOf('read')}\r\nConnection: close\r\n\r\n`
    expect(await raw(port, bare)).toMatch(/^HTTP\/1\.1 400/)
  })

  test('a body without a key is not read', async () => {
    const { url } = await face()
    const tooLarge = { method: 'POST', body: 'x'.repeat(5000), headers: { 'content-type': 'application/json' } }
    expect((await fetch(`${url}/submit`, tooLarge)).status).toBe(401)
    const headers = { ...tooLarge.headers, 'x-api-key': keyOf('submit') }
    expect((await fetch(`${url}/submit`, { ...tooLarge, headers })).status).toBe(413)
  })
})

describe('a refusal', () => {
  test('says why, in JSON where the face says nothing', async () => {
    const { url } = await face()
    const missing = await get(`${url}/read`)
    expect(missing.headers.get('content-type')).toMatch(/^application\/json/)
    expect(JSON.parse(missing.body)).toEqual({
      error: { code: 'missing-key', message: expect.stringContaining('X-API-Key') }
    })
    const wrong = JSON.parse((await get(`${url}/read`, keyOf('work'))).body)
    expect(wrong.error).toEqual({ code: 'wrong-scope', message: expect.stringContaining('read') })
  })

  test('is worded by the face, and never repeats the key', async () => {
    const { url } = await face({ body: (refusal, { url: path }) => `${path}: ${refusalSentence(refusal)}` })
    const { body, headers } = await get(`${url}/read`, keyOf('nobody'))
    expect(body).toBe('/read: The key is not known here, or it was revoked.')
    expect(headers.get('content-type')).toMatch(/^text\/plain/)
  })
})

describe('limits', () => {
  test('count by key: one that asks too often waits, another does not', async () => {
    const { url } = await face({ limits: { perKey: { max: 3, windowMs: 600_000 } } })
    const statuses = async (key: string) => [
      (await get(`${url}/read`, key)).status,
      (await get(`${url}/read`, key)).status,
      (await get(`${url}/read`, key)).status
    ]
    expect(await statuses(keyOf('read'))).toEqual([200, 200, 200])
    const exceeded = await get(`${url}/read`, keyOf('read'))
    expect(exceeded.status).toBe(429)
    expect(Number(exceeded.headers.get('retry-after'))).toBeGreaterThan(500)
    expect(JSON.parse(exceeded.body).error.code).toBe('too-many-requests')
    expect(await statuses(keyOf('admin'))).toEqual([200, 200, 200])
  })

  test('count by address where there is no key', async () => {
    const { url } = await face({ limits: { perAddress: { max: 2, windowMs: 600_000 } } })
    expect((await get(`${url}/open`)).status).toBe(200)
    expect((await get(`${url}/read`)).status).toBe(401)
    expect((await get(`${url}/open`)).status).toBe(429)
    expect((await get(`${url}/read`)).status).toBe(429)
    expect((await get(`${url}/read`, keyOf('read'))).status).toBe(200)
  })

  test('let an address guess a few times only; the node’s own keys can’t be guessed and go on', async () => {
    const chosen = [{ key: 'sesame', label: 'DISTCONV_API_KEY' }]
    const { url } = await face({ chosen, limits: { wrongKeys: { max: 2, windowMs: 600_000 } } })
    expect((await get(`${url}/work`, 'sesame')).status).toBe(200)
    for (const status of [401, 401, 429]) expect((await get(`${url}/work`, 'sesam')).status).toBe(status)
    const barred = await get(`${url}/work`, 'sesame')
    expect(barred.status).toBe(429)
    expect(JSON.parse(barred.body).error.code).toBe('too-many-wrong-keys')
    expect((await get(`${url}/work`, keyOf('work'))).status).toBe(200)
  })

  test('are out of the way of 5,000 requests of one key', async () => {
    const { app } = await face()
    const headers = { 'x-api-key': keyOf('read') }
    const answers = await Promise.all(Array.from({ length: 5000 }, () => app.inject({ url: '/read', headers })))
    expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true)
  })
})

test('a chosen key may do everything, or what it is given', async () => {
  const chosen = [
    { key: 'open-sesame', label: 'all' },
    { key: 'only-read', label: 'some', scopes: ['read'] as const }
  ]
  const { url } = await face({ chosen })
  expect((await get(`${url}/silent`, 'open-sesame')).status).toBe(200)
  expect((await get(`${url}/read`, 'only-read')).status).toBe(200)
  expect((await get(`${url}/submit`, 'only-read')).status).toBe(403)
  expect((await get(`${url}/read`, 'only-rea')).status).toBe(401)
})

function twoHeaders(url: string, keys: string[]): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(`${url}/read`, { headers: { 'X-API-Key': keys } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    asked.on('error', reject)
    asked.end()
  })
}

async function raw(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(request)
  return text(socket)
}
