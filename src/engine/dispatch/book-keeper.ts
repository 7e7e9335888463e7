import type { BookEntry } from './book-entry.ts'
import type { DispatchJob } from './dispatch-api.ts'
import { unknownJob } from './dispatch-errors.ts'
import type { DispatchParts } from './dispatch-parts.ts'
import type { DispatchRecord, JobMove } from './dispatch-store.ts'
import { JobBook } from './job-book.ts'
import { entryOf, isSame } from './job-of-record.ts'

/** More races for one job than this are a bug of ours. */
const mostTries = 20

/**
 * Keeps the book in step with what is stored. What this face does is put into the book when it is committed; what the core does
 * with a job by URL (lends it to a node, names its result, obeys the window) is read again when the core tells that it changed.
 */
export class BookKeeper {
  readonly book = new JobBook()
  readonly #parts: DispatchParts
  readonly #listeners = new Set<(jobId: string) => void>()
  readonly #stale = new Set<string>()
  readonly #stops: (() => void)[] = []
  /** The job of which this face tells the others at this moment: what it says of itself it knows. */
  #telling: string | undefined

  constructor(parts: DispatchParts) {
    this.#parts = parts
  }

  async open(): Promise<void> {
    const { store, events } = this.#parts
    for (const record of await store.all()) this.book.put(this.#entryOf(record, updatedAtMsOf(record)))
    this.#stops.push(
      events.on('job', (id) => this.#changed(id)),
      events.on('job-removed', (id) => this.book.remove(id)),
      events.on('ending', () => this.close())
    )
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop()
    this.#stale.clear()
  }

  onChange(listener: (jobId: string) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Throws `unknown-job`. */
  must(id: string): BookEntry {
    const entry = this.book.get(id)
    if (!entry) throw unknownJob(id)
    return entry
  }

  /** A change of ours that is committed: everybody is told. */
  put(record: DispatchRecord): DispatchJob {
    const entry = this.#entryOf(record, this.#parts.clock.wallMs())
    this.book.put(entry)
    this.#tell(record.id)
    return entry.job
  }

  /** What an engine reports of a job that it holds. */
  report(entry: BookEntry, progress: number, progressMessage: string | undefined): DispatchJob {
    const job = { ...entry.job, progress, progressMessage, updatedAtMs: this.#parts.clock.wallMs() }
    this.book.put({ record: entry.record, job })
    this.#tell(job.id)
    return job
  }

  /** Commits a move of the job and what is in its book then; undefined where it was no longer so. */
  async move(
    { record }: BookEntry,
    move: Omit<JobMove, 'jobId' | 'from'>,
    after: Partial<DispatchRecord>
  ): Promise<DispatchJob | undefined> {
    const done = await this.#parts.store.move({ jobId: record.id, from: record.state, ...move })
    if (!done) return undefined
    if (move.lease) this.#parts.live.drop({ taskId: record.id, epoch: move.lease.epoch })
    return this.put({ ...record, ...after, ...(move.lease && { workerId: undefined }) })
  }

  /**
   * Does `step` with the job as the book has it. Where it answers undefined, somebody was faster: it is read anew and done again,
   * until what is so by now decides.
   */
  async settle(id: string, step: (entry: BookEntry) => Promise<DispatchJob | undefined>): Promise<DispatchJob> {
    for (let tries = 0; tries < mostTries; tries++) {
      const job = await step(this.must(id))
      if (job) return job
      await this.refresh([id])
    }
    throw new Error(`job ${id} is not stored as the book says`)
  }

  /** Reads jobs anew; those that are gone leave the book. */
  async refresh(ids: readonly string[]): Promise<void> {
    const records = await this.#parts.store.read(ids)
    const found = new Set<string>()
    for (const record of records) {
      found.add(record.id)
      const before = this.book.get(record.id)
      const entry = this.#entryOf(record, this.#parts.clock.wallMs())
      if (before && isSame(before, entry)) continue
      this.book.put(entry)
      this.#tellListeners(record.id)
    }
    for (const id of ids) if (!found.has(id)) this.book.remove(id)
  }

  #entryOf(record: DispatchRecord, updatedAtMs: number): BookEntry {
    const live = this.#parts.live.ofTask(record.id)
    return entryOf(record, { live, before: this.book.get(record.id), updatedAtMs })
  }

  /** Many changes of one moment are read together. */
  #changed(id: string): void {
    if (id === this.#telling || !this.book.get(id)) return
    if (this.#stale.size === 0) queueMicrotask(() => this.#readStale())
    this.#stale.add(id)
  }

  #readStale(): void {
    const ids = [...this.#stale]
    this.#stale.clear()
    if (ids.length > 0) this.refresh(ids).catch(this.#parts.onBug)
  }

  #tell(id: string): void {
    this.#tellListeners(id)
    this.#telling = id
    this.#parts.events.emit('job', id)
    this.#telling = undefined
  }

  #tellListeners(id: string): void {
    for (const listener of this.#listeners) listener(id)
  }
}

/** As exactly as it is stored. */
function updatedAtMsOf({ createdAtMs, startedAtMs, endedAtMs }: DispatchRecord): number {
  return endedAtMs ?? startedAtMs ?? createdAtMs
}
