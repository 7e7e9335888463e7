import type { NodeStatus } from '../../shared/contract/local.ts'
import type { WorkerStatus } from '../../shared/domain/nodes.ts'
import { kindOfProfile } from '../../shared/domain/profiles.ts'
import type { JobError } from '../../shared/errors.ts'
import type { Config } from '../config/index.ts'
import type { JobStore } from '../jobs/index.ts'
import type { Tools } from '../metrics/index.ts'
import type { LiveTasks } from '../scheduler/index.ts'

/** What the status is read from. `door` is where the page is, once the local door is open. */
export interface StatusParts {
  nodeId: string
  version: string
  dataDir: string
  peerPort: () => number
  instance: () => string | undefined
  door: () => { uiUrl: string } | undefined
  config: Pick<Config, 'current' | 'error'>
  jobs: Pick<JobStore, 'counts'>
  live: LiveTasks
  worker: { status(): WorkerStatus; keepAwake(): boolean }
  tools: () => Pick<Tools, 'profiles' | 'hint'>
  storageError: () => JobError | undefined
  wallMs: () => number
}

/** What this node is and does at this moment. */
export async function nodeStatus(parts: StatusParts): Promise<NodeStatus> {
  const worker = parts.worker.status()
  const counts = await parts.jobs.counts()
  const tools = parts.tools()
  const hasVideo = tools.profiles.some((profile) => kindOfProfile(profile) === 'video')
  return {
    nodeId: parts.nodeId,
    name: parts.config.current().name,
    version: parts.version,
    peerPort: parts.peerPort(),
    instance: parts.instance(),
    uiUrl: parts.door()?.uiUrl ?? '',
    dataDir: parts.dataDir,
    worker: worker.state,
    workerReason: worker.reason,
    keepAwake: parts.worker.keepAwake() || counts.running + counts.verifying > 0,
    counts,
    remainingMs: remainingMs(parts.live, counts.queued + counts.running, parts.wallMs()),
    video: hasVideo ? { available: true } : { available: false, hint: tools.hint },
    configError: parts.config.error(),
    storageError: parts.storageError()
  }
}

/** The running tasks' own estimates, and as much for each job that waits as they took on average. */
function remainingMs(live: LiveTasks, unfinished: number, wallMs: number): number | undefined {
  const running = live.all().filter((task) => task.progress.progress > 0.02)
  if (running.length === 0) return undefined
  const estimates = running.map((task) => {
    // Wall clocks jump back.
    const elapsedMs = Math.max(0, wallMs - task.startedAtMs)
    const totalMs = elapsedMs / task.progress.progress
    return { totalMs, leftMs: task.progress.remainingMs ?? totalMs - elapsedMs }
  })
  const leftMs = Math.max(...estimates.map((one) => one.leftMs))
  const meanMs = estimates.reduce((sum, one) => sum + one.totalMs, 0) / estimates.length
  const waiting = Math.max(0, unfinished - live.all().length)
  return Math.round(leftMs + (waiting * meanMs) / Math.max(1, live.all().length))
}
