import { request } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anyRequest, targetOf } from './testing/any-request.ts'
import type { CallOptions } from './testing/call-face.ts'
import { type OpenFace, openFace } from './testing/open-face.ts'

const wish = { source_url: 'http://example.com/input.mp4', target_codec: 'h264' }
const styles = ['documented', 'deployed'] as const
/** Of hundreds of requests on a computer that does other things, too. */
const patienceMs = 120_000
let faces: OpenFace[]

beforeAll(async () => {
  faces = await Promise.all(styles.map((answers) => openFace({ answers })))
})
afterAll(() => Promise.all(faces.map((face) => face.close())))

/** In every style: what must not depend on it. */
async function statuses(method: string, path: string, options?: CallOptions): Promise<number[]> {
  return Promise.all(faces.map(async (face) => (await face.call(method, path, options)).status))
}

test.each([
  '{',
  '{"source_url":',
  'null',
  '[]',
  '"text"',
  '5',
  'NaN',
  '\u0000',
  '{"source_url":"http://x/","target_codec":"h264","__proto__":{"a":1}}',
  '{"source_url":"http://x/","target_codec":"h264","job_size":1e999}',
  '{"source_url":"http://x/","target_codec":"h264","job_size":NaN}',
  '['.repeat(100_000)
])('the body %.80j is 400', async (body) => {
  expect(await statuses('POST', '/jobs/', { body })).toEqual([400, 400])
})

test('brackets without end, which could not be written down again, are 400', async () => {
  const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`
  const body = `{"source_url":"http://x/","target_codec":"h264","resource_requirements":${deep}}`
  expect(await statuses('POST', '/jobs/', { body })).toEqual([400, 400])
})

test('more than a megabyte is 413, with and without its length', async () => {
  const body = JSON.stringify({ ...wish, more: 'x'.repeat(10_000_000) })
  for (const face of faces) {
    // A server that refuses while bytes still come closes the connection, which some callers see before the answer.
    const answer = await face.call('POST', '/jobs/', { body }).catch(() => undefined)
    if (answer) expect(answer.status).toBe(413)
    expect((await face.call('GET', '/health')).status).toBe(200)
    expect(face.dispatch.figures().jobs.queued).toBe(0)
  }
})

test('JSON is taken for JSON, whatever it is called', async () => {
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/json; charset=utf-8', 'x/y']) {
    const options = { body: JSON.stringify(wish), headers: { 'content-type': type } }
    expect(await statuses('POST', '/jobs/', options)).toEqual([201, 200])
  }
})

test('POST without a body is fine where nothing is needed', async () => {
  for (const face of faces) {
    const { job_id } = (await face.call('POST', '/jobs/', { body: wish })).json<{ job_id: string }>()
    expect((await face.call('POST', `/jobs/${job_id}/cancel`)).status).toBe(200)
    const named = { headers: { 'content-type': 'application/json' }, body: '' }
    expect((await face.call('POST', `/jobs/${job_id}/retry`, named)).status).toBe(200)
  }
  expect(await statuses('POST', '/jobs/')).toEqual([400, 400])
})

/** `fetch` would tidy the path up. */
function rawStatus(url: string, method: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const options = { hostname, port, method, path, agent: false, headers: { 'x-api-key': 'full' } }
    request(options, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode))
    })
      .once('error', reject)
      .end()
  })
}

test.each(['..', '%2e%2e', '..%2f..%2fetc%2fpasswd', '%00', '%ff', 'x'.repeat(400), '%0d%0aSet-Cookie:a=b', '%C3%BC'])(
  'the id %.20j is never found',
  async (id) => {
    for (const { url } of faces)
      for (const [method, rest] of [
        ['GET', ''],
        ['GET', '/output'],
        ['POST', '/cancel']
      ])
        expect([400, 404, 414]).toContain(await rawStatus(url, String(method), `/jobs/${id}${rest}`))
  }
)

test('letters of every kind come back as they were sent', async () => {
  const [face] = faces
  const requirements = { 'ключ 🔬': 'é\u2028\u0001"\\' }
  const answer = await face?.call('POST', '/jobs/', {
    body: { ...wish, source_url: 'http://example.com/ü?a=é', resource_requirements: requirements }
  })
  expect(answer?.json()).toMatchObject({ source_url: 'http://example.com/ü?a=é', resource_requirements: requirements })
})

test(
  'whatever comes to whatever route, the answer is one of the documented ones',
  async () => {
    const seen = new Set<number>()
    const property = fc.asyncProperty(fc.nat(1), anyRequest, async (which, request) => {
      const face = faces[which] as OpenFace
      const known = face.dispatch.list({ limit: 1, offset: 0 }).jobs[0]?.id ?? 'none'
      const answer = await face.call(request.method, targetOf(request, known), { body: request.body })
      expect([200, 201, 204, 400, 404], answer.text).toContain(answer.status)
      if (answer.type.startsWith('application/json')) answer.json()
      seen.add(answer.status)
    })
    await fc.assert(property, { numRuns: 600 })
    // Else the requests were too wild to get anywhere.
    for (const status of [200, 201, 400, 404]) expect(seen).toContain(status)
    // Of all that may come only a storage pool is worth a line.
    for (const face of faces) expect(face.lines.filter((line) => !line.includes('storage pool'))).toEqual([])
  },
  patienceMs
)
