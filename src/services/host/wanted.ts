import { impliedServer } from './config/conventions.ts'
import { parseServersConfig } from './config/parse-config.ts'
import type { ServersConfig } from './config/schema.ts'
import type { Door } from './doors.ts'
import type { HostOptions } from './host-options.ts'

/** A configuration with an entry for everything that is listened for or provided, and with the settings of the command line. */
export function completed(
  config: ServersConfig,
  { listen = [], provided = {}, settings = {} }: Pick<HostOptions, 'listen' | 'provided' | 'settings'>
): ServersConfig {
  const named = new Set(config.servers.map(({ name }) => name))
  const missing = [...new Set([...Object.keys(provided), ...listen.map(({ name }) => name)])].filter(
    (name) => !named.has(name)
  )
  const implied = parseServersConfig({ servers: missing.map(impliedServer) }).servers
  const servers = [...config.servers, ...implied].map((server) => ({
    ...server,
    settings: { ...server.settings, ...settings[server.name] }
  }))
  return { ...config, servers }
}

/** The doors that are to be open: those for the whole run first, then those of the configuration. */
export function wantedDoors(
  config: ServersConfig,
  { listen = [], provided = {} }: Pick<HostOptions, 'listen' | 'provided'>
): Door[] {
  const fixed = listen.map(
    ({ name, host = '127.0.0.1', port, isPrivate }): Door => ({
      name,
      host,
      port,
      servers: [name],
      isFixed: true,
      isPrivate
    })
  )
  const faces = config.servers.map(({ name }) => name).filter((name) => !Object.hasOwn(provided, name))
  const doors = config.global.listeners.map((door): Door => ({ ...door, servers: door.servers ?? faces }))
  return [...fixed, ...doors]
}
