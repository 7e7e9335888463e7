import type { FastifyPluginAsync } from 'fastify'
import { Registry } from 'prom-client'
import type { ServiceApi } from '../../engine/service-api.ts'
import type { KeyScope } from '../../shared/domain/keys.ts'
import { engineMetrics } from './engine-metrics.ts'
import { HttpMetrics } from './http-metrics.ts'
import { processMetrics } from './process-metrics.ts'

export interface MetricsOptions {
  api: ServiceApi
  /** `/metrics` unless told otherwise. */
  url?: string
  /** Whose keys may look, where the service asks for keys (`host/auth`): `read` unless told otherwise; `open` is everybody. */
  scopes?: readonly KeyScope[] | 'open'
}

const plugin: FastifyPluginAsync<MetricsOptions> = async (app, { api, url = '/metrics', scopes = ['read'] }) => {
  const engine = engineMetrics(api)
  const http = new HttpMetrics()
  const all = Registry.merge([engine.registry, http.registry, processMetrics()])
  app.addHook('onResponse', async (request, reply) => http.observe(request, reply))
  const schema = { summary: 'Figures for Prometheus', tags: ['system'] }
  app.get(url, { config: { scopes }, schema }, async (_request, reply) => {
    await engine.refresh()
    return reply
      .type(all.contentType)
      .header('Cache-Control', 'no-store')
      .send(await all.metrics())
  })
}

/**
 * `GET /metrics` in Prometheus' text format: the engine's figures, the process, and how long the requests of `app` took. To be
 * registered after the keys of `host/auth` and before the routes that it is to measure; `skip-override` has Fastify use its hook
 * for the whole of `app`.
 */
export const metricsRoutes = Object.assign(plugin, { [Symbol.for('skip-override')]: true })
