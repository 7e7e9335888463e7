import { Gauge, type Registry } from 'prom-client'
import type { NodeFigures, OutsideEngine, ServiceApi } from '../../engine/service-api.ts'
import { BoundedNames } from './bounded-names.ts'

const maxNodes = 200
/** What all outside engines are called together: they choose their ids, as many as they like. */
const engineNames = '(engines)'
const engineStates = ['idle', 'busy', 'offline'] as const

/** How the node is at this moment. */
export class EngineState {
  readonly #api: ServiceApi
  readonly #names = new BoundedNames(maxNodes)
  readonly #jobs
  readonly #dispatchJobs
  readonly #slots
  readonly #busy
  readonly #workers
  readonly #engines
  readonly #engineJobs
  readonly #children
  readonly #info
  readonly #startTime

  constructor(api: ServiceApi, registry: Registry) {
    const gauge = <T extends string = never>(name: string, help: string, labelNames: readonly T[] = []) =>
      new Gauge<T>({ name: `microtome_${name}`, help, labelNames, registers: [registry] })
    this.#api = api
    this.#jobs = gauge('jobs', 'Jobs in the queue and its history', ['state', 'kind', 'node'])
    this.#dispatchJobs = gauge('dispatch_jobs', 'Those of the jobs that came by URL', ['state'])
    this.#slots = gauge('worker_slots', 'Tasks that a node runs at once', ['node'])
    this.#busy = gauge('worker_busy_slots', 'Tasks that a node runs now', ['node'])
    this.#workers = gauge('worker_state', '1 for the state that a node is in', ['node', 'state'])
    this.#engines = gauge('engines', 'Outside engines that were heard of', ['state'])
    this.#engineJobs = gauge('engine_jobs', 'Jobs that outside engines hold')
    this.#children = gauge('converter_children', 'Processes that convert on this node')
    this.#info = gauge('node_info', 'Always 1: what the node is called and runs', ['name', 'version'])
    this.#startTime = gauge('node_start_time_seconds', 'When the node started, in Unix time')
  }

  /** All at once and without waiting in between: no scrape sees half of it. */
  update(figures: NodeFigures): void {
    const engines = this.#api.dispatch.engines()
    const ids = new Set(engines.map(({ id }) => id))
    this.#setJobs(figures.jobs, ids)
    this.#setWorkers(figures.workers.filter(({ name }) => !ids.has(name)))
    this.#setEngines(engines)
    this.#children.set(figures.children)
    this.#startTime.set(figures.startedAtMs / 1000)
    this.#info.reset()
    this.#info.set({ name: this.#api.name, version: this.#api.version }, 1)
  }

  #setJobs(jobs: NodeFigures['jobs'], engineIds: ReadonlySet<string>): void {
    this.#jobs.reset()
    for (const { state, kind, node, count } of jobs) {
      const label = engineIds.has(node) ? engineNames : this.#names.labelOf(node)
      this.#jobs.inc({ state, kind, node: label }, count)
    }
    for (const [state, count] of Object.entries(this.#api.dispatch.figures().jobs))
      this.#dispatchJobs.set({ state }, count)
  }

  #setWorkers(workers: NodeFigures['workers']): void {
    for (const gauge of [this.#slots, this.#busy, this.#workers]) gauge.reset()
    for (const worker of workers) {
      // Two nodes may have one name: then they count together.
      const node = this.#names.labelOf(worker.name)
      this.#slots.inc({ node }, worker.slots)
      this.#busy.inc({ node }, worker.busy)
      this.#workers.set({ node, state: worker.state }, 1)
    }
  }

  #setEngines(engines: readonly OutsideEngine[]): void {
    for (const state of engineStates)
      this.#engines.set({ state }, engines.filter((engine) => stateOf(engine) === state).length)
    this.#engineJobs.set(engines.reduce((sum, { jobIds }) => sum + jobIds.length, 0))
  }
}

function stateOf({ online, jobIds }: OutsideEngine): (typeof engineStates)[number] {
  if (!online) return 'offline'
  return jobIds.length > 0 ? 'busy' : 'idle'
}
