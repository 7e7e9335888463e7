import { request } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CallOptions, type OpenFace, openFace } from './testing/open-face.ts'

const wish = { source_url: 'http://example.com/input.mp4', target_codec: 'h264' }
const styles = ['documented', 'deployed'] as const
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

/** What a route takes, and anything at all in its place. */
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(Number.MAX_VALUE, -0, 1e21, 2 ** 53, '', 'h264', 'http://x/', '\ud800', '__proto__', null, true)
)
const bodies = fc.oneof(
  fc.record(
    {
      source_url: fc.oneof(odd, fc.webUrl()),
      target_codec: fc.oneof(odd, fc.constantFrom('h264', 'av1')),
      job_size: odd,
      max_retries: odd,
      priority: odd,
      resource_requirements: odd,
      sink_url: odd,
      engine_id: fc.oneof(odd, fc.constantFrom('e1', 'e2')),
      capabilities: odd,
      supported_codecs: odd,
      status: odd,
      storage_capacity_gb: odd,
      streaming_support: odd,
      hostname: odd,
      benchmark_time: odd,
      local_job_queue: odd,
      output_url: odd,
      error_message: odd,
      progress: odd,
      message: odd
    },
    { requiredKeys: [] }
  ),
  odd,
  fc.string()
)
const routes = fc.constantFrom(
  ['POST', '/jobs/'],
  ['GET', '/jobs/'],
  ['GET', '/jobs/ID'],
  ['PUT', '/jobs/ID'],
  ['POST', '/jobs/ID/complete'],
  ['POST', '/jobs/ID/fail'],
  ['POST', '/jobs/ID/retry'],
  ['POST', '/jobs/ID/cancel'],
  ['POST', '/jobs/ID/progress'],
  ['GET', '/jobs/ID/output'],
  ['POST', '/engines/heartbeat'],
  ['POST', '/engines/benchmark_result'],
  ['GET', '/engines/'],
  ['DELETE', '/engines/ID'],
  ['POST', '/assign_job/'],
  ['GET', '/stats'],
  ['GET', '/health'],
  ['GET', '/']
)
const ids = fc.oneof(fc.constantFrom('KNOWN', 'e1'), fc.string({ maxLength: 40 }).map(encodeSafely))
const queries = fc.dictionary(fc.constantFrom('limit', 'offset', 'status', 'x'), fc.string(), { maxKeys: 3 })

test('whatever comes to whatever route, the answer is one of the documented ones', async () => {
  const property = fc.asyncProperty(
    fc.nat(1),
    routes,
    ids,
    queries,
    bodies,
    async (which, [method, path], id, query, body) => {
      const face = faces[which] as OpenFace
      const known = face.dispatch.list({ limit: 1, offset: 0 }).jobs[0]?.id ?? 'none'
      const target = `${path?.replace('ID', id === 'KNOWN' ? known : id)}?${new URLSearchParams(query)}`
      const answer = await face.call(String(method), target, method === 'GET' ? {} : { body })
      expect([200, 201, 204, 400, 404], `${method} ${target} ${answer.text}`).toContain(answer.status)
      if (answer.type.startsWith('application/json')) answer.json()
    }
  )
  await fc.assert(property, { numRuns: 1500 })
  for (const face of faces) expect(face.lines).toEqual([])
})

function encodeSafely(text: string): string {
  return encodeURIComponent(text.toWellFormed()) || 'x'
}
