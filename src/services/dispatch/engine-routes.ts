import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { DispatchJob } from '../../engine/service-api.ts'
import { toJobError } from '../../shared/errors.ts'
import { engineListAnswer, errorAnswers, jobAnswer, removedAnswer, textAnswer } from './answer-schemas.ts'
import {
  type AssignBody,
  assignBody,
  type BenchmarkBody,
  benchmarkBody,
  type HeartbeatBody,
  heartbeatBody
} from './bodies.ts'
import { engineFields } from './engine-json.ts'
import { type Face, sendJob, sendJson, sendText } from './face.ts'
import { Problem } from './problems.ts'
import { RunningLimit } from './running-limit.ts'

const tags = ['engines']

/** `/engines/`: what engines say of themselves. */
export function addEngineRoutes(app: FastifyInstance, face: Face): void {
  const { dispatch, answers } = face
  app.post<{ Body: HeartbeatBody }>(
    '/engines/heartbeat',
    {
      config: { scopes: ['work'] },
      schema: {
        summary: 'Register an engine, or say that it lives',
        tags,
        body: heartbeatBody,
        response: { 200: textAnswer, ...errorAnswers }
      }
    },
    async (request, reply) => {
      await dispatch.heartbeat(beatOf(request.body))
      return sendText(reply, `Heartbeat received from engine ${request.body.engine_id}`)
    }
  )
  app.get(
    '/engines/',
    {
      config: { scopes: ['read', 'work'] },
      schema: { summary: 'List engines', tags, response: { 200: engineListAnswer, ...errorAnswers } }
    },
    (_request, reply) => {
      const engines = dispatch.engines().map((engine) => engineFields(engine, answers))
      return sendJson(reply, JSON.stringify(answers.bareLists ? engines : { engines }))
    }
  )
  app.post<{ Body: BenchmarkBody }>(
    '/engines/benchmark_result',
    {
      config: { scopes: ['work'] },
      schema: {
        summary: 'Say how fast an engine is',
        tags,
        body: benchmarkBody,
        response: { 200: textAnswer, ...errorAnswers }
      }
    },
    async (request, reply) => {
      const { engine_id, benchmark_time } = request.body
      await dispatch.benchmark(engine_id, benchmark_time)
      return sendText(reply, `Benchmark result received from engine ${engine_id}`)
    }
  )
  app.delete<{ Params: { id: string } }>(
    '/engines/:id',
    {
      config: { scopes: ['admin'] },
      schema: {
        summary: 'Forget an engine; its jobs wait again',
        tags,
        params: z.object({ id: z.string() }),
        response: { 200: removedAnswer, ...errorAnswers }
      }
    },
    async (request, reply) => {
      if (!(await dispatch.removeEngine(request.params.id))) throw new Problem(404, 'Engine not found', { text: true })
      return sendJson(reply, '{"message":"Engine deregistered"}')
    }
  )
}

/** `/assign_job/`: an engine asks for work. */
export function addAssignRoute(app: FastifyInstance, face: Face): void {
  const { dispatch } = face
  const limit = new RunningLimit(dispatch, face.settings.maxRunning)
  app.post<{ Body: AssignBody }>(
    '/assign_job/',
    {
      config: {
        scopes: ['work'],
        plainErrors: { field: 'engine_id', missing: 'Missing engine_id', malformed: 'Invalid JSON' }
      },
      schema: {
        summary: 'Ask for a job',
        tags,
        body: assignBody,
        response: { 200: jobAnswer, 204: z.undefined().describe('Nothing waits for this engine'), ...errorAnswers }
      }
    },
    async (request, reply) => {
      const { engine_id, capabilities } = request.body
      const job = await limit.within(() => dispatch.assign(engine_id, capabilities)).catch(unregistered)
      if (job === undefined) return reply.code(204).send()
      whenUnanswered(request, reply, () => takeBack(face, job, engine_id))
      return sendJob(face, request, reply, job)
    }
  )
}

/** A caller that hung up before it was answered has not heard of its job. */
function whenUnanswered(request: FastifyRequest, { raw }: FastifyReply, act: () => void): void {
  let answered = false
  raw.once('finish', () => {
    answered = true
  })
  raw.once('close', () => {
    if (!answered) act()
  })
  if (request.raw.socket.destroyed) act()
}

/** What fails here is left to the time that an engine may be silent or get no further. */
function takeBack({ dispatch, log }: Face, job: DispatchJob, engineId: string): void {
  dispatch.unheard(job, engineId).catch((thrown: unknown) => {
    log.warn('A job that its engine did not hear of could not be taken back', {
      jobId: job.id,
      error: toJobError(thrown).code
    })
  })
}

function unregistered(thrown: unknown): never {
  if (toJobError(thrown).code !== 'unknown-engine') throw thrown
  throw new Problem(404, 'Engine not registered', { text: true })
}

/** What the beat leaves out stays out, so that it is merged with what is known. */
function beatOf(body: HeartbeatBody) {
  const {
    engine_id: id,
    engine_type: engineType,
    supported_codecs: supportedCodecs,
    status: said,
    storage_capacity_gb: storageCapacityGb,
    streaming_support: streamingSupport,
    hostname,
    benchmark_time: benchmarkS,
    local_job_queue: localJobQueue,
    ...other
  } = body
  const known = {
    engineType,
    supportedCodecs,
    said,
    storageCapacityGb,
    streamingSupport,
    hostname,
    benchmarkS,
    localJobQueue
  }
  const told = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as typeof known
  return Object.keys(other).length === 0 ? { id, ...told } : { id, ...told, other }
}
