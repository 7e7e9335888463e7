import type { ServersConfig } from './schema.ts'

/** A value that is right by itself and wrong beside the others. */
export interface Clash {
  path: (string | number)[]
  allowed: string
}

/** The first thing that two entries can't both say; undefined where all fit together. */
export function crossCheck(config: ServersConfig): Clash | undefined {
  return duplicate(config) ?? unknownName(config) ?? idleFeature(config)
}

function duplicate({ servers, global }: ServersConfig): Clash | undefined {
  const places = [
    ...servers.map(({ id }, index) => place(`id ${id}`, ['servers', index, 'id'])),
    ...servers.map(({ name }, index) => place(`name ${name.toLowerCase()}`, ['servers', index, 'name'])),
    ...servers.flatMap(({ domains }, index) =>
      domains.map((domain, at) => place(`domain ${hostKey(domain)}`, ['servers', index, 'domains', at]))
    ),
    ...global.listeners.map(({ name }, index) => place(`listener ${name}`, ['global', 'listeners', index, 'name']))
  ]
  const seen = new Set<string>()
  for (const { key, path } of places) {
    if (seen.has(key)) return { path, allowed: 'what no other entry has' }
    seen.add(key)
  }
  return undefined
}

const place = (key: string, path: (string | number)[]) => ({ key, path })

function unknownName({ servers, global, default: fallback }: ServersConfig): Clash | undefined {
  const names = servers.map(({ name }) => name)
  const allowed = `the name of a server of this file: ${names.join(', ') || 'there is none'}`
  for (const [index, { servers: led }] of global.listeners.entries())
    for (const [at, name] of (led ?? []).entries())
      if (!names.includes(name)) return { path: ['global', 'listeners', index, 'servers', at], allowed }
  if (fallback?.serverName !== undefined && !names.includes(fallback.serverName))
    return { path: ['default', 'serverName'], allowed }
  if (fallback?.serverId !== undefined && !servers.some(({ id }) => String(id) === String(fallback.serverId)))
    return {
      path: ['default', 'serverId'],
      allowed: `the id of a server of this file: ${servers.map(({ id }) => id).join(', ')}`
    }
  return undefined
}

/** The node's own page is set up by the node, which guards it by itself. */
const ownPage = 'dashboard'
const ofOthers = ['cors', 'rateLimit', 'authentication', 'helmet', 'multipart'] as const

function idleFeature({ servers }: ServersConfig): Clash | undefined {
  const index = servers.findIndex(({ name }) => name === ownPage)
  const features = servers[index]?.server.features ?? {}
  const feature = ofOthers.find((name) => features[name])
  if (feature === undefined) return undefined
  const allowed = "false: the node's own page guards itself, and only this user gets in"
  return { path: ['servers', index, 'server', 'features', feature], allowed }
}

/** A name as it is compared: without port, trailing dot and brackets, in lower case. */
export function hostKey(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d*$/, (port) => (isBareIpv6(host) ? port : ''))
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}

const isBareIpv6 = (host: string): boolean => !host.includes('[') && host.split(':').length > 2
