import type { FastifyReply, FastifyRequest } from 'fastify'
import { Histogram, Registry } from 'prom-client'

const bucketsS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** How long the answers of one service took. */
export class HttpMetrics {
  readonly registry = new Registry()
  readonly #durations = new Histogram({
    name: 'microtome_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: bucketsS,
    registers: [this.registry]
  })

  /** `route` is the pattern, never the address: that may hold ids and what somebody made up. */
  observe(request: FastifyRequest, reply: FastifyReply): void {
    if (isEventStream(reply)) return
    const route = request.routeOptions.url ?? '(none)'
    this.#durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
  }
}

/** Lasts as long as somebody listens, which says nothing of how fast we are. */
function isEventStream(reply: FastifyReply): boolean {
  const type = reply.getHeader('content-type') ?? reply.raw.getHeader('content-type')
  return typeof type === 'string' && type.startsWith('text/event-stream')
}
