import type { Job } from '../../shared/domain/jobs.ts'
import type { Output } from '../output/index.ts'
import type { Reporter } from './reporter.ts'

/**
 * `{"event":"progress","job","file","state","progress","node"}`; `node` is a node id or null. A line per change, and for a job that
 * is at work each time the node speaks of it, so that a reader tells slow from stuck.
 */
export function jsonReporter(output: Output): Reporter {
  const last = new Map<string, string>()
  const report = (job: Job) => {
    const { id, file, state, progress, nodeId = null } = job
    const text = `${state} ${progress} ${nodeId}`
    const isAtWork = state === 'running' || state === 'verifying'
    if (!isAtWork && last.get(id) === text) return
    last.set(id, text)
    output.event({ event: 'progress', job: id, file, state, progress, node: nodeId })
  }
  return { update: (jobs) => jobs.forEach(report), end: () => undefined }
}
