import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { DispatchApi } from '../../engine/service-api.ts'
import type { EventStream } from './event-stream.ts'
import type { JobFeed } from './job-feed.ts'
import { jobOf } from './job-routes.ts'
import { type JobParams, jobParams } from './job-schemas.ts'
import type { KeyStreams } from './key-streams.ts'
import { operation } from './operation.ts'

const readers = { scopes: ['read', 'submit'] as const }

export interface EventParts {
  dispatch: DispatchApi
  feed: JobFeed
  /** Streams end with the key that they were asked for with. */
  ofKeys: KeyStreams
}

/** Changes of jobs as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export function addEventRoutes(app: FastifyInstance, { dispatch, feed, ofKeys }: EventParts): void {
  const open = (request: FastifyRequest, reply: FastifyReply, stream: EventStream) => {
    if (request.apiKey) ofKeys.add(stream, request.apiKey.id)
    return send(reply, stream)
  }
  // A HEAD of theirs would read an endless stream.
  const ofAll = { schema: hearingAll, config: { scopes: ['read'] as const }, exposeHeadRoute: false }
  app.get('/events', ofAll, async (request, reply) => open(request, reply, feed.all(lastEventId(request))))
  const ofOne = { schema: hearingOne, config: readers, exposeHeadRoute: false }
  app.get<{ Params: JobParams }>('/jobs/:id/events', ofOne, async (request, reply) => {
    const stream = feed.one(jobOf(dispatch, request.params.id).id, lastEventId(request))
    return stream ? open(request, reply, stream) : reply.code(204).send()
  })
}

function lastEventId({ headers }: FastifyRequest): string | undefined {
  const id = headers['last-event-id']
  return typeof id === 'string' && id !== '' ? id : undefined
}

function send(reply: FastifyReply, stream: Readable) {
  return reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(stream)
}

const events = { type: 'text/event-stream', schema: z.string() }
const headers = z.looseObject({
  'last-event-id': z
    .string()
    .max(100)
    .optional()
    .describe('The id of the last event that was seen; browsers send it by themselves')
})

const hearingAll = operation({
  operationId: 'hearJobs',
  tag: 'events',
  summary: 'Hear of every change of a job',
  description: [
    'Events, as EventSource reads them: `job` with the job as it is now; `removed` with the job_id of one that is gone; `reset`',
    'after more changes than are remembered (fetch the list anew). What happens to a job within a moment is one event.',
    'Without Last-Event-ID the stream begins now: open it first, then fetch the list, and nothing is missed.',
    'A reader that takes nothing for half a minute is cut, and may come back. The stream of a key that is revoked ends.'
  ].join(' '),
  headers,
  answers: { 200: { description: 'A stream without end.', ...events } },
  failures: [400, 503]
})
const hearingOne = operation({
  operationId: 'hearJob',
  tag: 'events',
  summary: 'Hear of every change of one job',
  description: 'Begins with the job as it is, and ends when the job has ended.',
  params: jobParams,
  headers,
  answers: {
    200: { description: 'Events `job`, as in /api/v1/events.', ...events },
    204: { description: 'The job has ended, and the caller has seen that: there is nothing to come back for.' }
  },
  failures: [404, 503]
})
