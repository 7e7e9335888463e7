import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorBody } from './error-answer.ts'
import { type HostedFace, openHosted } from './testing/open-hosted.ts'
import {
  type Answered,
  misfitOf,
  type OpenApiDocument,
  openApiDocument,
  operationsOf
} from './testing/openapi-document.ts'

let face: HostedFace
let document: OpenApiDocument
let folder: string
let jobIds: string[]

beforeAll(async () => {
  face = await openHosted()
  document = openApiDocument.parse((await face.call('GET', '/docs/json')).json())
  folder = await mkdtemp(join(tmpdir(), 'microtome-api-'))
  await writeFile(join(folder, 'a.mp4'), 'result')
  const submit = async (): Promise<{ job_id: string }> =>
    (await face.call('POST', '/api/v1/jobs', { body: { source_url: 'https://media.example.org/a.mov' } })).json()
  jobIds = (await Promise.all([submit(), submit(), submit()])).map(({ job_id }) => job_id)
  const [done = '', running = ''] = jobIds
  face.dispatch.completeHere(done, join(folder, 'a.mp4'))
  await face.dispatch.heartbeat({ id: 'e1', supportedCodecs: ['h264'] })
  await face.dispatch.assign('e1')
  await face.dispatch.report(running, 50)
})
afterAll(async () => {
  await face.close()
  await rm(folder, { recursive: true })
})

/** A thousand requests take a busy machine longer than other tests. */
const patienceMs = 180_000

/** Anything that can stand in a path or a query once it is written in percent signs, and what cannot. */
const part = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }).map((text) => encodeURIComponent(text.toWellFormed())),
  fc.constantFrom('%', '%zz', '%00', '..', '%2e%2e%2f', 'a//b', '%0a', 'x'.repeat(300), '')
)
const id = fc.oneof(
  // Without an id, or with a slash in it, it is another address.
  { weight: 2, arbitrary: part.filter((text) => text !== '' && !text.includes('/')) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 }).map((at) => jobIds[at] ?? '7') }
)
const query = fc
  .array(
    fc.tuple(
      fc.oneof(part, fc.constantFrom('limit', 'state', 'cursor')),
      fc.oneof(part, fc.constantFrom('1', 'queued'))
    ),
    { maxLength: 4 }
  )
  .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'))
const like = fc.record(
  {
    source_url: fc.oneof(fc.webUrl(), fc.anything()),
    target_codec: fc.oneof(fc.constantFrom('h264', 'libx265'), fc.anything()),
    profile: fc.oneof(fc.constant('webp'), fc.anything()),
    priority: fc.oneof(fc.constantFrom(0, 2, 'low'), fc.anything()),
    job_size: fc.oneof(fc.double(), fc.anything()),
    max_retries: fc.oneof(fc.integer(), fc.anything()),
    sink: fc.oneof(fc.record({ type: fc.constantFrom('blob', 'url'), url: fc.webUrl() }), fc.anything()),
    resource_requirements: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.anything())
  },
  { requiredKeys: [] }
)
const body = fc.oneof(
  fc.constant(undefined),
  like.map((value) => safeJson(value)),
  fc.json(),
  fc.string({ unit: 'binary', maxLength: 200 })
)
const type = fc.constantFrom(
  'application/json',
  'application/json; charset=latin1',
  'text/plain',
  'multipart/form-data',
  'x',
  ''
)
const headers = fc.record(
  {
    'content-type': type,
    range: fc.oneof(
      fc.constantFrom('bytes=0-1', 'bytes=9-', 'bytes=-', 'lines=1'),
      fc.string({ unit: fc.constantFrom(...'bytes=0-9,;x') })
    ),
    'last-event-id': fc.string({ unit: fc.constantFrom(...'0123456789abcdef-'), maxLength: 120 }),
    'if-none-match': fc.constantFrom('*', 'W/"x"', '"')
  },
  { requiredKeys: [] }
)

test(
  'whatever is sent to a route, it never answers 500, and what it answers is what the document says',
  async () => {
    const operations = operationsOf(document)
    expect(operations.length).toBeGreaterThan(25)
    for (const { name, path, operation } of operations)
      await fc.assert(
        fc.asyncProperty(id, query, body, headers, async (filled, asked, sent, told) => {
          const at = path.replace('{id}', filled) + (asked === '' ? '' : `?${asked}`)
          const answer = await send(name.split(' ')[0] ?? '', at, sent, told)
          expect([name, answer.status]).not.toEqual([name, 500])
          if (answer.status >= 400 && path.startsWith('/api/v1/')) errorBody.parse(JSON.parse(answer.text))
          if (!isBadAddress(answer)) expect([name, misfitOf(document, operation, answer)]).toEqual([name, undefined])
        }),
        { numRuns: 25 }
      )
    expect(face.lines).toEqual([])
  },
  patienceMs
)

test(
  'whatever the address is, it is answered, below /api/v1 in the one form',
  async () => {
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS')
    const base = fc.constantFrom('', '/api', '/api/v1', '/api/v1/jobs', '/docs', '/jobs')
    await fc.assert(
      fc.asyncProperty(
        method,
        base,
        fc.array(part, { minLength: 1, maxLength: 3 }),
        body,
        headers,
        async (verb, start, parts, sent, told) => {
          const path = `${start}/${parts.join('/')}`
          const answer = await send(verb, path, sent, told)
          expect([verb, path, answer.status]).not.toEqual([verb, path, 500])
          if (answer.status >= 400 && path.startsWith('/api/v1/') && answer.text !== '')
            errorBody.parse(JSON.parse(answer.text))
        }
      ),
      { numRuns: 200 }
    )
    expect(face.lines).toEqual([])
  },
  patienceMs
)

/** What the host answers before any route is found. */
const isBadAddress = ({ status, text }: Answered) =>
  [400, 414].includes(status) && /"(bad-address|address-too-long)"/.test(text)

/** As it is, without the cleaning that `fetch` does. A stream is left after its first bytes. */
function send(
  method: string,
  path: string,
  body: string | undefined,
  headers: Record<string, string>
): Promise<Answered> {
  const { port } = new URL(face.url)
  return new Promise((resolve, reject) => {
    // Node sends the body of a GET without saying that there is one.
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const all = { 'x-api-key': 'admin', ...length, ...headers }
    const sent = request({ host: '127.0.0.1', port, method, path, headers: all }, (response) => {
      const type = response.headers['content-type'] ?? ''
      const answer = (text: string) => resolve({ status: response.statusCode ?? 0, type, text })
      const isStream = type.startsWith('text/event-stream')
      let text = ''
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (isStream) response.destroy()
      })
      response.on('close', () => answer(text))
    })
    sent.on('error', (error) => reject(new Error(`${method} ${path}: ${error.message}`)))
    sent.end(body)
  })
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner))
  } catch {
    return '{}'
  }
}
