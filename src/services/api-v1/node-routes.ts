import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { DispatchState, OutsideEngine, ServiceApi } from '../../engine/service-api.ts'
import { jobState } from '../../shared/domain/jobs.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import { stateWords } from '../dispatch/states.ts'
import { instant } from './job-view.ts'
import { operation } from './operation.ts'

const engineStatus = z.enum(['idle', 'busy', 'offline'])

/** An outside engine; what it never said is null. */
const engineView = z
  .object({
    engine_id: z.string(),
    status: engineStatus.describe('busy while it has jobs, whatever it says of itself; offline after a long silence'),
    engine_type: z.string().nullable(),
    hostname: z.string().nullable(),
    supported_codecs: z.array(z.string()).nullable(),
    storage_capacity_gb: z.number().nullable(),
    streaming_support: z.boolean().nullable(),
    benchmark_time: z.number().nullable().describe('Seconds of the last benchmark; less is faster'),
    avg_benchmark_time: z.number().nullable(),
    jobs: z.array(z.string()).describe('job_id of each job that it has'),
    jobs_completed: z.int(),
    jobs_failed: z.int(),
    last_heartbeat: z.iso.datetime()
  })
  .meta({ id: 'Engine' })

const engineList = z.object({ engines: z.array(engineView) }).meta({ id: 'EngineList' })
const removedEngine = z.object({ message: z.string(), engine_id: z.string() })
const engineParams = z.object({ id: z.string().min(1).max(200).describe('engine_id of the engine') })
const counts = (names: readonly string[]) => z.object(Object.fromEntries(names.map((name) => [name, z.int()])))

const statusView = z
  .object({
    status: z.literal('healthy'),
    version: z.string(),
    api_version: z.literal('v1'),
    node: z.object({ id: z.string(), name: z.string() }),
    jobs_total: z.int(),
    engines_total: z.int(),
    jobs: counts(jobState.options).describe('Jobs by state'),
    job_statistics: z.record(z.string(), z.int()).describe('Jobs by status, as programs written for distconv know it'),
    engine_statistics: counts(engineStatus.options)
  })
  .meta({ id: 'Status' })

const versionView = z.object({ version: z.string(), api_version: z.literal('v1') }).meta({ id: 'Version' })

/** Whoever has a key may ask how the server is. */
const everybody = { scopes: ['read', 'submit', 'work'] as const }

/** How this server is, and the outside engines that work for it. */
export function addNodeRoutes(app: FastifyInstance, api: ServiceApi): void {
  app.get('/status', { schema: asking, config: everybody }, async () => statusOf(api))
  app.get('/version', { schema: askingVersion, config: everybody }, async () => ({
    version: api.version,
    api_version: 'v1'
  }))
  app.get('/engines', { schema: listing, config: { scopes: ['read'] } }, async () => ({
    engines: api.dispatch.engines().map(viewOfEngine)
  }))
  app.delete<{ Params: z.infer<typeof engineParams> }>(
    '/engines/:id',
    { schema: removing, config: { scopes: ['admin'] } },
    async ({ params: { id } }) => {
      if (!(await api.dispatch.removeEngine(id))) throw unknownEngine(id)
      return { message: 'Engine deregistered', engine_id: id }
    }
  )
}

function statusOf(api: ServiceApi): z.infer<typeof statusView> {
  const { jobs, expired } = api.dispatch.figures()
  const engines = api.dispatch.engines()
  const byWord: Record<string, number> = {}
  const byState = { ...jobs, failed: jobs.failed - expired, expired }
  for (const state of Object.keys(byState) as DispatchState[]) {
    const word = stateWords[state].deployed
    byWord[word] = (byWord[word] ?? 0) + byState[state]
  }
  const ofStatus = (status: string) => engines.filter((engine) => statusOfEngine(engine) === status).length
  return {
    status: 'healthy',
    version: api.version,
    api_version: 'v1',
    node: { id: api.nodeId, name: api.name },
    jobs_total: Object.values(jobs).reduce((sum, count) => sum + count, 0),
    engines_total: engines.length,
    jobs,
    job_statistics: byWord,
    engine_statistics: Object.fromEntries(engineStatus.options.map((status) => [status, ofStatus(status)]))
  }
}

function statusOfEngine({ online, jobIds }: OutsideEngine): z.infer<typeof engineStatus> {
  if (!online) return 'offline'
  return jobIds.length > 0 ? 'busy' : 'idle'
}

function viewOfEngine(engine: OutsideEngine): z.infer<typeof engineView> {
  return {
    engine_id: engine.id,
    status: statusOfEngine(engine),
    engine_type: engine.engineType ?? null,
    hostname: engine.hostname ?? null,
    supported_codecs: engine.supportedCodecs ? [...engine.supportedCodecs] : null,
    storage_capacity_gb: engine.storageCapacityGb ?? null,
    streaming_support: engine.streamingSupport ?? null,
    benchmark_time: engine.benchmarkS ?? null,
    avg_benchmark_time: engine.avgBenchmarkS ?? null,
    jobs: [...engine.jobIds],
    jobs_completed: engine.jobsCompleted,
    jobs_failed: engine.jobsFailed,
    last_heartbeat: instant(engine.lastHeartbeatMs)
  }
}

function unknownEngine(id: string): MicrotomeError {
  return new MicrotomeError({
    code: 'unknown-engine',
    class: 'input',
    message: `There is no engine "${id}".`,
    hint: 'GET /api/v1/engines lists the engines that were heard of.'
  })
}

const asking = operation({
  operationId: 'getStatus',
  tag: 'system',
  summary: 'How the server is, with jobs and engines in numbers',
  answers: { 200: { description: 'It runs.', schema: statusView } }
})
const askingVersion = operation({
  operationId: 'getVersion',
  tag: 'system',
  summary: 'The version of the server',
  answers: { 200: { description: 'Versions of the product and of this API.', schema: versionView } }
})
const listing = operation({
  operationId: 'listEngines',
  tag: 'engines',
  summary: 'List outside engines',
  description: 'Programs outside of the lab that poll for jobs.',
  answers: { 200: { description: 'All that were heard of.', schema: engineList } }
})
const removing = operation({
  operationId: 'removeEngine',
  tag: 'engines',
  summary: 'Remove an engine',
  description: 'Its jobs wait again, at no cost of a try. It comes back with its next heartbeat.',
  params: engineParams,
  answers: { 200: { description: 'It is gone.', schema: removedEngine } },
  failures: [404, 413, 415]
})
