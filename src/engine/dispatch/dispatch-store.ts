import type { Attempt, JobState, Priority } from '../../shared/domain/jobs.ts'
import type { ProfileName } from '../../shared/domain/profiles.ts'
import type { JobError } from '../../shared/errors.ts'
import type { DispatchFacts, JobChange, NewJob, NewSubmission } from '../jobs/index.ts'

/** A job by URL as it is stored, with its task's lease: what the book in memory is made of. */
export interface DispatchRecord {
  id: string
  /** Order of submission. */
  sequence: number
  sourceUrl: string
  sinkUrl?: string | undefined
  profile: ProfileName
  priority: Priority
  state: JobState
  /** Tries that count. */
  attempts: number
  /** Not before this wall time. */
  notBeforeMs: number
  facts: DispatchFacts
  /** The name of the node of the newest try. */
  ranOnName?: string | undefined
  /** The newest of its task; 0 before the first lease. */
  epoch: number
  /** Who holds the lease in force. */
  workerId?: string | undefined
  output?: string | undefined
  error?: JobError | undefined
  createdAtMs: number
  startedAtMs?: number | undefined
  endedAtMs?: number | undefined
}

/** A waiting task that goes to an outside engine. */
export interface Lending {
  jobId: string
  /** The newest of its task; the lease gets the next one. */
  epoch: number
  workerId: string
  workerName: string
  startedAtMs: number
}

/** A change of a job together with all that changes with it. */
export interface JobMove {
  jobId: string
  /** The state in which it must be. */
  from: JobState
  change: JobChange
  /** The lease that ends with it: it must be in force. Its attempt ends so. */
  lease?:
    | {
        epoch: number
        workerId: string
        task: 'done' | 'failed' | 'waiting'
        attempt: Pick<Attempt, 'outcome' | 'error'> & { endedAtMs: number }
      }
    | undefined
  /** The task waits again, for a retry. */
  reopen?: boolean | undefined
  /** What is written of the engine that did it; called once, when the rest is done. */
  engine?: (() => KeptEngine | undefined) | undefined
}

/** An outside engine as it is kept: JSON that only the engines' book reads. */
export interface KeptEngine {
  id: string
  json: string
}

/**
 * Jobs by URL, their leases and outside engines. Each method is one transaction, durable when it resolves; many that are called at
 * once share one flush to the disk. Compare-and-set: where the state or the lease is another by now, nothing is changed and the
 * answer is false.
 */
export interface DispatchStore {
  /** All jobs by URL in order of submission. */
  all(): Promise<DispatchRecord[]>
  /** Those of the ids that are jobs by URL. */
  read(ids: readonly string[]): Promise<DispatchRecord[]>
  /** The submission is made where it is missing. Answers the job's place in the order. */
  add(submission: NewSubmission, job: NewJob): Promise<number>
  lend(lending: Lending): Promise<boolean>
  move(move: JobMove): Promise<boolean>
  engines(): Promise<KeptEngine[]>
  keepEngine(engine: KeptEngine): Promise<void>
  dropEngine(id: string): Promise<void>
}
