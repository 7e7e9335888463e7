import { collectDefaultMetrics, Registry } from 'prom-client'

let registry: Registry | undefined

/**
 * Processor time, memory, event loop and file handles of this process: one for all services, and for good, because what collects
 * them (an observer of the garbage collector, a timer) can't be taken back.
 */
export function processMetrics(): Registry {
  if (registry === undefined) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry })
  }
  return registry
}
