import type { IncomingMessage } from 'node:http'

/** How a request came to its service. */
export interface RoutingInfo {
  /** `Host` without port, trailing dot and upper case; empty where there was none. */
  host: string
  /** `listener`: it leads to one service only. `none`: nobody answers to this name here. */
  by: 'listener' | 'domain' | 'default' | 'module' | 'none'
  /** Name of the service. */
  module?: string | undefined
}

const known = new WeakMap<IncomingMessage, RoutingInfo>()

export const noteRouting = (request: IncomingMessage, info: RoutingInfo) => void known.set(request, info)
export const routingOf = (request: IncomingMessage): RoutingInfo | undefined => known.get(request)
