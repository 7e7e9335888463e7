import { estimateSlide, isCopied } from '../../shared/domain/slide-estimate.ts'
import type { StoredJob } from '../jobs/index.ts'
import type { MasterParts } from './parts.ts'
import type { PlanInput, PlanWorker, RunningTask } from './plan-input.ts'
import type { WorkerPort } from './worker-port.ts'

/** The waiting jobs and the workers as they are at this moment, for {@link plan}. */
export function snapshotOf(
  parts: MasterParts,
  waiting: StoredJob[],
  refusalOf: (nodeId: string) => string | undefined
): PlanInput {
  return {
    waiting: waiting.map((job) => ({
      taskId: job.id,
      kind: job.kind,
      profile: job.profile.name,
      sizeBytes: job.sizeBytes,
      ...foretold(job),
      priority: job.priority,
      failedNodeIds: job.failedNodeIds
    })),
    workers: parts.ports().map((port) => worker(parts, port, refusalOf(port.nodeId)))
  }
}

function worker(parts: MasterParts, port: WorkerPort, refusal: string | undefined): PlanWorker {
  const status = port.status()
  const running = runningOn(parts, port.nodeId)
  // What was lent a moment ago may not be in the worker's own count yet.
  const busy = Math.max(status?.busy ?? 0, running.length)
  return {
    nodeId: port.nodeId,
    name: port.name,
    isSelf: port.isSelf,
    status,
    freeSlots: refusal !== undefined ? 0 : Math.max(0, (status?.slots ?? 0) - busy),
    refusal,
    running,
    rates: parts.rates.of(port.nodeId),
    recentFailures: parts.health.recentFailures(port.nodeId)
  }
}

/** No JPEG pyramid is so many times its source: more is a lie of a header, which the converter must see and nobody wait for. */
const mostGrowth = 20

/** What the look at a slide says of the work; nothing for other sources, or where nobody looked. */
export function foretold({
  source: { slide },
  profile,
  sizeBytes
}: Pick<StoredJob, 'source' | 'profile' | 'sizeBytes'>): {
  copied?: boolean
  resultBytes?: number
} {
  if (!slide) return {}
  const { sizeBytes: expected } = estimateSlide({ ...slide, sizeBytes }, profile)
  return { copied: isCopied(slide, profile), resultBytes: Math.min(expected, mostGrowth * sizeBytes) }
}

function runningOn(parts: MasterParts, nodeId: string): RunningTask[] {
  return parts.live.ofWorker(nodeId).map((live) => ({
    profile: live.lent.profile.name,
    sizeBytes: live.lent.sizeBytes,
    ...foretold(live.job),
    elapsedMs: parts.clock.wallMs() - live.startedAtMs,
    progress: live.progress.progress
  }))
}
