import type { Engine } from '../../engine/engine.ts'
import type { LogFields } from '../../engine/log/index.ts'
import { dashboard } from '../../services/dashboard/index.ts'
import { type Host, startHost } from '../../services/host/index.ts'
import { pageDir } from '../entry-paths.ts'
import { servicesSource } from './services-source.ts'

/** What `microtome serve` says of the HTTP faces. */
export interface Faces {
  /** Absolute; else the places of docs/servers-config.md are looked at. */
  file: string | undefined
  listen: readonly { name: string; host: string; port: number }[]
  /** Settings of services by name, over those of the configuration. */
  settings?: Readonly<Record<string, Record<string, unknown>>> | undefined
  /** Started by the desktop, which waits less long for last answers. */
  isSupervised: boolean
}

/** The desktop ends an engine that takes longer than 15 s. */
const supervisedGraceMs = 10_000

export interface HostWish {
  engine: Engine
  dataDir: string
  faces: Faces | undefined
  /** The node's own page, and what opens it. */
  door: { name: string; token: string }
}

/** Starts the HTTP faces of a node: its own page on 127.0.0.1, and what the configuration and the command line name. */
export function openHost({ engine, dataDir, faces, door }: HostWish): Promise<Host> {
  const { api, uiPort, onBug, log } = engine
  return startHost({
    api,
    config: faces ? servicesSource(dataDir, faces.file) : { servers: [] },
    listen: [{ name: door.name, port: uiPort, isPrivate: true }, ...(faces?.listen ?? [])],
    settings: faces?.settings,
    provided: { [door.name]: dashboard({ token: door.token, pageDir, onBug }) },
    log: {
      // What is no code is withheld above debug by the log itself.
      info: (message, fields) => log.info(message, fields as LogFields),
      warn: (message, fields) => log.warn(message, fields as LogFields)
    },
    onBug,
    ...(faces?.isSupervised && { patience: { graceMs: supervisedGraceMs } }),
    isDevelopment: process.env.NODE_ENV === 'development'
  })
}
