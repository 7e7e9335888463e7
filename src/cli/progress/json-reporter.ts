import type { Job } from '../../shared/domain/jobs.ts'
import type { Output } from '../output/index.ts'
import type { Reporter } from './reporter.ts'

/** A line per change: `{"event":"progress","job","file","state","progress","node"}`; `node` is a node id or null. */
export function jsonReporter(output: Output): Reporter {
  const last = new Map<string, string>()
  const report = (job: Job) => {
    const { id, file, state, progress, nodeId = null } = job
    const text = `${state} ${progress} ${nodeId}`
    if (last.get(id) === text) return
    last.set(id, text)
    output.event({ event: 'progress', job: id, file, state, progress, node: nodeId })
  }
  return { update: (jobs) => jobs.forEach(report), end: () => undefined }
}
