import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyPluginAsync } from 'fastify'
import { documentRoute, documentSchemas } from './document.ts'
import { hostPaths } from './host-paths.ts'

export interface ApiDocsOptions {
  title: string
  /** Of the product. */
  version: string
}

const plugin: FastifyPluginAsync<ApiDocsOptions> = async (app, { title, version }) => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, version, description },
      tags: [
        { name: 'jobs', description: 'Submit, look at, list, cancel and retry jobs; download results' },
        { name: 'events', description: 'Hear of changes while they happen' },
        { name: 'engines', description: 'Programs outside of the lab that poll for jobs' },
        { name: 'system', description: 'How this server is' }
      ],
      components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-API-Key' } } },
      security: [{ key: [] }],
      paths: hostPaths()
    },
    transform: documentRoute,
    transformObject: documentSchemas
  })
  await app.register(async (scope) => {
    // The page and the document tell nothing of jobs, and a browser that opens them has no way to send a key.
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, scopes: 'open' }
    })
    await scope.register(swaggerUi, { routePrefix: '/docs', staticCSP: pagePolicy, uiConfig: { docExpansion: 'list' } })
  })
}

/**
 * OpenAPI 3.1 of all routes of `app` that are added from now on, made of their schemas: `/docs` for people, without anything from
 * elsewhere, `/docs/json` for programs. To be registered before them; the name tells Fastify that it is for the whole of `app`.
 */
export const apiDocs = Object.assign(plugin, { [Symbol.for('skip-override')]: true })

const description = [
  'Jobs by URL for programs: what is at a URL is converted by whoever of the lab is best, or by an outside engine.',
  'Keys are made with `microtome keys create`; a route names the scopes of which a key needs one as `x-scopes`.',
  'Routes below /api/v1 are the own ones; the others are as distconv has them.'
].join(' ')

/** Instead of the host's: the page styles itself inline, and must not be sent to HTTPS where there is none. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')
