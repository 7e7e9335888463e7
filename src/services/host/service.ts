import type { FastifyInstance } from 'fastify'
import type { ServiceApi } from '../../engine/service-api.ts'
import type { ServerConfig } from './config/schema.ts'

export type { ServiceState } from '../../shared/domain/services.ts'

/** What a service is given when it is set up. */
export interface ServiceContext {
  /** Its own entry of the configuration, secrets resolved. */
  serverConfig: ServerConfig
  serverId: string
  serverName: string
  /** The engine, as far as HTTP faces may know it. */
  api: ServiceApi
  /** False while it is asked to set up only: it must not listen by itself. */
  shouldStart: false
  /** Lines for the node's log; never a patient's word above debug. */
  log: ServiceLog
  /** Aborted when the service ends: long answers (event streams) end with it. */
  signal: AbortSignal
}

export interface ServiceLog {
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
}

/** What a service may give back. */
export interface ServiceHandle {
  /** Called once, within the 30 s of a shutdown, after its last answer. */
  cleanup?: () => Promise<void> | void
  /** Shown by `/api/health` and in the window; JSON. */
  getStats?: () => Record<string, unknown> | Promise<Record<string, unknown>>
}

/**
 * What `paths.server`'s module exports under the name of `server.setupFunction`: adds routes to `app`, which is this service's
 * alone (hooks, parsers and error handlers stay inside). Throwing or hanging fails this service only.
 */
export type SetupFunction = (
  app: FastifyInstance,
  context: ServiceContext
) => Promise<ServiceHandle | undefined> | ServiceHandle | undefined
