import { STATUS_CODES } from 'node:http'
import type { SwaggerTransform, SwaggerTransformObject } from '@fastify/swagger'
import type { FastifySchema } from 'fastify'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { OpenAPIV3_1 } from 'openapi-types'
import { z } from 'zod'

const fromZod = createJsonSchemaTransform({ skipList: [] })
const schemasFromZod = createJsonSchemaTransformObject({})

/** What swagger makes the document of: a route's zod schemas, and who may use it, as its `config.scopes` says. */
export const documentRoute: SwaggerTransform = (route) => {
  const { schema, url } = route
  // Files of pages: nobody calls these by a document.
  if (url.includes('*')) return { schema: { ...schema, hide: true }, url }
  const described = schema && Object.values(partsOf(schema)).some(isZod) ? fromZod(route) : { schema, url }
  return { url: described.url, schema: { ...described.schema, ...accessOf(route.route.config?.scopes) } }
}

/** The document with the schemas that its routes refer to, and no others of this process. */
export const documentSchemas: SwaggerTransformObject = (document) => {
  // Ours is never the older form, without components.
  const whole = schemasFromZod(document) as OpenAPIV3_1.Document
  completeAnswers(whole)
  const { components, ...rest } = whole
  const schemas = components?.schemas ?? {}
  const used = reachable(rest, schemas)
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)))
  return { ...rest, components: { ...components, schemas: kept } }
}

/** What a route does not say of its answers: what a status is called, and what the guard of keys answers. */
function completeAnswers({ paths }: OpenAPIV3_1.Document): void {
  const operations = Object.values(paths ?? {}).flatMap((item) => Object.values(item ?? {})) as Operation[]
  for (const operation of operations) {
    operation.responses = { ...(operation['x-scopes'] && refusals), ...operation.responses }
    for (const [status, answer] of Object.entries(operation.responses))
      if ('description' in answer && answer.description === unnamed) answer.description = STATUS_CODES[status] ?? status
  }
}

type Operation = OpenAPIV3_1.OperationObject<{ 'x-scopes'?: readonly string[] }>

/** What swagger writes there. */
const unnamed = 'Default Response'

const refusals = {
  401: { description: 'The key is missing or wrong.' },
  403: { description: 'The key may not do this.' },
  429: { description: 'Too many requests; Retry-After says when to come back.' }
}

function accessOf(scopes: readonly string[] | 'open' | undefined) {
  if (scopes === undefined) return {}
  return scopes === 'open' ? { security: [] } : { 'x-scopes': scopes }
}

/** All schemas of a route, those of its answers by status and by type, too. */
function partsOf({ params, querystring, body, headers, response }: FastifySchema): unknown[] {
  const answers = Object.values(response ?? {}).flatMap((answer: unknown) => [answer, ...contentsOf(answer)])
  return [params, querystring, body, headers, ...answers]
}

function contentsOf(answer: unknown): unknown[] {
  const { content } = (answer ?? {}) as { content?: Record<string, { schema?: unknown }> }
  return Object.values(content ?? {}).map(({ schema }) => schema)
}

const isZod = (schema: unknown) => schema instanceof z.core.$ZodType

const reference = /"#\/components\/schemas\/([^"]+)"/g

function reachable(from: unknown, schemas: Record<string, unknown>): Set<string> {
  const found = new Set<string>()
  const queue: unknown[] = [from]
  while (queue.length > 0)
    for (const [, name = ''] of JSON.stringify(queue.pop()).matchAll(reference)) {
      if (found.has(name) || !(name in schemas)) continue
      found.add(name)
      queue.push(schemas[name])
    }
  return found
}
