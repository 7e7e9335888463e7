import type { OpenAPIV3_1 } from 'openapi-types'
import { z } from 'zod'

const service = z.object({
  id: z.string(),
  name: z.string(),
  domains: z.array(z.string()),
  state: z.enum(['starting', 'running', 'failed', 'off']),
  reason: z.string().optional().describe('Of one that failed, for callers on this computer'),
  hint: z.string().optional(),
  urls: z.array(z.string()).optional()
})

const health = z.looseObject({
  status: z.literal('healthy'),
  timestamp: z.iso.datetime(),
  uptime: z.int().describe('Seconds'),
  version: z.string(),
  microservers: z.looseObject({ total: z.int(), active: z.int(), failed: z.int(), configured: z.array(service) }),
  stats: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .describe('What each service tells of itself, by its name')
})

/** What the host answers on every listener, which is no route of the service that is documented. New for each document. */
export function hostPaths(): OpenAPIV3_1.PathsObject {
  const { $schema, ...schema } = z.toJSONSchema(health, { io: 'input' })
  const answer = { description: 'The node answers.', content: { 'application/json': { schema } } }
  const summary = 'Say how the services of this node are'
  return {
    '/api/health': {
      get: { operationId: 'getHealth', summary, tags: ['system'], security: [], responses: { 200: answer } }
    }
  } as OpenAPIV3_1.PathsObject
}
