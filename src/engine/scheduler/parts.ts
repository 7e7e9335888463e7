import type { Clock } from '../clock.ts'
import type { EventHub } from '../events/index.ts'
import type { CommitJournal, JobStore, StoredJob } from '../jobs/job-store.ts'
import type { LeaseStore } from '../leases/lease-store.ts'
import type { Log } from '../log/index.ts'
import type { EndedJob } from '../service-api.ts'
import type { Web } from '../web/index.ts'
import type { LiveTasks } from './live-tasks.ts'
import type { Rates } from './rates.ts'
import type { WorkerHealth } from './worker-health.ts'
import type { StagedResult, WorkerPort } from './worker-port.ts'

/** Where results are staged and how they get their final names; see jobs/commit. */
export interface Outputs {
  stagingDirOf(job: StoredJob, epoch: number): string
  /**
   * Makes the staging folder, of what lies in that of `leftEpoch` where given; throws class `input` where the destination can't
   * be written or the source is gone.
   */
  stage(job: StoredJob, epoch: number, leftEpoch?: number): Promise<string>
  discard(job: StoredJob, epoch: number): Promise<void>
  /** Decides final names and reserves them until `commit` or `discard`. */
  plan(job: StoredJob, epoch: number, result: StagedResult): Promise<CommitJournal>
  /** Moves the files to their final names; may be repeated after a crash at any point. */
  commit(job: StoredJob, journal: CommitJournal): Promise<void>
  /** The output that an earlier job made of the same source with the same profile, if it still lies there unchanged. */
  sameResult(job: StoredJob): Promise<string | undefined>
  /** Remembers what made an output; and lets go of an upload. Called once per completed job. */
  completed(job: StoredJob): Promise<void>
}

/** What the master's side is made of; start-engine wires it. */
export interface MasterParts {
  clock: Clock
  /** 0 <= x < 1, for jitter. */
  random: () => number
  log: Log
  events: EventHub
  jobs: JobStore
  leases: LeaseStore
  outputs: Outputs
  live: LiveTasks
  health: WorkerHealth
  rates: Rates
  /** Sources and results by URL; absent where no job has one. */
  web?: {
    sources: Pick<Web['sources'], 'fetch' | 'remove'>
    results: Pick<Web['results'], 'prepare' | 'remove'>
    put: Web['put']
  }
  /** Told of every job that a node of the lab ran to its end. */
  onEnded?: (job: EndedJob) => void
  ports: () => WorkerPort[]
  onBug: (thrown: unknown) => void
}
