import type { JobState } from '../../shared/domain/jobs.ts'
import type { BookEntry, Slot } from './book-entry.ts'
import type { DispatchFigures, DispatchJob, DispatchState } from './dispatch-api.ts'
import { WaitingJobs } from './waiting-jobs.ts'

const minuteMs = 60_000
const hourMinutes = 60

const nothing: ReadonlySet<string> = new Set()

/**
 * All jobs by URL in memory, in step with what is stored: looked up, listed, counted and handed out without asking the database.
 * It only keeps; what happens to jobs is decided elsewhere.
 */
export class JobBook {
  readonly waiting = new WaitingJobs()
  readonly #byId = new Map<string, Slot>()
  /** In order of submission; removed ones stay until the next look. */
  #order: Slot[] = []
  #gone = 0
  readonly #counts: Record<DispatchState, number> = {
    queued: 0,
    held: 0,
    running: 0,
    verifying: 0,
    completed: 0,
    failed: 0,
    expired: 0,
    cancelled: 0
  }
  readonly #heldBy = new Map<string, Set<string>>()
  readonly #times = { jobs: 0, totalMs: 0 }
  /** Completed jobs by the minute of their end. */
  readonly #perMinute = new Map<number, number>()

  slot(id: string): Slot | undefined {
    return this.#byId.get(id)
  }

  get(id: string): BookEntry | undefined {
    return this.#byId.get(id)?.entry
  }

  /** Adds a job or puts what is true of it now in the place of what was. */
  put(entry: BookEntry): void {
    const slot = this.#byId.get(entry.job.id)
    if (slot) {
      this.#forget(slot)
      slot.entry = entry
      this.#remember(slot)
      return
    }
    const fresh: Slot = { entry, reserved: false }
    this.#byId.set(entry.job.id, fresh)
    this.#insert(fresh)
    this.#remember(fresh)
  }

  remove(id: string): void {
    const slot = this.#byId.get(id)
    if (!slot) return
    this.#forget(slot)
    this.#byId.delete(id)
    this.#gone += 1
  }

  /** Nobody else is offered it until it is put again or given back. */
  reserve(slot: Slot): void {
    this.waiting.remove(slot)
    slot.reserved = true
  }

  /** Nothing came of it. */
  giveBack(slot: Slot): void {
    if (!slot.reserved) return
    slot.reserved = false
    if (this.#byId.get(slot.entry.job.id) === slot && slot.entry.job.state === 'queued') this.waiting.add(slot)
  }

  /** Ids of the jobs that a worker holds. */
  heldBy(workerId: string): ReadonlySet<string> {
    return this.#heldBy.get(workerId) ?? nothing
  }

  /** Newest first. `after` is the id of a job that the book has. */
  list(query: {
    states?: readonly DispatchState[] | undefined
    limit: number
    offset: number
    after?: string | undefined
  }): {
    jobs: DispatchJob[]
    total: number
  } {
    const { states, limit, after } = query
    const order = this.#present()
    let place = after === undefined ? order.length : this.#placeOf(after)
    let skip = query.offset
    if (!states) {
      place -= skip
      skip = 0
    }
    const jobs: DispatchJob[] = []
    while (place > 0 && jobs.length < limit) {
      const job = order[--place]?.entry.job
      if (!job || (states && !states.includes(stateOf(job)))) continue
      if (skip > 0) skip -= 1
      else jobs.push(job)
    }
    return { jobs, total: states ? this.count(states) : order.length }
  }

  count(states: readonly DispatchState[]): number {
    return [...new Set(states)].reduce((sum, state) => sum + this.#counts[state], 0)
  }

  figures(nowMs: number): DispatchFigures {
    const { jobs, totalMs } = this.#times
    return {
      jobs: this.#byState(),
      expired: this.#counts.expired,
      avgJobMs: jobs > 0 ? totalMs / jobs : undefined,
      completedLastHour: this.#completedSince(minuteOf(nowMs) - hourMinutes)
    }
  }

  #byState(): Record<JobState, number> {
    const { expired, ...counts } = this.#counts
    return { ...counts, failed: counts.failed + expired }
  }

  #completedSince(minute: number): number {
    let sum = 0
    for (const [at, jobs] of this.#perMinute)
      if (at > minute) sum += jobs
      else this.#perMinute.delete(at)
    return sum
  }

  #insert(slot: Slot): void {
    const last = this.#order.at(-1)
    this.#order.push(slot)
    // Commits answer in order, so this is rare.
    if (last && last.entry.record.sequence > slot.entry.record.sequence)
      this.#order.sort((a, b) => a.entry.record.sequence - b.entry.record.sequence)
  }

  #remember(slot: Slot): void {
    const { job, record } = slot.entry
    const { workerId } = record
    this.#counts[stateOf(job)] += 1
    if (job.state === 'queued' && !slot.reserved) this.waiting.add(slot)
    if (job.state !== 'queued') slot.reserved = false
    if (workerId !== undefined) this.#hold(workerId, job.id)
    if (job.state === 'completed') this.#time(job, 1)
  }

  #forget(slot: Slot): void {
    const { job, record } = slot.entry
    const { workerId } = record
    this.#counts[stateOf(job)] -= 1
    this.waiting.remove(slot)
    if (workerId !== undefined) this.#letGo(workerId, job.id)
    if (job.state === 'completed') this.#time(job, -1)
  }

  #hold(workerId: string, jobId: string): void {
    const held = this.#heldBy.get(workerId) ?? new Set()
    this.#heldBy.set(workerId, held.add(jobId))
  }

  #letGo(workerId: string, jobId: string): void {
    const held = this.#heldBy.get(workerId)
    held?.delete(jobId)
    if (held?.size === 0) this.#heldBy.delete(workerId)
  }

  #time({ startedAtMs, endedAtMs }: DispatchJob, sign: 1 | -1): void {
    if (endedAtMs === undefined) return
    const minute = minuteOf(endedAtMs)
    this.#perMinute.set(minute, (this.#perMinute.get(minute) ?? 0) + sign)
    if (startedAtMs === undefined) return
    this.#times.jobs += sign
    // Wall clocks jump back.
    this.#times.totalMs += sign * Math.max(0, endedAtMs - startedAtMs)
  }

  #present(): readonly Slot[] {
    if (this.#gone > 0) this.#order = this.#order.filter((slot) => this.#byId.get(slot.entry.job.id) === slot)
    this.#gone = 0
    return this.#order
  }

  #placeOf(id: string): number {
    const sequence = this.get(id)?.record.sequence ?? 0
    let from = 0
    let to = this.#order.length
    while (from < to) {
      const middle = (from + to) >>> 1
      if ((this.#order[middle]?.entry.record.sequence ?? 0) < sequence) from = middle + 1
      else to = middle
    }
    return from
  }
}

const stateOf = ({ state, expired }: DispatchJob): DispatchState => (expired ? 'expired' : state)

const minuteOf = (atMs: number) => Math.floor(atMs / minuteMs)
