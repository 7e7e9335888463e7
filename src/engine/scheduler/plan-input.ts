import type { Priority } from '../../shared/domain/jobs.ts'
import type { WorkerStatus } from '../../shared/domain/nodes.ts'
import type { Kind, ProfileName } from '../../shared/domain/profiles.ts'
import type { NodeRates } from './rates.ts'

/** A task that nobody runs. */
export interface WaitingTask {
  taskId: string
  kind: Kind
  profile: ProfileName
  sizeBytes: number
  /** Its tiles are copied, which takes a fraction of the time. */
  copied?: boolean | undefined
  /** Expected, where a look at the source told; else it goes by the source's size. */
  resultBytes?: number | undefined
  priority: Priority
  /** Nodes whose tries failed. */
  failedNodeIds: readonly string[]
}

/** A task of this master that a worker runs; `progress` 0..1 over all of it. */
export interface RunningTask {
  profile: ProfileName
  sizeBytes: number
  copied?: boolean | undefined
  resultBytes?: number | undefined
  elapsedMs: number
  progress: number
}

/** A worker as the master sees it at one moment. */
export interface PlanWorker {
  nodeId: string
  name: string
  isSelf: boolean
  /** Undefined while it can't be reached. */
  status: WorkerStatus | undefined
  /** Slots that this master may fill now; what it just lent and what refused offers is taken off by the caller. */
  freeSlots: number
  /** Why it refused a moment ago; its `freeSlots` are 0 then. */
  refusal?: string | undefined
  /** What this master runs there. Of slots that other masters fill nobody here knows when they get free. */
  running: readonly RunningTask[]
  rates: NodeRates
  /** Failures of class `node` in the last hour. */
  recentFailures: number
}

/** All that {@link plan} looks at. `waiting` in order of submission; priority comes before that. */
export interface PlanInput {
  waiting: readonly WaitingTask[]
  workers: readonly PlanWorker[]
}

/** `why` is one sentence for people. */
export interface Plan {
  assignments: { taskId: string; nodeId: string; why: string }[]
  waiting: { taskId: string; why: string }[]
}
