import type { Attempt } from '../../shared/domain/jobs.ts'
import type { JobError } from '../../shared/errors.ts'
import { backoffMs, workerIdOfEngine } from '../scheduler/index.ts'
import type { BookEntry } from './book-entry.ts'
import type { BookKeeper } from './book-keeper.ts'
import type { DispatchJob } from './dispatch-api.ts'
import { engineLost, engineStuck } from './dispatch-errors.ts'
import type { DispatchParts } from './dispatch-parts.ts'
import type { DispatchRecord, JobMove, KeptEngine } from './dispatch-store.ts'
import { endedOf } from './ended-of.ts'
import type { EngineBook } from './engine-book.ts'

/** However few retries a job has: so many engines may vanish with it before it is taken for the reason. */
const mostLosses = 10

/** What becomes of a job by a step of its life, stored and in the book. */
interface End {
  change: JobMove['change']
  after: Partial<DispatchRecord>
  task: 'done' | 'failed' | 'waiting'
  outcome: Attempt['outcome']
  error?: DispatchRecord['error']
  /** The engine said so itself: it is counted, and a sign of life. */
  counts?: 'jobsCompleted' | 'jobsFailed'
}

/** How a try of an outside engine ends: job, lease, attempt and the engine's count in one commit. */
export class EngineTries {
  readonly #parts: DispatchParts
  readonly #keeper: BookKeeper
  readonly #engines: EngineBook

  constructor(parts: DispatchParts, keeper: BookKeeper, engines: EngineBook) {
    this.#parts = parts
    this.#keeper = keeper
    this.#engines = engines
  }

  /** `holder` is undefined where nobody held the job; undefined where somebody was faster. */
  async end(entry: BookEntry, holder: string | undefined, end: End): Promise<DispatchJob | undefined> {
    const { epoch, workerId } = entry.record
    const { outcome, error, task, counts } = end
    const attempt = { outcome, error, endedAtMs: this.#parts.clock.wallMs() }
    const lease = holder !== undefined && workerId !== undefined ? { epoch, workerId, task, attempt } : undefined
    const engine = holder !== undefined && counts ? () => this.#count(holder, counts) : undefined
    const job = await this.#keeper.move(entry, { change: end.change, lease, engine }, end.after)
    if (!job) return undefined
    if (holder !== undefined && counts) this.#hear(holder)
    if (job.state === 'queued') this.#parts.poke()
    else this.#ended(job)
    return job
  }

  /** Tried again after a pause while retries are left. `counts` where the engine itself said so. */
  failed(
    entry: BookEntry,
    holder: string | undefined,
    error: JobError,
    counts?: 'jobsFailed'
  ): Promise<DispatchJob | undefined> {
    const { maxRetries, times } = entry.job
    const attempts = entry.record.attempts + 1
    const delayMs = backoffMs(attempts, this.#parts.random(), times?.retryDelayMs)
    const after = this.#afterFailure(attempts > maxRetries, attempts, delayMs, error)
    return this.end(entry, holder, { ...after, outcome: 'failed', ...(counts && { counts }) })
  }

  /** The engine beats and gets no further with the job. */
  async giveUp(id: string, engineId: string): Promise<void> {
    await this.#ofEngine(id, engineId, (entry) => {
      this.#parts.log.warn('an outside engine gets no further with a job and loses it', { jobId: id })
      return this.failed(entry, engineId, engineStuck(engineId, entry.job.times?.tryMs ?? 0))
    })
  }

  /** The engine was silent for too long: it costs a try, however few retries there are. */
  async lose(id: string, engineId: string): Promise<void> {
    await this.#ofEngine(id, engineId, (entry) => {
      const attempts = entry.record.attempts + 1
      const isOver = attempts >= Math.max(mostLosses, entry.job.maxRetries + 1)
      const after = this.#afterFailure(isOver, attempts, 0, engineLost(engineId))
      return this.end(entry, engineId, { ...after, outcome: 'lost' })
    })
  }

  /** It costs no try. */
  async giveBack(id: string, engineId: string): Promise<void> {
    const change = { state: 'queued' } as const
    await this.#ofEngine(id, engineId, (entry) =>
      this.end(entry, engineId, { change, after: change, task: 'waiting', outcome: 'released' })
    )
  }

  /** Nothing where that engine does not hold the job (any more). */
  async #ofEngine(
    id: string,
    engineId: string,
    end: (entry: BookEntry) => Promise<DispatchJob | undefined>
  ): Promise<void> {
    const entry = this.#keeper.book.get(id)
    if (entry?.record.workerId !== workerIdOfEngine(engineId)) return
    if (!(await end(entry))) await this.#keeper.refresh([id])
  }

  #afterFailure(isOver: boolean, attempts: number, delayMs: number, error: DispatchRecord['error']) {
    const nowMs = this.#parts.clock.wallMs()
    if (isOver) {
      const over = { state: 'failed', attempts, error, endedAtMs: nowMs } as const
      return { change: over, after: over, task: 'failed', error } as const
    }
    const again = { state: 'queued', attempts, error, notBeforeMs: delayMs > 0 ? nowMs + delayMs : 0 } as const
    return { change: again, after: again, task: 'waiting', error } as const
  }

  #ended(job: DispatchJob): void {
    this.#parts.onEnded(endedOf(job))
    this.#parts.web.sources.remove(job.id).catch(this.#parts.onBug)
  }

  #count(engineId: string, how: 'jobsCompleted' | 'jobsFailed'): KeptEngine | undefined {
    const engine = this.#engines.get(engineId)
    return engine && this.#engines.ended(engine, how)
  }

  #hear(engineId: string): void {
    const engine = this.#engines.get(engineId)
    if (engine) this.#engines.heard(engine)
  }
}
