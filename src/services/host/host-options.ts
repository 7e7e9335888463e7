import type { ServiceApi } from '../../engine/service-api.ts'
import type { ConfigSource } from './config/config-source.ts'
import type { ServersConfigInput } from './config/schema.ts'
import type { Ticking } from './keep-alive.ts'
import type { ServiceLog, SetupFunction } from './service.ts'

/** A listener besides those of the configuration, for the whole run: `--listen NAME=HOST:PORT`. */
export interface Listen {
  /** Of the service that it leads to; one of the product needs no entry in the configuration. */
  name: string
  /** 127.0.0.1 where absent. */
  host?: string | undefined
  /** 0 picks a free one. */
  port: number
  /** The node's own door: no `/api/health` of the host there. */
  isPrivate?: boolean | undefined
}

/** What a host is started with. */
export interface HostOptions {
  api: ServiceApi
  /** A configuration as it would stand in a file, or where to find one. */
  config: ServersConfigInput | ConfigSource
  /** What a configuration's paths are relative to; the working folder where absent. */
  dir?: string | undefined
  listen?: readonly Listen[] | undefined
  /** Settings of services by name, over those of the configuration; secrets may be references or themselves. */
  settings?: Readonly<Record<string, Record<string, unknown>>> | undefined
  /** Services that are set up by whoever starts the host, instead of being imported. */
  provided?: Readonly<Record<string, SetupFunction>> | undefined
  log?: ServiceLog | undefined
  /** A route threw what can only be a bug. */
  onBug?: ((thrown: unknown) => void) | undefined
  /** `?module=` and `/api/config` work. */
  isDevelopment?: boolean | undefined
  /** Of the pings of `global.keepAlive`; the system's where absent. */
  ticking?: Ticking | undefined
  /** What `env:NAME` reads. */
  env?: Record<string, string | undefined> | undefined
  /** Shorter in tests: 10 s to set a service up, 30 s for a small body, 30 s for running requests at the end. */
  patience?: Partial<Patience> | undefined
}

/** How long the host waits for others, in ms. */
export interface Patience {
  setupMs: number
  bodyMs: number
  graceMs: number
}

export const ordinaryPatience: Patience = { setupMs: 10_000, bodyMs: 30_000, graceMs: 30_000 }
