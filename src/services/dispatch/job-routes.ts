import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { DispatchJob } from '../../engine/service-api.ts'
import { toJobError } from '../../shared/errors.ts'
import { errorAnswers, jobAnswer, progressAnswer } from './answer-schemas.ts'
import {
  type ChangeBody,
  type CompleteBody,
  changeBody,
  completeBody,
  type FailBody,
  failBody,
  type ProgressBody,
  progressBody
} from './bodies.ts'
import { type Face, sendJob, sendJson } from './face.ts'
import { jobOf } from './job-id.ts'
import { priorityOf } from './priorities.ts'
import { Problem } from './problems.ts'

interface OfJob {
  Params: { id: string }
}

const params = z.object({ id: z.string() })
const schemaOf = (summary: string, answer: z.ZodType = jobAnswer) => ({
  summary,
  tags: ['jobs'],
  params,
  response: { 200: answer, ...errorAnswers }
})

/** `/jobs/{id}`: look, change, cancel, try again. */
export function addJobRoutes(app: FastifyInstance, face: Face): void {
  const { dispatch } = face
  app.get<OfJob>(
    '/jobs/:id',
    { config: { scopes: ['read', 'submit', 'work'] }, schema: schemaOf('Look at a job') },
    (request, reply) => sendJob(face, request, reply, jobOf(dispatch, request.params.id))
  )
  app.put<OfJob & { Body: ChangeBody }>(
    '/jobs/:id',
    {
      config: { scopes: ['submit'] },
      schema: { ...schemaOf('Change priority, retries or requirements of a job that has not ended'), body: changeBody }
    },
    async (request, reply) => {
      const job = jobOf(dispatch, request.params.id, 'json')
      refuseOtherChanges(request.body, job, face)
      return sendJob(face, request, reply, await dispatch.change(job.id, changeOf(request.body)))
    }
  )
  app.post<OfJob>(
    '/jobs/:id/cancel',
    { config: { scopes: ['submit'] }, schema: schemaOf('Cancel a job') },
    async (request, reply) => {
      const job = jobOf(dispatch, request.params.id)
      const cancelled = dispatch.cancel(job.id)
      const refusal = () => ({ details: `Current status: ${face.answers.word(dispatch.get(job.id) ?? job)}` })
      return sendJob(
        face,
        request,
        reply,
        await orWrongState(cancelled, 'Job cannot be cancelled in current state', refusal)
      )
    }
  )
  app.post<OfJob>(
    '/jobs/:id/retry',
    { config: { scopes: ['submit'] }, schema: schemaOf('Try a failed or cancelled job again') },
    async (request, reply) => {
      const job = jobOf(dispatch, request.params.id)
      const refusal = () => ({ details: `Job ID: ${job.id}` })
      const waiting = orWrongState(dispatch.retry(job.id), 'Job is not in a failed or cancelled state', refusal)
      return sendJob(face, request, reply, await waiting)
    }
  )
}

/** `/jobs/{id}/complete` and its like: what engines say of a job that they hold. */
export function addJobReportRoutes(app: FastifyInstance, face: Face): void {
  const { dispatch, answers } = face
  const config = { scopes: ['work'] as const }
  app.post<OfJob & { Body: CompleteBody }>(
    '/jobs/:id/complete',
    { config, schema: { ...schemaOf('Say that a job is done'), body: completeBody } },
    async (request, reply) => {
      const job = jobOf(dispatch, request.params.id)
      const { output_url, engine_id } = request.body
      if (output_url === undefined && answers.needsOutputUrl)
        throw new Problem(400, "Bad Request: 'output_url' is missing or not a string.")
      return sendJob(face, request, reply, await dispatch.complete(job.id, output_url ?? '', engine_id))
    }
  )
  app.post<OfJob & { Body: FailBody }>(
    '/jobs/:id/fail',
    { config, schema: { ...schemaOf('Say that a try failed'), body: failBody } },
    async (request, reply) => {
      const job = jobOf(dispatch, request.params.id)
      const { error_message = 'Job reported failure', engine_id } = request.body
      return sendJob(face, request, reply, await dispatch.fail(job.id, error_message, engine_id))
    }
  )
  app.post<OfJob & { Body: ProgressBody }>(
    '/jobs/:id/progress',
    { config, schema: { ...schemaOf('Say how far a job is', progressAnswer), body: progressBody } },
    async (request, reply) => {
      const job = jobOf(dispatch, request.params.id, 'json')
      const { progress, message = '', engine_id } = request.body
      await dispatch.report(job.id, progress, message, engine_id)
      return sendJson(reply, JSON.stringify({ job_id: job.id, progress, message }))
    }
  )
}

/** Words a refusal for the job's state as deployed programs do. */
async function orWrongState(
  changed: Promise<DispatchJob>,
  message: string,
  options: () => { details: string }
): Promise<DispatchJob> {
  try {
    return await changed
  } catch (thrown) {
    if (toJobError(thrown).code !== 'wrong-state') throw thrown
    throw new Problem(400, message, options())
  }
}

function changeOf({ priority, max_retries, resource_requirements }: ChangeBody) {
  return {
    ...(priority !== undefined && { priority: priorityOf(priority) }),
    ...(max_retries !== undefined && { maxRetries: max_retries }),
    ...(resource_requirements !== undefined && { resourceRequirements: resource_requirements })
  }
}

/**
 * Deployed programs let anybody write any field. Here what a job is and where it stands follows from what happens to it: to send such a
 * field back as it was read is fine, to ask for another value is not, and is said instead of passed over.
 */
function refuseOtherChanges(body: Record<string, unknown>, job: DispatchJob, { answers }: Face): void {
  const now: Record<string, unknown> = {
    job_id: job.id,
    source_url: job.sourceUrl,
    target_codec: job.targetCodec,
    job_size: job.jobSizeMb,
    status: answers.word(job)
  }
  for (const [field, value] of Object.entries(now))
    if (body[field] !== undefined && body[field] !== value)
      throw new Problem(400, `Bad Request: '${field}' cannot be changed.`, {
        details: 'priority, max_retries and resource_requirements can; a job ends by complete, fail or cancel'
      })
}
