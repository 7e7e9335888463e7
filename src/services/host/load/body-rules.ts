import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { errorBody } from './ordinary-answers.ts'

/** A body of up to this size has to arrive in time; routes that take more are for files, which may take hours. */
const largestHastyBytes = 16 * 2 ** 20

/**
 * A POST with neither body nor length is a request without a body, whatever type it names: `curl -X POST` and clients of heartbeats
 * send such. Fastify would call an empty body that names JSON malformed.
 */
export function acceptMissingBodies(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (!announcesBody(request.headers)) delete request.headers['content-type']
    done()
  })
}

/** Ends requests whose body trickles in: answered 408 after `patienceMs`, then the connection closes. */
export function limitSlowBodies(app: FastifyInstance, patienceMs: number): void {
  app.addHook('preParsing', (request, reply, _payload, done) => {
    if (announcesBody(request.headers) && request.routeOptions.bodyLimit <= largestHastyBytes)
      watch(request.raw, reply, patienceMs)
    done()
  })
}

function watch(raw: IncomingMessage, reply: FastifyReply, patienceMs: number): void {
  const timer = setTimeout(() => {
    if (reply.sent) return
    const message = `The body did not arrive within ${patienceMs / 1000} s.`
    void reply.code(408).header('connection', 'close').send(errorBody('slow-body', message))
  }, patienceMs)
  const arrived = () => clearTimeout(timer)
  raw.once('end', arrived).once('close', arrived)
  // A request that was refused while its body came neither ends nor closes.
  reply.raw.once('close', arrived)
}

function announcesBody(headers: IncomingHttpHeaders): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}
