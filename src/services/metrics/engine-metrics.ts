import { Registry } from 'prom-client'
import type { ServiceApi } from '../../engine/service-api.ts'
import { EndedJobs } from './ended-jobs.ts'
import { EngineState } from './engine-state.ts'

/** The metrics of one engine, brought up to date when somebody asks for them. */
export interface EngineMetrics {
  readonly registry: Registry
  /** Those who ask within a second share one look at the engine, which costs more the more jobs there are. */
  refresh(): Promise<void>
}

const freshMs = 1000

const metricsOf = new WeakMap<ServiceApi, EngineMetrics>()

/**
 * The same for every service of an engine: the engine tells of each ended job once, so a second collector would take half of them
 * from the first, and a service that is loaded anew would begin at 0.
 */
export function engineMetrics(api: ServiceApi, nowMs: () => number = () => performance.now()): EngineMetrics {
  const metrics = metricsOf.get(api) ?? collectFrom(api, nowMs)
  metricsOf.set(api, metrics)
  return metrics
}

function collectFrom(api: ServiceApi, nowMs: () => number): EngineMetrics {
  const registry = new Registry()
  const state = new EngineState(api, registry)
  const endedJobs = new EndedJobs(registry)
  let looking: Promise<void> | undefined
  let staleAtMs = Number.NEGATIVE_INFINITY

  async function look(): Promise<void> {
    const figures = await api.figures()
    for (const job of figures.ended) endedJobs.add(job)
    state.update(figures)
    staleAtMs = nowMs() + freshMs
  }

  return {
    registry,
    async refresh() {
      if (looking === undefined && nowMs() < staleAtMs) return
      looking ??= look().finally(() => {
        looking = undefined
      })
      await looking
    }
  }
}
