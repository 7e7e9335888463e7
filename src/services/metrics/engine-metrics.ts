import { Registry } from 'prom-client'
import type { ServiceApi } from '../../engine/service-api.ts'
import { EndedJobs } from './ended-jobs.ts'
import { EngineState } from './engine-state.ts'

/** The metrics of one engine, brought up to date when somebody asks for them. */
export interface EngineMetrics {
  readonly registry: Registry
  /** Those who ask at the same time share one look at the engine. */
  refresh(): Promise<void>
}

const metricsOf = new WeakMap<ServiceApi, EngineMetrics>()

/**
 * The same for every service of an engine: the engine tells of each ended job once, so a second collector would take half of them
 * from the first, and a service that is loaded anew would begin at 0.
 */
export function engineMetrics(api: ServiceApi): EngineMetrics {
  const metrics = metricsOf.get(api) ?? collectFrom(api)
  metricsOf.set(api, metrics)
  return metrics
}

function collectFrom(api: ServiceApi): EngineMetrics {
  const registry = new Registry()
  const state = new EngineState(api, registry)
  const endedJobs = new EndedJobs(registry)
  let refreshing: Promise<void> | undefined

  async function read(): Promise<void> {
    const figures = await api.figures()
    for (const job of figures.ended) endedJobs.add(job)
    state.update(figures)
  }

  return {
    registry,
    refresh() {
      refreshing ??= read().finally(() => {
        refreshing = undefined
      })
      return refreshing
    }
  }
}
