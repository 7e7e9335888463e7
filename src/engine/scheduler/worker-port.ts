import type { Report, SourceParts, TaskProgress } from '../../shared/domain/jobs.ts'
import type { WorkerStatus } from '../../shared/domain/nodes.ts'
import type { Kind, Profile } from '../../shared/domain/profiles.ts'
import type { JobError } from '../../shared/errors.ts'

/** Names one lending of one task; a message with a lower epoch than the newest is stale and refused. */
export interface Fencing {
  taskId: string
  epoch: number
}

/** A task as the master lends it. The worker's side decides whether bytes must travel: the own worker reads and writes in place. */
export interface LentTask extends Fencing {
  kind: Kind
  profile: Profile
  /** Absolute path on the master: a file, or a folder that is one slide. */
  sourcePath: string
  /** The files of a slide that has several. */
  parts?: SourceParts | undefined
  sizeBytes: number
  /** The source's file name; leaves the master only where the lab shares file names. */
  name: string
  /** Existing folder on the master, beside the destination; the result's files end up here with base name `result`. Empty, unless: */
  stagingDir: string
  /** The own worker's lease under which an earlier run of this node was killed: what it left is in `stagingDir` and in scratch. */
  leftEpoch?: number | undefined
}

/** A result that lies whole and checked in the task's `stagingDir`. `primary` is relative to it. */
export interface StagedResult {
  primary: string
  totalBytes: number
  report: Report
  runMs: number
  /** Bytes and time that the source and the result took to travel; absent on the own worker. */
  transfer?: { bytes: number; ms: number }
}

export interface HeldTask extends Fencing {
  state: 'running' | 'finished' | 'failed'
  progress?: TaskProgress | undefined
}

/**
 * Whatever runs tasks: this node's own worker, a paired node, later an outside engine that polls.
 * No method throws for a peer that left: `offer` then answers not accepted, `held` rejects, the others do nothing.
 */
export interface WorkerPort {
  readonly nodeId: string
  readonly name: string
  /** True for this node's own worker: nothing travels. */
  readonly isSelf: boolean
  /** The last word of the worker; undefined while it can't be reached. */
  status(): WorkerStatus | undefined
  offer(task: LentTask): Promise<{ accepted: boolean; reason?: string | undefined }>
  /** Stops the task within 2 s and forgets its result. Also for stale ones. */
  cancel(fencing: Fencing): Promise<void>
  /** Which leases of this master the worker holds (asked after a restart of the master). */
  held(): Promise<HeldTask[]>
  pause(now: boolean): Promise<void>
  resume(): Promise<void>
}

/** The master's side as worker ports see it; the dispatcher implements it. `workerId` is the node id of the caller's worker. */
export interface LeaseDesk {
  /** Renews what is valid and tells what is not; the worker drops the stale ones. Also carries progress. */
  heartbeat(workerId: string, leases: (Fencing & { progress: TaskProgress })[]): Promise<Fencing[]>
  /** Asked before a result travels: the task if the lease is still valid, else undefined. */
  valid(workerId: string, fencing: Fencing): Promise<LentTask | undefined>
  finished(workerId: string, fencing: Fencing, result: StagedResult): Promise<'ok' | 'stale'>
  failed(workerId: string, fencing: Fencing, error: JobError): Promise<'ok' | 'stale'>
  released(workerId: string, fencing: Fencing, reason: string): Promise<'ok' | 'stale'>
  /** A line for the job's log (never a path or a patient's word above debug). */
  log(fencing: Fencing, level: 'debug' | 'info' | 'warn', message: string): void
  /** The worker came, went, or its status changed: plan again. */
  workerChanged(workerId: string): void
}
