import type { IncomingMessage } from 'node:http'
import { hostKey } from '../config/cross-check.ts'
import type { ServersConfig } from '../config/schema.ts'
import type { RoutingInfo } from './routing-info.ts'

/** Who answers to which name: built once per configuration, asked for every request. */
export class HostTable {
  readonly #byDomain: Map<string, string>
  readonly #names: Set<string>
  readonly #fallback: string | undefined
  readonly #isDevelopment: boolean

  constructor(config: Pick<ServersConfig, 'servers' | 'default'>, isDevelopment: boolean) {
    const { servers } = config
    this.#byDomain = new Map(
      servers.flatMap(({ domains, name }) => domains.map((domain) => [hostKey(domain), name] as const))
    )
    this.#names = new Set(servers.map(({ name }) => name))
    this.#fallback = fallbackOf(config)
    this.#isDevelopment = isDevelopment
  }

  /** `led`: the services that the listener leads to; undefined for all of them. */
  choose(request: IncomingMessage, led: readonly string[] | undefined): RoutingInfo {
    const host = hostKey(request.headers.host ?? '')
    const wished = this.#isDevelopment ? wishedModule(request.url) : undefined
    if (wished !== undefined && this.#names.has(wished) && leads(led, wished))
      return { host, by: 'module', module: wished }
    if (led?.length === 1) return { host, by: 'listener', module: led[0] }
    const named = this.#byDomain.get(host)
    if (named !== undefined && leads(led, named)) return { host, by: 'domain', module: named }
    if (this.#fallback !== undefined && leads(led, this.#fallback))
      return { host, by: 'default', module: this.#fallback }
    return { host, by: 'none' }
  }
}

const leads = (led: readonly string[] | undefined, name: string): boolean => led?.includes(name) ?? true

/** The configured one; a single service answers to every name. */
function fallbackOf({ servers, default: wish }: Pick<ServersConfig, 'servers' | 'default'>): string | undefined {
  if (!wish) return servers.length === 1 ? servers[0]?.name : undefined
  return wish.serverName ?? servers.find(({ id }) => String(id) === String(wish.serverId))?.name
}

function wishedModule(url: string | undefined): string | undefined {
  const query = url?.split('?')[1]
  return query === undefined ? undefined : (new URLSearchParams(query).get('module') ?? undefined)
}
