import type { Attempt } from '../../shared/domain/jobs.ts'
import { type JobError, toJobError } from '../../shared/errors.ts'
import type { CommitJournal, JobChange, StoredJob } from '../jobs/job-store.ts'
import type { LiveTask } from './live-tasks.ts'
import type { MasterParts } from './parts.ts'
import { afterFailure } from './retry.ts'
import { foretold } from './snapshot.ts'
import type { Fencing, StagedResult } from './worker-port.ts'

/**
 * How a lease ends, once the lease store has said that it really is over. Every path goes through here, so that the job, its
 * attempt, its staging folder and what is shown always end together.
 */
export class Outcomes {
  readonly #parts: MasterParts
  /** Called when something may be lent again. */
  readonly #poke: () => void
  readonly #open = new Set<Promise<void>>()

  constructor(parts: MasterParts, poke: () => void) {
    this.#parts = parts
    this.#poke = poke
  }

  /** Resolves when no lease is on its way to its end: nothing reads or writes the stores for one any more. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open)
  }

  /** The result is staged and its lease settled: give the files their names. */
  finished(live: LiveTask, result: StagedResult): Promise<void> {
    return this.#ending(live, async () => {
      live.progress = { progress: 1, stage: 'verifying' }
      try {
        await this.#nameFiles(live, result)
      } catch (thrown) {
        await this.#failedHere(live, thrown)
      }
    })
  }

  /** Moves a verified result to its place and completes the job; also after a crash in the middle of it. */
  async commit(job: StoredJob, journal: CommitJournal): Promise<void> {
    const { jobs, outputs } = this.#parts
    await outputs.commit(job, journal)
    await this.#endAttempt(job.id, journal.epoch, 'completed')
    const completed = await jobs.change(job.id, ['verifying'], {
      state: 'completed',
      attempts: job.attempts + 1,
      output: journal.output,
      error: undefined,
      commit: undefined,
      endedAtMs: this.#parts.clock.wallMs()
    })
    if (completed) await outputs.completed(completed)
    // Last: until here its names are reserved, so that no other job of the drop takes them for an older result.
    await this.discard(job, journal.epoch)
    this.#changed(job.id)
  }

  /** Completed without work: the destination holds the same already. */
  async skipped(job: StoredJob, output: string): Promise<void> {
    const change = { state: 'completed', skipped: true, output, endedAtMs: this.#parts.clock.wallMs() } as const
    const skipped = await this.#parts.jobs.change(job.id, ['queued'], change)
    if (skipped?.source.type === 'upload') await this.#parts.outputs.completed(skipped)
    this.#changed(job.id)
  }

  /** A worker said that the try failed, or was lost. Retries or fails the job, by the rules in retry.ts. */
  failed(live: LiveTask, error: JobError, outcome: Attempt['outcome'] = 'failed'): Promise<void> {
    return this.#ending(live, async () => {
      const job = await this.#parts.jobs.get(live.jobId)
      this.#parts.health.failed(live.workerId, error)
      await this.#endAttempt(live.jobId, live.lent.epoch, outcome, error)
      await this.discard(live.job, live.lent.epoch)
      if (job?.state === 'running') await this.#retryOrFail(job, live, error)
    })
  }

  /** The lease came back without a verdict on the job (pause now, quit, refused offer): costs no attempt. */
  givenBack(live: LiveTask, outcome: 'released' | 'refused'): Promise<void> {
    return this.#ending(live, async () => {
      await this.#endAttempt(live.jobId, live.lent.epoch, outcome)
      await this.discard(live.job, live.lent.epoch)
      await this.#parts.jobs.change(live.jobId, ['running'], { state: 'queued' })
    })
  }

  /** The user took the job back; the lease is settled already. */
  cancelled(live: LiveTask): Promise<void> {
    return this.#ending(live, async () => {
      await this.#endAttempt(live.jobId, live.lent.epoch, 'cancelled')
      await this.discard(live.job, live.lent.epoch)
    })
  }

  /** A folder that a virus scanner holds on to must not decide on a job; the next start's sweep takes it. */
  async discard(job: StoredJob, epoch: number): Promise<void> {
    try {
      await this.#parts.outputs.discard(job, epoch)
    } catch (error) {
      this.#parts.log.warn('a staging folder could not be removed', { jobId: job.id, epoch }, error)
    }
  }

  /** Whatever goes wrong, the lease is forgotten: the watch finds a job that nobody stands for, but not one that seems to run. */
  #ending(live: LiveTask, end: () => Promise<void>): Promise<void> {
    const ended = end().finally(() => {
      this.#parts.live.drop(live.lent)
      this.#changed(live.jobId)
      this.#poke()
    })
    const tracked: Promise<void> = ended.then(
      () => void this.#open.delete(tracked),
      () => void this.#open.delete(tracked)
    )
    this.#open.add(tracked)
    return ended
  }

  async #nameFiles(live: LiveTask, result: StagedResult): Promise<void> {
    const { jobs, outputs, rates, health } = this.#parts
    const { epoch } = live.lent
    const running = await jobs.get(live.jobId)
    const journal = running && (await outputs.plan(running, epoch, result))
    const change = { state: 'verifying', commit: journal, report: result.report } as const
    const verifying = journal && (await jobs.change(live.jobId, ['running'], change))
    if (!verifying) {
      await this.#endAttempt(live.jobId, epoch, 'cancelled')
      return this.discard(live.job, epoch)
    }
    this.#changed(live.jobId)
    await this.commit(verifying, journal)
    rates.observe({
      nodeId: live.workerId,
      profile: live.lent.profile.name,
      copied: foretold(live.job).copied,
      sizeBytes: live.lent.sizeBytes,
      runMs: result.runMs,
      transfer: result.transfer
    })
    health.succeeded(live.workerId)
  }

  async #failedHere(live: LiveTask, thrown: unknown): Promise<void> {
    const error = toJobError(thrown)
    if (error.class === 'bug') this.#parts.onBug(thrown)
    const job = await this.#parts.jobs.get(live.jobId)
    await this.#endAttempt(live.jobId, live.lent.epoch, 'failed', error)
    await this.discard(live.job, live.lent.epoch)
    if (job) await this.#fail({ ...job, attempts: job.attempts + 1 }, error)
  }

  async #retryOrFail(job: StoredJob, live: LiveTask, error: JobError): Promise<void> {
    const { clock, random, leases, jobs, log } = this.#parts
    const attempts = job.attempts + 1
    const next = afterFailure({ error, attempts, random: random() })
    const fields = { jobId: job.id, nodeId: live.workerId, code: error.code, class: error.class, attempt: attempts }
    if (next.type === 'fail') {
      log.warn('job failed', fields)
      return this.#fail({ ...job, attempts }, error)
    }
    log.info('job will be tried again', { ...fields, delayMs: next.delayMs })
    await leases.reopen(live.lent.taskId)
    await jobs.change(job.id, ['running'], {
      state: 'queued',
      attempts,
      error,
      notBeforeMs: clock.wallMs() + next.delayMs,
      failedNodeIds: [...new Set([...job.failedNodeIds, live.workerId])]
    })
  }

  async #fail(job: StoredJob, error: JobError): Promise<void> {
    const change: JobChange = {
      state: 'failed',
      error,
      attempts: job.attempts,
      commit: undefined,
      endedAtMs: this.#parts.clock.wallMs()
    }
    const failed = await this.#parts.jobs.change(job.id, ['running', 'verifying'], change)
    if (failed) this.#changed(job.id)
  }

  async #endAttempt(
    jobId: string,
    epoch: Fencing['epoch'],
    outcome: Attempt['outcome'],
    error?: JobError
  ): Promise<void> {
    await this.#parts.jobs.endAttempt(jobId, epoch, { outcome, error, endedAtMs: this.#parts.clock.wallMs() })
  }

  #changed(jobId: string): void {
    this.#parts.events.emit('job', jobId)
  }
}
