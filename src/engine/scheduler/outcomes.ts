import type { Attempt } from '../../shared/domain/jobs.ts'
import { type JobError, toJobError } from '../../shared/errors.ts'
import type { CommitJournal, JobChange, StoredJob } from '../jobs/job-store.ts'
import type { LiveTask } from './live-tasks.ts'
import type { MasterParts } from './parts.ts'
import { afterFailure } from './retry.ts'
import type { Fencing, StagedResult } from './worker-port.ts'

/**
 * How a lease ends, once the lease store has said that it really is over. Every path goes through here, so that the job, its
 * attempt, its staging folder and what is shown always end together.
 */
export class Outcomes {
  readonly #parts: MasterParts
  /** Called when something may be lent again. */
  readonly #poke: () => void

  constructor(parts: MasterParts, poke: () => void) {
    this.#parts = parts
    this.#poke = poke
  }

  /** The result is staged and its lease settled: give the files their names. Never throws. */
  async finished(live: LiveTask, result: StagedResult): Promise<void> {
    const { jobs, outputs, rates, health } = this.#parts
    const { epoch } = live.lent
    try {
      const running = await jobs.get(live.jobId)
      if (!running) return
      const journal = await outputs.plan(running, epoch, result)
      const change = { state: 'verifying', commit: journal, report: result.report } as const
      const verifying = await jobs.change(live.jobId, ['running'], change)
      if (!verifying) return await outputs.discard(running, epoch)
      this.#changed(live.jobId)
      await this.commit(verifying, journal)
      rates.observe({
        nodeId: live.workerId,
        profile: live.lent.profile.name,
        sizeBytes: live.lent.sizeBytes,
        runMs: result.runMs,
        transfer: result.transfer
      })
      health.succeeded(live.workerId)
    } catch (thrown) {
      await this.#failedHere(live, toJobError(thrown))
    } finally {
      this.#parts.live.drop(live.lent)
      this.#changed(live.jobId)
      this.#poke()
    }
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
    await outputs.discard(job, journal.epoch)
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
  async failed(live: LiveTask, error: JobError, outcome: Attempt['outcome'] = 'failed'): Promise<void> {
    const job = await this.#parts.jobs.get(live.jobId)
    this.#parts.health.failed(live.workerId, error)
    await this.#endAttempt(live.jobId, live.lent.epoch, outcome, error)
    if (job) await this.#retryOrFail(job, live, error)
    await this.#forget(live)
  }

  /** The lease came back without a verdict on the job (pause now, quit, refused offer): costs no attempt. */
  async givenBack(live: LiveTask, outcome: 'released' | 'refused' | 'lost'): Promise<void> {
    await this.#endAttempt(live.jobId, live.lent.epoch, outcome)
    await this.#parts.jobs.change(live.jobId, ['running'], { state: 'queued' })
    await this.#forget(live)
  }

  /** The user took the job back; the lease is settled already. */
  async cancelled(live: LiveTask): Promise<void> {
    await this.#endAttempt(live.jobId, live.lent.epoch, 'cancelled')
    await this.#forget(live)
  }

  async #failedHere(live: LiveTask, error: JobError): Promise<void> {
    if (error.class === 'bug') this.#parts.onBug(error)
    const job = await this.#parts.jobs.get(live.jobId)
    await this.#endAttempt(live.jobId, live.lent.epoch, 'failed', error)
    if (!job) return
    await this.#fail({ ...job, attempts: job.attempts + 1 }, error)
    await this.#parts.outputs.discard(job, live.lent.epoch)
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

  async #forget(live: LiveTask): Promise<void> {
    const job = await this.#parts.jobs.get(live.jobId)
    if (job) await this.#parts.outputs.discard(job, live.lent.epoch)
    this.#parts.live.drop(live.lent)
    this.#changed(live.jobId)
    this.#poke()
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
