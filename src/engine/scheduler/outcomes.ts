import type { Attempt } from '../../shared/domain/jobs.ts'
import { type JobError, toJobError } from '../../shared/errors.ts'
import type { CommitJournal, JobChange, StoredJob } from '../jobs/job-store.ts'
import type { LiveTask } from './live-tasks.ts'
import type { MasterParts } from './parts.ts'
import { ResultSending } from './result-sending.ts'
import { afterFailure } from './retry.ts'
import { foretold } from './snapshot.ts'
import { dropSource } from './source-fetches.ts'
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
  readonly #sending: ResultSending
  /** Jobs of an earlier run whose results are being sent. */
  readonly #late = new Set<string>()

  constructor(parts: MasterParts, poke: () => void) {
    this.#parts = parts
    this.#poke = poke
    this.#sending = new ResultSending(parts)
  }

  /** Results on their way to a URL are left to the next run. Resolves when no lease is on its way to its end: nothing reads or writes the stores for one any more. */
  async settled(): Promise<void> {
    this.#sending.stop()
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

  /** The same for a result that goes to a URL, which may take hours: nobody waits for it. */
  commitLater(job: StoredJob, journal: CommitJournal): void {
    if (this.#late.has(job.id)) return
    this.#late.add(job.id)
    const sent = this.commit(job, journal)
      .catch((thrown: unknown) => (this.#sending.stopped ? undefined : this.#fail(job, toJobError(thrown))))
      .catch(this.#parts.onBug)
      .finally(() => this.#late.delete(job.id))
    this.#track(sent)
  }

  /** Whether somebody sends the job's result, though no lease stands for it. */
  isSending(jobId: string): boolean {
    return this.#late.has(jobId)
  }

  /** Moves a verified result to its place, sends it on where it is to go, and completes the job; also after a crash in the middle of it. */
  async commit(job: StoredJob, journal: CommitJournal): Promise<void> {
    const { jobs, outputs } = this.#parts
    await outputs.commit(job, journal)
    const outputUrl = await this.#sending.send(job, journal.output)
    await this.#endAttempt(job.id, journal.epoch, 'completed')
    const completed = await jobs.change(job.id, ['verifying'], {
      state: 'completed',
      attempts: job.attempts + 1,
      output: journal.output,
      error: undefined,
      commit: undefined,
      ...(outputUrl !== undefined && job.dispatch && { dispatch: { ...job.dispatch, outputUrl } }),
      endedAtMs: this.#parts.clock.wallMs()
    })
    await dropSource(this.#parts, job)
    if (outputUrl !== undefined) await this.#parts.web?.results.remove(job.id)
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
      await dropSource(this.#parts, live.job)
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
    this.#track(ended)
    return ended
  }

  #track(ended: Promise<void>): void {
    const tracked: Promise<void> = ended.then(
      () => void this.#open.delete(tracked),
      () => void this.#open.delete(tracked)
    )
    this.#open.add(tracked)
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
    this.#parts.onEnded?.({
      kind: live.job.kind,
      outcome: 'completed',
      ...timesOf(live.job, live.startedAtMs, this.#parts.clock.wallMs()),
      runMs: result.runMs,
      transferMs: result.transfer?.ms ?? 0,
      sourceBytes: live.lent.sizeBytes,
      resultBytes: result.totalBytes
    })
  }

  async #failedHere(live: LiveTask, thrown: unknown): Promise<void> {
    if (this.#sending.stopped && live.job.sink.type === 'url') return
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
    const { maxRetries, times } = job.dispatch ?? {}
    const chosen = { maxRetries, retryDelayMs: times?.retryDelayMs }
    const next = afterFailure({ error, attempts, random: random(), ...chosen })
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
    if (!failed) return
    this.#changed(job.id)
    await dropSource(this.#parts, job)
    const nowMs = this.#parts.clock.wallMs()
    const times = timesOf(job, job.startedAtMs ?? nowMs, nowMs)
    const { kind, sizeBytes } = job
    this.#parts.onEnded?.({ kind, outcome: 'failed', ...times, transferMs: 0, sourceBytes: sizeBytes, resultBytes: 0 })
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

/** Wall clocks jump back. */
function timesOf({ createdAtMs, startedAtMs }: StoredJob, lentAtMs: number, nowMs: number) {
  return {
    queuedMs: Math.max(0, (startedAtMs ?? lentAtMs) - createdAtMs),
    runMs: Math.max(0, nowMs - lentAtMs)
  }
}
