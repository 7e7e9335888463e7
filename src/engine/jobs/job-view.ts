import type { Job, TaskProgress } from '../../shared/domain/jobs.ts'
import { viewableWhileRunning } from './growing.ts'
import type { StoredJob } from './job-store.ts'

/** What is known only in memory of a job: who runs it and how far it is, or why it waits. */
export interface LiveView {
  workerId?: string | undefined
  workerName?: string | undefined
  /** Its worker is this node's own. */
  runsHere?: boolean | undefined
  progress?: TaskProgress | undefined
  why?: string | undefined
}

/** A stored job and what is live of it, as lists show it. */
export function jobView(stored: StoredJob, live: LiveView): Job {
  const ended = stored.state === 'completed' || stored.state === 'failed' || stored.state === 'cancelled'
  const runs = stored.state === 'running' || stored.state === 'verifying'
  return {
    id: stored.id,
    submissionId: stored.submissionId,
    file: stored.source.type === 'file' ? stored.source.path : stored.name,
    name: stored.name,
    kind: stored.kind,
    sizeBytes: stored.sizeBytes,
    fileCount: stored.source.parts?.files.length,
    profile: stored.profile,
    priority: stored.priority,
    state: stored.state,
    progress: progressOf(stored, live),
    stage: runs ? live.progress?.stage : undefined,
    speed: runs ? live.progress?.speed : undefined,
    remainingMs: runs ? live.progress?.remainingMs : undefined,
    nodeId: live.workerId,
    nodeName: live.workerName,
    attempts: stored.attempts,
    output: stored.output,
    viewable: viewableWhileRunning(stored, live.runsHere ?? false),
    skipped: stored.skipped,
    error: stored.error,
    why: ended ? undefined : live.why,
    createdAtMs: stored.createdAtMs,
    startedAtMs: stored.startedAtMs,
    endedAtMs: stored.endedAtMs
  }
}

function progressOf(stored: StoredJob, live: LiveView): number {
  if (stored.state === 'completed') return 1
  return stored.state === 'running' || stored.state === 'verifying' ? (live.progress?.progress ?? 0) : 0
}
