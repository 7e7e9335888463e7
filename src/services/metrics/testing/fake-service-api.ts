import type { DispatchApi, NodeFigures, OutsideEngine, ServiceApi } from '../../../engine/service-api.ts'
import type { JobState } from '../../../shared/domain/jobs.ts'

/** Jobs of no state. */
export const noJobs: Record<JobState, number> = {
  queued: 0,
  held: 0,
  running: 0,
  verifying: 0,
  completed: 0,
  failed: 0,
  cancelled: 0
}

/** An engine whose figures a test sets; like the real one it tells of each ended job once. */
export class FakeEngine {
  figures: NodeFigures = { startedAtMs: 1_700_000_000_000, jobs: [], workers: [], children: 0, ended: [] }
  engines: OutsideEngine[] = []
  dispatchJobs = { ...noJobs }
  /** How often its figures were asked for. */
  looks = 0
  readonly api: ServiceApi = only<ServiceApi>('the engine', {
    nodeId: 'node-id',
    name: 'Pathology 3',
    version: '1.2.3',
    dispatch: only<DispatchApi>('dispatch', {
      engines: () => this.engines,
      figures: () => ({ jobs: this.dispatchJobs, expired: 0, completedLastHour: 0 })
    }),
    figures: async () => {
      this.looks += 1
      const told = this.figures
      this.figures = { ...told, ended: [] }
      return told
    }
  })
}

/** An outside engine that holds nothing. */
export const idleEngine = (id: string): OutsideEngine => ({
  id,
  other: {},
  jobIds: [],
  jobsCompleted: 0,
  jobsFailed: 0,
  lastHeartbeatMs: 0,
  online: true
})

/** Has what is given and throws for the rest: whoever asks for more than a scrape may cost is caught. */
function only<T extends object>(what: string, given: Partial<T>): T {
  return new Proxy(given, {
    get(target, key) {
      if (key in target) return Reflect.get(target, key)
      throw new Error(`${String(key)} of ${what} is not for metrics`)
    }
  }) as T
}
