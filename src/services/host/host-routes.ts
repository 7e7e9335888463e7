import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { ServiceState } from '../../shared/domain/services.ts'
import type { JobError } from '../../shared/errors.ts'
import { masked } from './config/references.ts'
import type { ServersConfig } from './config/schema.ts'
import type { DebugToken } from './debug-token.ts'
import { routingOf } from './listen/routing-info.ts'
import { answerErrors, errorBody } from './load/ordinary-answers.ts'

/** What the host's own answers tell. */
export interface HostFacts {
  states(): Promise<ServiceState[]>
  config(): ServersConfig
  /** Why the file is not in force. */
  configError(): JobError | undefined
  startedAtMs: number
  version: string
  isDevelopment: boolean
  /** Opens `/api/config` to whoever shows the token that is configured. */
  mayDebug: DebugToken
  isEnding(): boolean
  onBug: (thrown: unknown) => void
}

/** Paths that the host answers on every listener of faces, unless the service has them itself. */
export const hostPaths: readonly string[] = ['/api/health', '/api/config']

/** What answers for the host itself: health, configuration, and requests that no running service takes. */
export async function hostRoutes(facts: HostFacts): Promise<FastifyInstance> {
  const app = fastify({ logger: false })
  answerErrors(app, facts.onBug)
  app.get('/api/health', async (request, reply) =>
    reply.header('cache-control', 'no-store').send(await health(request, facts))
  )
  app.get<{ Querystring: { debug_token?: unknown } }>('/api/config', async ({ query }, reply) =>
    facts.isDevelopment || facts.mayDebug(query.debug_token)
      ? reply.header('cache-control', 'no-store').send(masked(facts.config()))
      : reply
          .code(403)
          .send(
            errorBody(
              'development-only',
              'The configuration is shown in development, and to whoever shows the debug token.'
            )
          )
  )
  app.setNotFoundHandler((request, reply) => refuse(request, reply, facts))
  await app.ready()
  return app
}

function refuse(request: FastifyRequest, reply: FastifyReply, { isEnding }: HostFacts) {
  if (isEnding()) return unavailable(reply, 'ending', 'This node is ending.')
  const chosen = routingOf(request.raw)?.module
  if (chosen === undefined)
    return reply.code(421).send(errorBody('unknown-host', 'No service answers under this name here.'))
  return unavailable(reply, 'not-running', `The service ${chosen} does not run.`)
}

const unavailable = (reply: FastifyReply, code: string, message: string) =>
  reply.code(503).header('connection', 'close').header('retry-after', '5').send(errorBody(code, message))

async function health(request: FastifyRequest, facts: HostFacts) {
  const states = await facts.states()
  const tellsReasons = facts.isDevelopment || isLocal(request)
  return {
    status: 'healthy',
    timestamp: new Date().toISOString(),
    uptime: Math.round((Date.now() - facts.startedAtMs) / 1000),
    version: facts.version,
    currentRequest: routingOf(request.raw),
    microservers: {
      total: states.length,
      active: states.filter(({ state }) => state === 'running').length,
      failed: states.filter(({ state }) => state === 'failed').length,
      dynamicImports: states.filter(({ state }) => state !== 'off').length,
      configured: states.map((state) => shown(state, tellsReasons))
    },
    stats: Object.fromEntries(states.map(({ name, stats }) => [name, stats ?? {}])),
    configuration: { version: facts.config().version, valid: facts.configError() === undefined },
    system: systemFigures()
  }
}

/** Reasons and addresses are for people of this computer: a proxy speaks for others. */
function shown({ id, name, domains, state, reason, hint, urls }: ServiceState, tellsReasons: boolean) {
  return { id, name, domains, state, ...(tellsReasons && { reason, hint, urls }) }
}

function isLocal({ raw, headers }: FastifyRequest): boolean {
  const address = raw.socket.remoteAddress ?? ''
  const isLoopback = address === '::1' || /^(::ffff:)?127\./.test(address)
  return isLoopback && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined
}

function systemFigures() {
  const { rss, heapUsed } = process.memoryUsage()
  return {
    memory: { rssBytes: rss, heapUsedBytes: heapUsed },
    nodeVersion: process.version,
    platform: process.platform
  }
}
