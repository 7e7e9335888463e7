import type { FastifyInstance } from 'fastify'
import { errorAnswers, jobAnswer, jobListAnswer } from './answer-schemas.ts'
import { type ListQuery, listQuery, type SubmitBody, submitBody } from './bodies.ts'
import { profileOfCodec } from './codecs.ts'
import { type Face, originOf, sendJob, sendJson } from './face.ts'
import { priorityOf } from './priorities.ts'
import { statesOf } from './states.ts'

/** `/jobs/`: submit and list. The slash belongs to it; `/jobs` is another interface's. */
export function addJobsRoutes(app: FastifyInstance, face: Face): void {
  app.post<{ Body: SubmitBody }>(
    '/jobs/',
    {
      config: { scopes: ['submit'] },
      schema: {
        summary: 'Submit a job',
        tags: ['jobs'],
        body: submitBody,
        response: { [face.answers.submitted]: jobAnswer, ...errorAnswers }
      }
    },
    async (request, reply) => {
      const job = await face.submissions.submit(wishOf(request.body, face))
      return sendJob(face, request, reply.code(face.answers.submitted), job)
    }
  )
  app.get<{ Querystring: ListQuery }>(
    '/jobs/',
    {
      config: { scopes: ['read', 'submit'] },
      schema: {
        summary: 'List jobs, the newest first',
        tags: ['jobs'],
        querystring: listQuery,
        response: { 200: jobListAnswer, ...errorAnswers }
      }
    },
    (request, reply) => sendJson(reply, listBytes(face, request.query, originOf(face, request)))
  )
}

function wishOf(body: SubmitBody, { settings }: Face) {
  const profile = profileOfCodec(body.target_codec)
  if (profile === undefined) throw new Error('the schema let an unknown codec pass')
  return {
    sourceUrl: body.source_url,
    targetCodec: body.target_codec,
    profile,
    jobSizeMb: body.job_size ?? 0,
    maxRetries: body.max_retries ?? settings.defaultMaxRetries,
    priority: priorityOf(body.priority ?? 0),
    sinkUrl: body.sink_url,
    resourceRequirements: body.resource_requirements
  }
}

function listBytes({ dispatch, answers, wordList }: Face, query: ListQuery, origin: string): Buffer {
  const { limit = answers.listLimit, offset = 0, status } = query
  const states = status === undefined ? undefined : statesOf(status)
  const { jobs, total } = dispatch.list({ states, limit, offset })
  const envelope = { before: '{"jobs":', after: `,"total":${total},"limit":${limit},"offset":${offset}}` }
  return wordList(jobs, origin, answers.bareLists ? undefined : envelope)
}
