import type {
  Attempt,
  DispatchTimes,
  JobDetails,
  JobState,
  OnExists,
  Priority,
  Report,
  Sink,
  Source,
  Submission
} from '../../shared/domain/jobs.ts'
import type { Kind, Profile, ProfileName } from '../../shared/domain/profiles.ts'
import type { JobError } from '../../shared/errors.ts'

/** What is known of a finished result before its files get their final names; replayed after a crash. */
export interface CommitJournal {
  epoch: number
  stagingDir: string
  /** Files and folders of the staging folder with their final absolute paths, the main file last. */
  moves: { from: string; to: string }[]
  output: string
}

/** What only a job by URL has. */
export interface DispatchFacts {
  /** As the caller spelled it. */
  targetCodec: string
  /** As the caller said it, in MB (10^6 bytes). */
  jobSizeMb: number
  /** Tries after the first one. */
  maxRetries: number
  times?: DispatchTimes | undefined
  resourceRequirements?: Record<string, unknown> | undefined
  /** Where an outside engine put its result. */
  outputUrl?: string | undefined
}

/** A job as it is stored. What changes many times a second (progress, speed) is not stored. */
export interface StoredJob {
  id: string
  submissionId: string
  /** Order of submission; ties of priority go by it. */
  sequence: number
  source: Source
  name: string
  kind: Kind
  sizeBytes: number
  sourceModifiedAtMs: number
  profile: Profile
  sink: Sink
  onExists: OnExists
  priority: Priority
  state: JobState
  /** Tries that count. */
  attempts: number
  /** Not before this wall time (backoff after a failure). */
  notBeforeMs: number
  /** Nodes whose tries failed; the next try prefers another. */
  failedNodeIds: string[]
  /** The node of the newest try. */
  ranOn?: { nodeId: string; nodeName: string } | undefined
  commit?: CommitJournal | undefined
  output?: string | undefined
  skipped?: boolean | undefined
  error?: JobError | undefined
  report?: Report | undefined
  dispatch?: DispatchFacts | undefined
  createdAtMs: number
  startedAtMs?: number | undefined
  endedAtMs?: number | undefined
}

export type NewJob = Omit<
  StoredJob,
  'sequence' | 'attempts' | 'notBeforeMs' | 'failedNodeIds' | 'commit' | 'ranOn' | 'startedAtMs'
>
export type NewSubmission = Pick<Submission, 'id' | 'createdAtMs' | 'destination' | 'priority' | 'onExists'>
export type JobChange = Partial<
  Pick<
    StoredJob,
    | 'state'
    | 'priority'
    | 'attempts'
    | 'notBeforeMs'
    | 'failedNodeIds'
    | 'commit'
    | 'ranOn'
    | 'output'
    | 'skipped'
    | 'error'
    | 'report'
    | 'dispatch'
    | 'startedAtMs'
    | 'endedAtMs'
  >
>

/** What made the file at `output`, so that dropping the same again can be skipped. */
export interface KnownResult {
  output: string
  sourcePath: string
  sourceSizeBytes: number
  sourceModifiedAtMs: number
  profile: Profile
  outputSizeBytes: number
  outputModifiedAtMs: number
}

/** Submissions, jobs, attempts, queries and edits. Each method is one transaction, durable when it resolves. */
export interface JobStore {
  addSubmission(submission: NewSubmission, jobs: NewJob[]): Promise<StoredJob[]>
  get(id: string): Promise<StoredJob | undefined>
  /** Newest first; `next` is undefined at the end. */
  list(query: {
    cursor?: string | undefined
    limit: number
    submissionId?: string | undefined
  }): Promise<{ jobs: StoredJob[]; next?: string | undefined }>
  /** Queued jobs whose backoff is over, by priority, then sequence; with `profiles` only those that are made by one of them. */
  waiting(limit: number, nowMs: number, profiles?: readonly ProfileName[]): Promise<StoredJob[]>
  /** Earliest `notBeforeMs` after `nowMs` of a queued job: when to look again. */
  nextDueMs(nowMs: number): Promise<number | undefined>
  inState(states: JobState[]): Promise<StoredJob[]>
  /** Ids of the same, but for those that were lent last to a worker whose id begins with `sparing`. */
  idsInState(states: readonly JobState[], sparing: string): Promise<string[]>
  /**
   * Folders in which jobs of these states may have staged something; not those of jobs by URL that nobody was lent yet, or that were
   * lent last to a worker whose id begins with `sparing`.
   */
  destinationsInState(states: readonly JobState[], sparing: string): Promise<string[]>
  /** Uploads that jobs of these states read. */
  uploadsInState(states: readonly JobState[]): Promise<string[]>
  /** What a change of many jobs means for others, without reading all of them; those that are gone are left out. */
  states(ids: readonly string[]): Promise<Pick<StoredJob, 'id' | 'state' | 'submissionId'>[]>
  /**
   * Compare-and-set: applies `change` if the job's state is one of `from` and the machine allows the new state.
   * Answers the job after it, or undefined if its state was another. Throws on a transition that the machine forbids.
   */
  change(id: string, from: readonly JobState[], change: JobChange): Promise<StoredJob | undefined>
  /** The same for many in one transaction; answers those that were changed, in the order of `ids`. */
  changeAll(ids: readonly string[], from: readonly JobState[], change: JobChange): Promise<StoredJob[]>
  startAttempt(jobId: string, attempt: Omit<Attempt, 'endedAtMs' | 'error' | 'outcome'>): Promise<void>
  endAttempt(
    jobId: string,
    epoch: number,
    end: Pick<Attempt, 'outcome' | 'error'> & { endedAtMs: number }
  ): Promise<void>
  attempts(jobId: string): Promise<Attempt[]>
  /** The newest 200 lines of a job are kept. */
  addLogLine(jobId: string, line: JobDetails['logLines'][number]): Promise<void>
  logLines(jobId: string): Promise<JobDetails['logLines']>
  counts(): Promise<Record<JobState, number>>
  /** By what metrics tell apart; `node` is the name of the node of the newest try, empty where there was none. */
  countsByNode(): Promise<{ state: JobState; kind: Kind; node: string; count: number }[]>
  /** `endedAtMs` is the last job's end once all have ended. */
  submission(id: string): Promise<Submission | undefined>
  /** Newest first. */
  submissions(limit: number): Promise<Submission[]>
  /** Removes ended jobs only, with their attempts and lines; answers the ids that went. */
  remove(ids: string[]): Promise<string[]>
  /** Removes what ended before `beforeMs`; answers the ids. */
  expire(beforeMs: number): Promise<string[]>
  /**
   * What a file is to a submission: the source of one of its jobs, or of any job that has not ended; else the output of one of its
   * jobs. Neither may be replaced by another result of it.
   */
  claimOn(path: string, submissionId: string): Promise<'source' | 'output' | undefined>
  /** Outputs are told apart by their absolute path. */
  recordResult(result: KnownResult): Promise<void>
  knownResult(output: string): Promise<KnownResult | undefined>
  /** Forgets results whose files were made before `beforeMs`. */
  expireResults(beforeMs: number): Promise<void>
  /** Known results of one source with one profile, newest first: candidates for a skip. */
  resultsOf(sourcePath: string, profile: Profile): Promise<KnownResult[]>
}
