import fc from 'fast-check'

/** A request as nobody should send it, and as many do. `path` has `JOB` or `ENGINE` where something is named. */
export interface AnyRequest {
  method: string
  path: string
  /** For the place of `JOB`; undefined stands for one that is there. */
  id: string | undefined
  query: Record<string, string>
  /** To be sent as JSON; text as it is. */
  body: unknown
}

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(Number.MAX_VALUE, -0, 1e15, 1e21, 2 ** 53, '', '\ud800', '\0', '__proto__', 'toString', null, true)
)
/** Mostly what is wanted, so that wrong things come in company of right ones. */
const mostly = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 6, arbitrary: right }, { weight: 1, arbitrary: odd })

const engine = fc.constantFrom('e1', 'e2', 'ключ', '__proto__', 'x'.repeat(200))
const url = fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.constantFrom('http://user:pw@127.0.0.1:9/a?b#c'))
const codec = fc.constantFrom('h264', 'av1', 'libx265', 'VP9')
const fields = {
  source_url: mostly(url),
  target_codec: mostly(codec),
  job_size: mostly(fc.double({ min: 0, max: 1e15, noNaN: true })),
  max_retries: mostly(fc.nat(100)),
  priority: mostly(fc.nat(2)),
  resource_requirements: mostly(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())),
  sink_url: mostly(fc.oneof(url, fc.constant(null))),
  engine_id: mostly(engine),
  capabilities: mostly(fc.array(codec)),
  supported_codecs: mostly(fc.array(codec)),
  status: mostly(fc.constantFrom('idle', 'busy', 'pending')),
  storage_capacity_gb: mostly(fc.nat()),
  streaming_support: mostly(fc.boolean()),
  hostname: mostly(fc.string({ unit: 'binary' })),
  benchmark_time: mostly(fc.double({ min: 0, max: 1e15, noNaN: true })),
  local_job_queue: mostly(fc.array(fc.uuid())),
  output_url: mostly(url),
  error_message: mostly(fc.string({ unit: 'binary' })),
  name: mostly(fc.string()),
  capacity_gb: mostly(fc.nat()),
  progress: mostly(fc.double({ min: 0, max: 100, noNaN: true })),
  message: mostly(fc.string({ unit: 'binary' }))
}
const bodies = fc.oneof(
  { weight: 8, arbitrary: fc.record(fields) },
  { weight: 4, arbitrary: fc.record(fields, { requiredKeys: [] }) },
  { weight: 1, arbitrary: odd },
  { weight: 1, arbitrary: fc.string() }
)

const routes = fc.constantFrom(
  ['POST', '/jobs/'],
  ['GET', '/jobs/'],
  ['GET', '/jobs/JOB'],
  ['PUT', '/jobs/JOB'],
  ['POST', '/jobs/JOB/complete'],
  ['POST', '/jobs/JOB/fail'],
  ['POST', '/jobs/JOB/retry'],
  ['POST', '/jobs/JOB/cancel'],
  ['POST', '/jobs/JOB/progress'],
  ['GET', '/jobs/JOB/output'],
  ['POST', '/engines/heartbeat'],
  ['POST', '/engines/benchmark_result'],
  ['GET', '/engines/'],
  ['DELETE', '/engines/ENGINE'],
  ['POST', '/assign_job/'],
  ['POST', '/storage_pools/'],
  ['GET', '/storage_pools/'],
  ['GET', '/tdarr/status'],
  ['GET', '/stats'],
  ['GET', '/health'],
  ['GET', '/']
)
const inPath = (text: string) => encodeURIComponent(text.toWellFormed()) || 'x'
const queries = fc.dictionary(fc.constantFrom('limit', 'offset', 'status', 'x'), fc.string(), { maxKeys: 3 })

/** Any request to any route of the face. */
export const anyRequest: fc.Arbitrary<AnyRequest> = fc
  .record({
    route: routes,
    engine: engine.map(inPath),
    id: fc.option(fc.string({ maxLength: 40 }).map(inPath), { nil: undefined, freq: 1 }),
    query: queries,
    body: bodies
  })
  .map(({ route: [method = '', path = ''], engine, id, query, body }) => ({
    method,
    path: path.replace('ENGINE', engine),
    id,
    query,
    body: method === 'GET' ? undefined : body
  }))

/** Where the request goes; `known` is a job that is there. */
export function targetOf({ path, id, query }: AnyRequest, known: string): string {
  return `${path.replace('JOB', id ?? known)}?${new URLSearchParams(query)}`
}
