import type { DispatchTimes, JobState, Priority } from '../../shared/domain/jobs.ts'
import type { ProfileName } from '../../shared/domain/profiles.ts'
import type { JobError } from '../../shared/errors.ts'

/** What a caller wants converted: a URL instead of a file. */
export interface DispatchWish {
  sourceUrl: string
  /** As the caller spelled it; {@link DispatchJob.profile} is what it means. */
  targetCodec: string
  profile: ProfileName
  /** A hint for scheduling, in MB (10^6 bytes); 0 where it is not known. */
  jobSizeMb: number
  maxRetries: number
  /** Chosen by the face that took it. */
  times?: DispatchTimes | undefined
  priority: Priority
  /** Where the result is PUT once it is whole; else it is kept on this node and fetched from there. */
  sinkUrl?: string | undefined
  /** Kept and answered as it came. */
  resourceRequirements?: Record<string, unknown> | undefined
}

/** Where a job stands; `expired` is how callers know a failed one that nobody took in time. */
export type DispatchState = JobState | 'expired'

/** A job of the dispatch face. Immutable: every change makes a new object, so what was made of one may be kept with it. */
export interface DispatchJob extends Readonly<Omit<DispatchWish, 'sinkUrl'>> {
  readonly id: string
  readonly sinkUrl?: string | undefined
  readonly state: JobState
  /** It failed because nobody took it in time ({@link DispatchTimes.waitMs}). */
  readonly expired?: boolean | undefined
  /** Of the outside engine that holds it, or the name of the node that runs it; undefined while nobody does. */
  readonly assignedEngine?: string | undefined
  /** 0..1 of the lease in force; undefined before the first report. */
  readonly progress?: number | undefined
  readonly progressMessage?: string | undefined
  /** As an engine said it, or the sink's; undefined where the result lies on this node ({@link hasResult}) or there is none yet. */
  readonly outputUrl?: string | undefined
  /** The result lies on this node and {@link DispatchApi.result} gives it. */
  readonly hasResult: boolean
  /** Failed tries so far. */
  readonly retries: number
  readonly error?: JobError | undefined
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly startedAtMs?: number | undefined
  readonly endedAtMs?: number | undefined
}

/** An engine outside of the lab that polls for work. What a heartbeat leaves out stays as it was. */
export interface OutsideEngine {
  readonly id: string
  readonly engineType?: string | undefined
  readonly supportedCodecs?: readonly string[] | undefined
  /** As it says of itself; whether it holds jobs is in {@link jobIds}, whatever it says. */
  readonly said?: string | undefined
  readonly storageCapacityGb?: number | undefined
  readonly streamingSupport?: boolean | undefined
  readonly hostname?: string | undefined
  /** Seconds of its last benchmarks; less is faster. */
  readonly benchmarkS?: number | undefined
  readonly avgBenchmarkS?: number | undefined
  readonly localJobQueue?: readonly string[] | undefined
  /** Its queue has named a job that it held: what it leaves out it does not know of. */
  readonly namesJobs?: boolean | undefined
  /** Fields of its heartbeats that nobody here knows, as they came. */
  readonly other: Readonly<Record<string, unknown>>
  readonly jobIds: readonly string[]
  readonly jobsCompleted: number
  readonly jobsFailed: number
  readonly lastHeartbeatMs: number
  /** False once it was silent for longer than `engineTimeoutS`. */
  readonly online: boolean
}

export type EngineHeartbeat = { id: string } & Partial<
  Pick<
    OutsideEngine,
    | 'engineType'
    | 'supportedCodecs'
    | 'said'
    | 'storageCapacityGb'
    | 'streamingSupport'
    | 'hostname'
    | 'benchmarkS'
    | 'localJobQueue'
    | 'other'
  >
>

/** Figures over all jobs of the face; times in ms. */
export interface DispatchFigures {
  jobs: Record<JobState, number>
  /** Among the failed ones. */
  expired: number
  /** Mean from start to end of completed jobs; undefined while there is none. */
  avgJobMs?: number | undefined
  completedLastHour: number
}

/**
 * Jobs by URL and the outside engines that may run them, on the one core of jobs, leases and workers. What changes something is
 * durable when it resolves (many callers share one commit). Everything throws MicrotomeErrors of class `input`: `unknown-job`,
 * `unknown-engine`, `wrong-state`, `url-refused`, `queue-full`.
 */
export interface DispatchApi {
  submit(wish: DispatchWish): Promise<DispatchJob>
  get(id: string): DispatchJob | undefined
  /**
   * Newest first; `total` counts what matches the states. `after`, the id of a job: only what comes after it in this order,
   * whatever its own state is by now, so that pages neither repeat nor skip while jobs come in; throws `unknown-job`. `failed`
   * are those that are not `expired`.
   */
  list(query: {
    states?: readonly DispatchState[] | undefined
    limit: number
    offset: number
    after?: string | undefined
  }): {
    jobs: readonly DispatchJob[]
    total: number
  }
  /** Priority, retries or requirements of a job that has not ended. */
  change(
    id: string,
    change: Partial<Pick<DispatchWish, 'priority' | 'maxRetries' | 'resourceRequirements'>>
  ): Promise<DispatchJob>
  cancel(id: string): Promise<DispatchJob>
  /** Of a failed or cancelled job. */
  retry(id: string): Promise<DispatchJob>
  /** A file of a completed job that lies here; undefined where there is none. */
  result(id: string): Promise<{ path: string; sizeBytes: number; name: string; type: string } | undefined>

  heartbeat(beat: EngineHeartbeat): Promise<OutsideEngine>
  /**
   * The job that suits this engine best, lent to it: nobody else gets it until it is given back, fails or the engine is silent
   * for too long. `capabilities` replace the engine's own codecs for this call. Undefined where nothing waits for it.
   */
  assign(engineId: string, capabilities?: readonly string[]): Promise<DispatchJob | undefined>
  /**
   * The answer with this job did not reach the engine: it waits again, at no cost of a try. Nothing where something was heard of it since,
   * or somebody else holds it.
   */
  unheard(job: DispatchJob, engineId: string): Promise<void>
  /** `percent` 0..100. With `engineId` only if that engine holds it. */
  report(id: string, percent: number, message?: string, engineId?: string): Promise<DispatchJob>
  /** Of a job that is completed already too: then nothing changes. */
  complete(id: string, outputUrl: string, engineId?: string): Promise<DispatchJob>
  /** A try failed: tried again with backoff while retries are left. */
  fail(id: string, message: string, engineId?: string): Promise<DispatchJob>
  benchmark(engineId: string, seconds: number): Promise<OutsideEngine>
  /** In order of their ids. */
  engines(): readonly OutsideEngine[]
  /** Its jobs wait again, at no cost of a try; false for one that was never heard of. */
  removeEngine(id: string): Promise<boolean>
  figures(): DispatchFigures
  /** Called with the id after each change of a job; answers how to stop. */
  onChange(listener: (jobId: string) => void): () => void
}
