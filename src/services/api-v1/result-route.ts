import { basename, dirname } from 'node:path'
import serveStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { DispatchApi, DispatchJob } from '../../engine/service-api.ts'
import { MicrotomeError } from '../../shared/errors.ts'
import { jobOf } from './job-routes.ts'
import { type JobParams, jobParams } from './job-schemas.ts'
import { operation } from './operation.ts'

/** The bytes of results that lie on this node, with `Range`, `ETag` and `If-Range`, so that a download can go on after a cut. */
export async function addResultRoute(app: FastifyInstance, dispatch: DispatchApi): Promise<void> {
  // For `sendFile` alone; no file is served by its name.
  if (!app.hasReplyDecorator('sendFile')) await app.register(serveStatic, { root: import.meta.dirname, serve: false })
  app.get<{ Params: JobParams }>(
    '/jobs/:id/result',
    { schema, config: { scopes: ['read', 'submit'] } },
    async (request, reply) => {
      const job = jobOf(dispatch, request.params.id)
      const result = await dispatch.result(job.id)
      if (!result) throw noResult(job)
      reply.header('content-type', result.type)
      reply.header('content-disposition', attachment(result.name))
      reply.header('cache-control', 'private, no-cache')
      return reply.sendFile(basename(result.path), dirname(result.path), {
        cacheControl: false,
        contentType: false,
        dotfiles: 'allow',
        index: false
      })
    }
  )
}

function noResult(job: DispatchJob): MicrotomeError {
  if (job.hasResult) return gone()
  const elsewhere = job.outputUrl !== undefined
  return new MicrotomeError({
    code: 'no-result',
    class: 'input',
    message: elsewhere ? 'The result of this job is not kept here.' : `This job is ${job.state} and has no result.`,
    hint: elsewhere ? 'Its output_url says where it is.' : 'The events of the job tell when it is completed.'
  })
}

const gone = () =>
  new MicrotomeError({
    code: 'result-gone',
    class: 'input',
    message: 'The result of this job was kept for a time and is gone.',
    hint: 'Submit the job again. The setting keepResultsDays of the node says how long results are kept.'
  })

/** RFC 6266: the name in ASCII for old programs, then as it is. */
function attachment(name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16)}`
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

const bytes = { type: '*/*', schema: z.any() }

const schema = operation({
  operationId: 'getResult',
  tag: 'jobs',
  summary: 'Download the result of a job',
  description:
    'Of a job whose result is kept here: output_url is this address then. It is kept for a time, not for ever.',
  params: jobParams,
  headers: z.looseObject({
    range: z.string().optional().describe('bytes=a-b, to go on after a cut; with If-Range it is the same file for sure')
  }),
  answers: {
    200: { description: 'All of it, with an ETag.', ...bytes },
    206: { description: 'The range that was asked for.', ...bytes },
    304: { description: 'The caller has it already (If-None-Match).' }
  },
  failures: [404, 410, 416, 503]
})
