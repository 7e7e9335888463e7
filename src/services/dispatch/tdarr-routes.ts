import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { errorAnswers, tdarrAnswer } from './answer-schemas.ts'
import { sendJson } from './face.ts'

const tags = ['node']

const submitted = z
  .object({ status: z.literal('submitted_to_tdarr'), tdarr_job_id: z.string() })
  .describe('Where there is a Tdarr, which is never here')

/** `/tdarr/`: what a deployed server answers that has no Tdarr beside it. None is ever asked from here. */
export function addTdarrRoutes(app: FastifyInstance): void {
  app.get(
    '/tdarr/status',
    {
      config: { scopes: ['read'] },
      schema: { summary: 'Say that there is no Tdarr', tags, response: { 200: tdarrAnswer, ...errorAnswers } }
    },
    (_request, reply) => sendJson(reply, '{"tdarr_server":"offline"}')
  )
  app.post(
    '/tdarr/submit',
    {
      config: { scopes: ['submit'] },
      schema: {
        summary: 'Refuse a job for Tdarr',
        tags,
        body: z.unknown(),
        response: { 200: submitted, 502: z.object({ error: z.string() }).describe('Always'), ...errorAnswers }
      }
    },
    (_request, reply) => sendJson(reply.code(502), '{"error":"Failed to submit job to Tdarr"}')
  )
}
