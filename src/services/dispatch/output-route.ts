import { existsSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import serveStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { errorAnswers, problem } from './answer-schemas.ts'
import type { Face } from './face.ts'
import { jobOf } from './job-id.ts'
import { Problem } from './problems.ts'

/** `/jobs/{id}/output`: the result of a job that one of the lab's own nodes ran. Ranges and ETags are the library's. */
export async function addOutputRoute(app: FastifyInstance, { dispatch }: Face): Promise<void> {
  if (!app.hasReplyDecorator('sendFile')) await app.register(serveStatic, { serve: false, root: undefined })
  app.get<{ Params: { id: string } }>(
    '/jobs/:id/output',
    {
      config: { scopes: ['read', 'submit'] },
      schema: {
        summary: 'Fetch the result of a job that this lab converted itself',
        tags: ['jobs'],
        params: z.object({ id: z.string() }),
        response: {
          200: bytes('The file, with an ETag'),
          206: bytes('The range of it that was asked for'),
          304: z.undefined().describe('The caller has it already'),
          416: problem('The file has no such range'),
          ...errorAnswers
        }
      }
    },
    async (request, reply) => {
      const job = jobOf(dispatch, request.params.id)
      const file = await dispatch.result(job.id)
      if (file === undefined || !existsSync(file.path))
        throw new Problem(404, 'Job has no output here', { text: true, details: whyNot(job) })
      return reply
        .type(file.type)
        .header('content-disposition', dispositionOf(file.name))
        .header('x-content-type-options', 'nosniff')
        .sendFile(basename(file.path), dirname(file.path), {
          contentType: false,
          cacheControl: false
        })
    }
  )
}

const bytes = (description: string) => ({ description, content: { '*/*': { schema: z.any() } } })

function whyNot(job: { state: string; outputUrl?: string | undefined }): string {
  if (job.state !== 'completed') return 'It is not completed'
  return job.outputUrl ? 'It lies where output_url says' : 'It was kept for a time and is gone'
}

/** RFC 6266: letters outside of ASCII go into `filename*`. */
function dispositionOf(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16)}`
  )
  return plain === name
    ? `attachment; filename="${plain}"`
    : `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
