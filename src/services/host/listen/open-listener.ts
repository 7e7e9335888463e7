import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { MicrotomeError } from '../../../shared/errors.ts'
import { answerClientErrors } from './client-errors.ts'

/** What a listener hands on. */
export interface ListenerHandlers {
  request(request: IncomingMessage, response: ServerResponse): void
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

export interface ListenerOptions {
  host: string
  /** 0 picks a free one. */
  port: number
  /** Texts, not references. */
  tls?: { certificate: string; key: string } | undefined
}

export interface OpenListener {
  /** Where it answers, such as `http://127.0.0.1:8080`. */
  url: string
  port: number
  /** Takes no new connections from now on. */
  stop(): void
  /** Closes every connection: those with a running request when it is answered, at the latest after `graceMs`. */
  close(graceMs: number): Promise<void>
}

/** Files may take hours; what trickles in is met by the idle limit and, for small bodies, by the services' own. */
const timeouts = { headersTimeout: 20_000, requestTimeout: 12 * 3_600_000, keepAliveTimeout: 72_000, idleMs: 300_000 }
/** How long a WebSocket gets to say goodbye, at most. */
const goodbyeMs = 1000

/** Opens a port. Throws `port-in-use` or `no-listener` with what to try. */
export async function openListener(options: ListenerOptions, handlers: ListenerHandlers): Promise<OpenListener> {
  const server = makeServer(options, handlers.request)
  const upgraded = new Set<Duplex>()
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket.once('close', () => upgraded.delete(socket)))
    handlers.upgrade(request, socket, head)
  })
  answerClientErrors(server)
  await listening(server, options)
  const port = portOf(server)
  const closed = Promise.withResolvers<void>()
  server.once('close', closed.resolve)
  const stop = () => {
    if (server.listening) server.close()
  }
  return {
    url: `${options.tls ? 'https' : 'http'}://${options.host.includes(':') ? `[${bare(options.host)}]` : options.host}:${port}`,
    port,
    stop,
    async close(graceMs) {
      stop()
      const said = farewell(upgraded, graceMs)
      await lastAnswers(server, closed.promise, graceMs)
      await said
      await closed.promise
    }
  }
}

function makeServer(options: ListenerOptions, onRequest: ListenerHandlers['request']): Server {
  const shared: ServerOptions = {
    headersTimeout: timeouts.headersTimeout,
    requestTimeout: timeouts.requestTimeout,
    keepAliveTimeout: timeouts.keepAliveTimeout,
    connectionsCheckingInterval: 2000,
    // Other protocols (h2c) are wishes that may be left unheard; with a listener for upgrades Node would drop them.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket'
  }
  const server = options.tls ? tlsServer(shared, options.tls, onRequest) : createServer(shared, onRequest)
  // The size of the headers is bounded; a number beyond which they are dropped in silence helps nobody.
  server.maxHeadersCount = 0
  server.timeout = timeouts.idleMs
  return server
}

function tlsServer(
  shared: ServerOptions,
  tls: { certificate: string; key: string },
  onRequest: ListenerHandlers['request']
) {
  try {
    return createTlsServer({ ...shared, cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2' }, onRequest)
  } catch (cause) {
    throw new MicrotomeError(
      {
        code: 'bad-certificate',
        class: 'input',
        message: 'Certificate and key of the listener fit no TLS server.',
        hint: "Both have to be PEM, and the key has to be the certificate's."
      },
      { cause }
    )
  }
}

async function listening(server: Server, { host, port }: ListenerOptions): Promise<void> {
  server.listen({ host: bare(host), port })
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw cantListen(host, port, cause)
  }
}

function cantListen(host: string, port: number, cause: unknown): MicrotomeError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  const taken = code === 'EADDRINUSE'
  return new MicrotomeError(
    {
      code: taken ? 'port-in-use' : 'no-listener',
      class: 'node',
      message: taken
        ? `Port ${port} of ${host} is taken by another program.`
        : `Port ${port} of ${host} can't be listened on (${code}).`,
      hint: taken
        ? 'Choose another port, or end the other program.'
        : 'Choose an address of this computer and a port that this user may use.'
    },
    { cause }
  )
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

const bare = (host: string): string => host.replace(/^\[|\]$/g, '')

/** Connections are kept alive for a next request: they are closed as they fall idle. */
async function lastAnswers(server: Server, closed: Promise<void>, graceMs: number): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), 50)
  const late = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(idle)
  clearTimeout(late)
}

/** WebSockets count as connections, too; their services have closed them by now, or never will. */
async function farewell(sockets: Set<Duplex>, graceMs: number): Promise<void> {
  if (sockets.size === 0) return
  const gone = Promise.all([...sockets].map((socket) => once(socket, 'close').catch(() => undefined)))
  const late = setTimeout(() => sockets.forEach((socket) => void socket.destroy()), Math.min(graceMs, goodbyeMs))
  await gone
  clearTimeout(late)
}
