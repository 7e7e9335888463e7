import { createReadStream } from 'node:fs'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import serveStatic from '@fastify/static'
import websocket from '@fastify/websocket'
import { onError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { WebSocket } from 'ws'
import type { ServiceApi } from '../../engine/service-api.ts'
import { toRpcError } from '../../shared/contract/rpc-error.ts'
import { toJobError } from '../../shared/errors.ts'
import type { SetupFunction } from '../host/service.ts'
import { addResultRoutes } from './results-routes.ts'
import { isLoopbackHost, isOwnOrigin, Session } from './session.ts'

export interface DashboardOptions {
  /** New for every start; whoever has it is this user. */
  token: string
  /** Folder of the built page. */
  pageDir: string
  /** A handler threw something that is a bug of ours. */
  onBug: (thrown: unknown) => void
}

const maxMessageBytes = 64 * 2 ** 20
/** A list of 10,000 jobs, the largest answer, has some 10 MB. */
const maxUnreadBytes = 64 * 2 ** 20

/**
 * The local door as a service of the host: the page, its WebSocket, uploads and results. It is for this user on this computer, whatever
 * listener leads to it: the guard looks at every request.
 */
export const dashboard =
  (options: DashboardOptions): SetupFunction =>
  async (server, { api }) => {
    // First: what is registered later takes it over.
    server.setErrorHandler((thrown, _request, reply) => sendError(reply, thrown, options.onBug))
    await server.register(cookie)
    await server.register(helmet, {
      contentSecurityPolicy: { directives: contentSecurityPolicy },
      strictTransportSecurity: false
    })
    await server.register(websocket, { options: { maxPayload: maxMessageBytes, handleProtocols: chooseProtocol } })
    addGuard(server, new Session(options.token, api.nodeId))
    addRpc(server, api, options.onBug)
    addUploads(server, api)
    addImages(server, api)
    addResultRoutes(server, api)
    await server.register(serveStatic, { root: options.pageDir, cacheControl: true, maxAge: '1h', immutable: false })
    // Of its own, so that the guard stands before what is not there, too.
    server.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'There is nothing at this address.' }))
    return undefined
  }

const contentSecurityPolicy = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  mediaSrc: ["'self'", 'blob:'],
  connectSrc: ["'self'", 'ws://127.0.0.1:*', 'ws://localhost:*'],
  objectSrc: ["'none'"],
  frameAncestors: ["'none'"],
  upgradeInsecureRequests: null
}

/** Turns away everything without the token, before any route. The first visit carries it in the address and gets a cookie. */
function addGuard(server: FastifyInstance, session: Session): void {
  server.addHook('onRequest', async (request, reply) => {
    if (!isLoopbackHost(request.headers.host) || !isOwnOrigin(request.headers.origin, request.headers.host))
      return reply.code(403).send({ error: 'This door is for pages of this computer only.' })
    const query = request.query as { token?: unknown }
    if (request.method === 'GET' && typeof query.token === 'string' && session.isValid(query.token))
      return reply
        .setCookie(session.cookieName, query.token, { httpOnly: true, sameSite: 'strict', path: '/' })
        .redirect('/', 303)
    if (!session.allows(request)) return reply.code(401).type('text/html').send(lockedPage)
    return undefined
  })
}

const lockedPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Microtome</title>
<body style="font:16px/1.5 system-ui;max-width:34rem;margin:20vh auto;padding:0 1rem">
<h1 style="font-size:1.3rem">This page belongs to a running Microtome</h1>
<p>It opens with the address that Microtome printed at its start, which is new every time.
<code>microtome status</code> shows it again.</p></body></html>`

function chooseProtocol(offered: Set<string>): string | false {
  return offered.has('microtome') ? 'microtome' : false
}

function addRpc(server: FastifyInstance, api: ServiceApi, onBug: DashboardOptions['onBug']): void {
  const handler = new RPCHandler(api.localRouter, {
    clientInterceptors: [
      onError((thrown) => {
        const error = toRpcError(thrown)
        if (error.status >= 500) onBug(thrown)
        throw error
      })
    ]
  })
  server.get('/rpc', { websocket: true }, (socket) => {
    socket.on('error', () => socket.terminate())
    handler.upgrade(bounded(socket)).catch(onBug)
  })
}

/** A page that the browser froze reads nothing and still hears of everything: it is cut off, and comes back when it wakes. */
function bounded(socket: WebSocket): Pick<WebSocket, 'send' | 'addEventListener'> {
  return {
    addEventListener: socket.addEventListener.bind(socket),
    send: (data: Parameters<WebSocket['send']>[0]) => {
      if (socket.bufferedAmount > maxUnreadBytes) socket.terminate()
      else socket.send(data)
    }
  }
}

function addUploads(server: FastifyInstance, api: ServiceApi): void {
  server.register(async (scope) => {
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    scope.removeContentTypeParser(['application/json', 'text/plain'])
    scope.put<{ Params: { id: string } }>(
      '/uploads/:id',
      { bodyLimit: Number.MAX_SAFE_INTEGER },
      async (request, reply) => {
        const offset = Number(request.headers['upload-offset'])
        if (!Number.isSafeInteger(offset) || offset < 0)
          return reply.code(400).send({ error: 'The header Upload-Offset must be a whole number of bytes.' })
        const outcome = await api.receiveUpload(request.params.id, offset, request.raw)
        return reply.code(outcome.accepted ? 200 : 409).send({ received: outcome.received })
      }
    )
  })
}

function addImages(server: FastifyInstance, api: ServiceApi): void {
  const send = (reply: FastifyReply, path: string | undefined) =>
    path
      ? reply.type('image/jpeg').header('Cache-Control', 'private, max-age=3600').send(createReadStream(path))
      : reply.code(404).send({ error: 'There is no thumbnail.' })
  server.get<{ Params: { token: string } }>('/thumbs/:token', async (request, reply) =>
    send(reply, await api.thumbnail(request.params.token))
  )
  server.get<{ Params: { jobId: string } }>('/jobs/:jobId/thumb', async (request, reply) =>
    send(reply, await api.jobThumbnail(request.params.jobId))
  )
  server.get<{ Params: { name: string } }>('/submissions/:name', async (request, reply) => {
    const match = /^([\w-]+)\.csv$/.exec(request.params.name)
    const csv = match?.[1] === undefined ? undefined : await api.submissionCsv(match[1])
    if (csv === undefined) return reply.code(404).send({ error: 'There is no such submission.' })
    return reply
      .type('text/csv; charset=utf-8')
      .header('Content-Disposition', 'attachment; filename="microtome-submission.csv"')
      .send(csv)
  })
}

function sendError(reply: FastifyReply, thrown: unknown, onBug: (thrown: unknown) => void) {
  const status = thrown instanceof Error && 'statusCode' in thrown ? Number(thrown.statusCode) : undefined
  if (status !== undefined && status < 500) return reply.code(status).send({ error: (thrown as Error).message })
  const error = toJobError(thrown)
  if (error.class === 'bug') onBug(thrown)
  return reply.code(error.class === 'bug' ? 500 : 400).send({ error: error.message, ...error })
}
