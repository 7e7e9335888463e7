import type { Dispatch } from '../dispatch/index.ts'
import type { JobStore } from '../jobs/index.ts'
import type { EndedJobs, WorkerPort } from '../scheduler/index.ts'
import type { NodeFigures } from '../service-api.ts'

/** What the figures are read from. */
export interface FigureParts {
  startedAtMs: number
  jobs: Pick<JobStore, 'countsByNode'>
  ports: () => WorkerPort[]
  dispatch: Pick<Dispatch, 'engines'>
  converters: { readonly running: number }
  ended: EndedJobs
}

/** The node in figures at this moment. */
export async function nodeFigures({
  startedAtMs,
  jobs,
  ports,
  dispatch,
  converters,
  ended
}: FigureParts): Promise<NodeFigures> {
  return {
    startedAtMs,
    jobs: await jobs.countsByNode(),
    workers: [...ports().map(workerOf), ...dispatch.engines().map(engineOf)],
    children: converters.running,
    ended: ended.take()
  }
}

function workerOf(port: WorkerPort): NodeFigures['workers'][number] {
  const status = port.status()
  return { name: port.name, state: status?.state ?? 'offline', slots: status?.slots ?? 0, busy: status?.busy ?? 0 }
}

/** An engine takes as many jobs as it asks for: its slots are those that it fills, at least one. */
function engineOf(engine: ReturnType<Dispatch['engines']>[number]): NodeFigures['workers'][number] {
  const busy = engine.jobIds.length
  const state = busy > 0 ? 'working' : 'idle'
  return { name: engine.id, state: engine.online ? state : 'offline', slots: Math.max(1, busy), busy }
}
