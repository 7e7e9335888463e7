import type { JobState, Priority } from '../../shared/domain/jobs.ts'
import { type JobError, MicrotomeError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'
import { inTurns } from '../events/index.ts'
import type { LeaseStore } from '../leases/lease-store.ts'
import type { JobChange, JobStore, StoredJob } from './job-store.ts'

/** What users' edits tell the dispatcher. */
export interface Dispatching {
  poke(): void
  cancel(jobId: string): Promise<void>
}

export interface Edited {
  changed: number
  refused: { id: string; error: JobError }[]
}

type Edit = 'cancel' | 'retry' | 'hold' | 'release' | 'set the priority of'

const allowedFrom = {
  cancel: ['queued', 'held', 'running'],
  retry: ['failed', 'cancelled'],
  hold: ['queued'],
  release: ['held'],
  'set the priority of': ['queued', 'held', 'running']
} as const satisfies Record<Edit, JobState[]>

/** What users do with jobs. Each id is edited by itself; those in the wrong state are answered with the reason. */
export class Edits {
  readonly #jobs: JobStore
  readonly #leases: LeaseStore
  readonly #dispatching: Dispatching
  readonly #clock: Clock
  readonly #onChanged: (jobId: string) => void
  readonly #onEnded: (job: StoredJob) => Promise<void>

  constructor(parts: {
    jobs: JobStore
    leases: LeaseStore
    dispatching: Dispatching
    clock: Clock
    onChanged: (jobId: string) => void
    /** A job was cancelled: its upload may go. */
    onEnded: (job: StoredJob) => Promise<void>
  }) {
    this.#jobs = parts.jobs
    this.#leases = parts.leases
    this.#dispatching = parts.dispatching
    this.#clock = parts.clock
    this.#onChanged = parts.onChanged
    this.#onEnded = parts.onEnded
  }

  cancel(ids: string[]): Promise<Edited> {
    return this.#each(
      'cancel',
      ids,
      () => ({ state: 'cancelled', endedAtMs: this.#clock.wallMs() }),
      async (job) => {
        await this.#dispatching.cancel(job.id)
        await this.#onEnded(job)
        // Again: by now it is known to have stopped.
        this.#onChanged(job.id)
      }
    )
  }

  async retry(ids: string[]): Promise<Edited> {
    const fresh = {
      state: 'queued',
      attempts: 0,
      notBeforeMs: 0,
      error: undefined,
      report: undefined,
      startedAtMs: undefined,
      endedAtMs: undefined
    } as const
    await inTurns(ids, (some) => Promise.all(some.map((id) => this.#reopen(id))))
    return this.#each('retry', ids, () => ({ ...fresh, failedNodeIds: [] }))
  }

  hold(ids: string[]): Promise<Edited> {
    return this.#each('hold', ids, () => ({ state: 'held' }))
  }

  release(ids: string[]): Promise<Edited> {
    return this.#each('release', ids, () => ({ state: 'queued' }))
  }

  setPriority(ids: string[], priority: Priority): Promise<Edited> {
    return this.#each('set the priority of', ids, () => ({ priority }))
  }

  async #reopen(id: string): Promise<void> {
    const job = await this.#jobs.get(id)
    if (job && (allowedFrom.retry as readonly JobState[]).includes(job.state)) await this.#leases.reopen(id)
  }

  /**
   * All states first, then what follows from each, side by side: what was cancelled with the first must not be lent when the first
   * makes room.
   */
  async #each(
    edit: Edit,
    ids: string[],
    change: () => JobChange,
    after?: (job: StoredJob) => Promise<void>
  ): Promise<Edited> {
    const edited = await inTurns(ids, (some) => this.#jobs.changeAll(some, allowedFrom[edit], change()))
    for (const { id } of edited) this.#onChanged(id)
    if (after) await Promise.all(edited.map(after))
    const changed = new Set(edited.map(({ id }) => id))
    const refused = await inTurns(
      ids.filter((id) => !changed.has(id)),
      (some) => Promise.all(some.map(async (id) => ({ id, error: await this.#refusal(edit, id) })))
    )
    this.#dispatching.poke()
    return { changed: edited.length, refused }
  }

  async #refusal(edit: Edit, id: string): Promise<JobError> {
    const job = await this.#jobs.get(id)
    const error = job
      ? {
          code: 'wrong-state',
          message: `Can't ${edit} job ${id}: it is ${job.state}.`,
          hint: `Possible while it is ${allowedFrom[edit].join(' or ')}.`
        }
      : { code: 'unknown-job', message: `There is no job "${id}".`, hint: 'Look at the list of jobs.' }
    return new MicrotomeError({ ...error, class: 'input' }).toJSON()
  }
}
