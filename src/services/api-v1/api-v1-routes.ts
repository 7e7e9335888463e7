import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { DispatchApi, ServiceApi } from '../../engine/service-api.ts'
import type { ServiceLog } from '../host/service.ts'
import { type ErrorAnswer, errorAnswer, refusal } from './error-answer.ts'
import { addEventRoutes } from './event-routes.ts'
import { type FeedOptions, JobFeed, ordinaryFeed } from './job-feed.ts'
import { addJobRoutes } from './job-routes.ts'
import { KeyStreams } from './key-streams.ts'
import { addNodeRoutes } from './node-routes.ts'
import { addResultRoute } from './result-route.ts'

export interface ApiV1Options {
  api: ServiceApi
  /** Aborted when the service ends: event streams end with it. */
  signal: AbortSignal
  log: Pick<ServiceLog, 'warn'>
  /** Tries again of a job whose submission does not say; 3 where absent, as distconv. */
  maxRetries?: number | undefined
  /** What takes submissions; throws where none is taken now (`queue-full`). The core itself where absent. */
  submissions?: Pick<DispatchApi, 'submit'> | undefined
  feed?: Partial<FeedOptions> | undefined
}

const maxBodyBytes = 256 * 1024
const distconvMaxRetries = 3

/**
 * Microtome's own API, under `/api/v1`: jobs by URL, their results and their events, the outside engines, how the node is. To be
 * registered without a prefix, after the authentication (its routes name their scopes) and after the documents that are to show it.
 */
export const apiV1Routes: FastifyPluginAsync<ApiV1Options> = async (app, options) => {
  await app.register(async (scope) => addRoutes(scope, options), { prefix: '/api/v1' })
}

async function addRoutes(scope: FastifyInstance, options: ApiV1Options): Promise<void> {
  const { api, signal, log } = options
  scope.setValidatorCompiler(validatorCompiler)
  scope.setSerializerCompiler(serializerCompiler)
  scope.setErrorHandler((thrown, request, reply) => {
    const answer = errorAnswer(thrown)
    if (answer.isBug)
      log.warn('A request failed by a fault of ours', { route: request.routeOptions.url, ...traceOf(thrown) })
    return send(reply.headers(headersOf(thrown)), answer)
  })
  scope.setNotFoundHandler((_request, reply) => send(reply, errorAnswer(refusal(404))))
  readJsonOnly(scope)
  const feed = new JobFeed(api.dispatch, { ...ordinaryFeed, ...options.feed })
  const ofKeys = new KeyStreams(api.keys)
  const endStreams = () => {
    feed.close()
    ofKeys.close()
  }
  if (signal.aborted) endStreams()
  signal.addEventListener('abort', endStreams, { once: true })
  scope.addHook('preClose', async () => endStreams())
  addJobRoutes(scope, {
    dispatch: api.dispatch,
    maxRetries: options.maxRetries ?? distconvMaxRetries,
    submissions: options.submissions ?? api.dispatch
  })
  await addResultRoute(scope, api.dispatch)
  addEventRoutes(scope, { dispatch: api.dispatch, feed, ofKeys })
  addNodeRoutes(scope, api)
}

function send(reply: FastifyReply, { status, body, retryAfterS }: ErrorAnswer) {
  if (retryAfterS !== undefined) reply.header('retry-after', retryAfterS)
  return reply.code(status).type('application/json; charset=utf-8').send(body)
}

/** Such as `Content-Range` of a 416. */
function headersOf(thrown: unknown): Record<string, string> {
  const { headers } = thrown instanceof Error ? (thrown as { headers?: Record<string, string> }) : {}
  return headers ?? {}
}

/** What failed and where, without its message: it may quote what was sent. */
function traceOf(thrown: unknown): { error: string; at?: string | undefined } {
  if (!(thrown instanceof Error)) return { error: typeof thrown }
  return {
    error: thrown.name,
    at: thrown.stack
      ?.split('\n')
      .find((line) => line.startsWith('    at '))
      ?.trim()
  }
}

/** No body is none, whatever its type is said to be: clients name one where they send nothing. */
function readJsonOnly(scope: FastifyInstance): void {
  const parse = scope.getDefaultJsonParser('error', 'error')
  const options = { parseAs: 'string', bodyLimit: maxBodyBytes } as const
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser<string>('application/json', options, (request, body, done) =>
    body.trim() === '' ? done(null, undefined) : parse(request, body, done)
  )
  scope.addContentTypeParser<string>('*', options, (_request, body, done) =>
    body.trim() === '' ? done(null, undefined) : done(refusal(415))
  )
}
