import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import type {
  DispatchApi,
  DispatchFigures,
  DispatchJob,
  DispatchWish,
  EngineHeartbeat,
  OutsideEngine
} from '../../../engine/service-api.ts'
import { endedStates, type JobState, jobState, priorities } from '../../../shared/domain/jobs.ts'
import { MicrotomeError } from '../../../shared/errors.ts'
import { profileOfCodec } from '../codecs.ts'

const input = (code: string, message: string) => new MicrotomeError({ code, class: 'input', message })

/** Jobs by URL in memory, with the rules of the real thing but for time: nobody is silent, a failed try waits for nothing. */
export class MemoryDispatch implements DispatchApi {
  readonly #jobs = new Map<string, DispatchJob>()
  readonly #engines = new Map<string, OutsideEngine>()
  readonly #results = new Map<string, string>()
  /** On their way to an engine. */
  readonly #reserved = new Set<string>()
  readonly #listeners = new Set<(jobId: string) => void>()
  #nowMs = Date.UTC(2024, 0, 1, 12)

  /** Every change happens a second after the one before. */
  #tick(): number {
    this.#nowMs += 1000
    return this.#nowMs
  }

  async submit(wish: DispatchWish): Promise<DispatchJob> {
    if (new URL(wish.sourceUrl).hostname === '169.254.169.254')
      throw input('url-refused', 'http://169.254.169.254 is an address that no job may read.')
    const atMs = this.#tick()
    const job = {
      ...wish,
      id: randomUUID(),
      state: 'queued' as const,
      hasResult: false,
      retries: 0,
      createdAtMs: atMs,
      updatedAtMs: atMs
    }
    return this.#put(job)
  }

  get(id: string): DispatchJob | undefined {
    return this.#jobs.get(id)
  }

  list({ states, limit, offset, after }: Parameters<DispatchApi['list']>[0]) {
    const all = [...this.#jobs.values()].reverse()
    const from = after === undefined ? 0 : all.indexOf(this.#known(after)) + 1
    const fits = (job: DispatchJob) => states === undefined || states.includes(job.expired ? 'expired' : job.state)
    const jobs = all
      .slice(from)
      .filter(fits)
      .slice(offset, offset + limit)
    return { jobs, total: all.filter(fits).length }
  }

  async change(id: string, change: Parameters<DispatchApi['change']>[1]): Promise<DispatchJob> {
    const job = this.#known(id)
    this.#refuseIf(hasEnded(job), job)
    return this.#put({ ...job, ...change })
  }

  async cancel(id: string): Promise<DispatchJob> {
    const job = this.#known(id)
    this.#refuseIf(hasEnded(job), job)
    return this.#free(job, { state: 'cancelled' })
  }

  async retry(id: string): Promise<DispatchJob> {
    const job = this.#known(id)
    this.#refuseIf(job.state !== 'failed' && job.state !== 'cancelled', job)
    return this.#put({
      ...job,
      ...{ state: 'queued', retries: 0, error: undefined, expired: undefined, progress: undefined }
    })
  }

  async result(id: string) {
    const path = this.#results.get(id)
    return path === undefined || !existsSync(path)
      ? undefined
      : { path, sizeBytes: 0, name: basename(path), type: 'video/mp4' }
  }

  async heartbeat(beat: EngineHeartbeat): Promise<OutsideEngine> {
    const known = this.#engines.get(beat.id) ?? {
      id: beat.id,
      other: {},
      jobIds: [],
      jobsCompleted: 0,
      jobsFailed: 0,
      lastHeartbeatMs: 0,
      online: true
    }
    const other = { ...known.other, ...beat.other }
    return this.#putEngine({ ...known, ...beat, other, lastHeartbeatMs: this.#tick(), online: true })
  }

  async assign(engineId: string, capabilities?: readonly string[]): Promise<DispatchJob | undefined> {
    const engine = this.#engine(engineId)
    const codecs = capabilities ?? engine.supportedCodecs
    const can = (job: DispatchJob) =>
      codecs === undefined || codecs.some((codec) => profileOfCodec(codec) === job.profile)
    const waits = (job: DispatchJob) => job.state === 'queued' && !this.#reserved.has(job.id)
    const waiting = [...this.#jobs.values()].filter((job) => waits(job) && can(job))
    const [next] = waiting.sort((a, b) => priorities.indexOf(a.priority) - priorities.indexOf(b.priority))
    if (next === undefined) return undefined
    this.#reserved.add(next.id)
    await commit()
    this.#reserved.delete(next.id)
    const holder = this.#engine(engineId)
    this.#putEngine({ ...holder, jobIds: [...holder.jobIds, next.id] })
    return this.#put({ ...this.#known(next.id), state: 'running', assignedEngine: engineId, startedAtMs: this.#nowMs })
  }

  async unheard(job: DispatchJob, engineId: string): Promise<void> {
    if (this.#jobs.get(job.id) === job && job.assignedEngine === engineId) this.#free(job, { state: 'queued' })
  }

  async report(id: string, percent: number, message?: string, engineId?: string): Promise<DispatchJob> {
    const job = this.#held(id, engineId)
    return this.#put({ ...job, progress: percent / 100, progressMessage: message })
  }

  async complete(id: string, outputUrl: string, engineId?: string): Promise<DispatchJob> {
    const job = this.#known(id)
    if (job.state === 'completed') return job
    this.#held(id, engineId)
    return this.#free(job, { state: 'completed', outputUrl }, 'jobsCompleted')
  }

  async fail(id: string, message: string, engineId?: string): Promise<DispatchJob> {
    const job = this.#held(id, engineId)
    const error = { code: 'engine-failed', class: 'node' as const, message }
    const again = job.retries < job.maxRetries
    const retries = job.retries + (again ? 1 : 0)
    return this.#free(job, { state: again ? 'queued' : 'failed', retries, error }, 'jobsFailed')
  }

  async benchmark(engineId: string, seconds: number): Promise<OutsideEngine> {
    const engine = this.#engine(engineId)
    const avgBenchmarkS = ((engine.avgBenchmarkS ?? seconds) + seconds) / 2
    return this.#putEngine({ ...engine, benchmarkS: seconds, avgBenchmarkS })
  }

  engines(): readonly OutsideEngine[] {
    return [...this.#engines.values()]
  }

  async removeEngine(id: string): Promise<boolean> {
    for (const jobId of this.#engines.get(id)?.jobIds ?? []) this.#free(this.#known(jobId), { state: 'queued' })
    return this.#engines.delete(id)
  }

  figures(): DispatchFigures {
    const jobs = Object.fromEntries(jobState.options.map((state) => [state, 0])) as Record<JobState, number>
    for (const { state } of this.#jobs.values()) jobs[state]++
    const spans = [...this.#jobs.values()].flatMap((job) =>
      job.state === 'completed' && job.startedAtMs && job.endedAtMs ? [job.endedAtMs - job.startedAtMs] : []
    )
    const sum = spans.reduce((total, span) => total + span, 0)
    const expired = [...this.#jobs.values()].filter((job) => job.expired).length
    return {
      jobs,
      expired,
      avgJobMs: spans.length > 0 ? sum / spans.length : undefined,
      completedLastHour: jobs.completed
    }
  }

  onChange(listener: (jobId: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** As if a node of the lab had converted it: the result is the file at `path`. */
  completeHere(id: string, path: string): DispatchJob {
    this.#results.set(id, path)
    return this.#free(this.#known(id), { state: 'completed', hasResult: true })
  }

  /** As if nobody had taken it in time. */
  expire(id: string): DispatchJob {
    const error = { code: 'job-expired', class: 'node' as const, message: 'Nobody took this job within 24 h.' }
    return this.#free(this.#known(id), { state: 'failed', expired: true, error })
  }

  /** As if an engine had been silent for too long. */
  silence(engineId: string): void {
    const engine = this.#engine(engineId)
    for (const jobId of engine.jobIds) this.#free(this.#known(jobId), { state: 'queued' })
    this.#putEngine({ ...this.#engine(engineId), online: false })
  }

  #known(id: string): DispatchJob {
    const job = this.#jobs.get(id)
    if (job) return job
    throw input('unknown-job', `There is no job ${id}.`)
  }

  #engine(id: string): OutsideEngine {
    const engine = this.#engines.get(id)
    if (engine) return engine
    throw input('unknown-engine', `Engine ${id} was never heard of.`)
  }

  #held(id: string, engineId: string | undefined): DispatchJob {
    const job = this.#known(id)
    this.#refuseIf(job.state !== 'running' || (engineId !== undefined && engineId !== job.assignedEngine), job)
    return job
  }

  #refuseIf(wrong: boolean, job: DispatchJob): void {
    if (wrong) throw input('wrong-state', `Job ${job.id} is ${job.state}.`)
  }

  #put(job: DispatchJob): DispatchJob {
    const changed = { ...job, updatedAtMs: this.#tick() }
    this.#jobs.set(job.id, changed)
    for (const listener of this.#listeners) listener(job.id)
    return changed
  }

  #putEngine(engine: OutsideEngine): OutsideEngine {
    this.#engines.set(engine.id, engine)
    return engine
  }

  #free(job: DispatchJob, change: Partial<DispatchJob>, counts?: 'jobsCompleted' | 'jobsFailed'): DispatchJob {
    const engine = this.#engines.get(job.assignedEngine ?? '')
    if (engine) {
      const jobIds = engine.jobIds.filter((id) => id !== job.id)
      this.#putEngine({ ...engine, jobIds, ...(counts && { [counts]: engine[counts] + 1 }) })
    }
    return this.#put({ ...job, assignedEngine: undefined, endedAtMs: this.#nowMs, ...change })
  }
}

/** What is lent is durable before the answer, which takes its time: others ask meanwhile. */
const commit = () => new Promise<void>((resolve) => setImmediate(resolve))

const hasEnded = ({ state }: DispatchJob) => (endedStates as readonly JobState[]).includes(state)
