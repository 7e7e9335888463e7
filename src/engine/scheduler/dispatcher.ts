import type { Attempt } from '../../shared/domain/jobs.ts'
import { MicrotomeError, toJobError } from '../../shared/errors.ts'
import type { Timer } from '../clock.ts'
import type { StoredJob } from '../jobs/job-store.ts'
import { Desk } from './lease-desk.ts'
import type { LiveTask } from './live-tasks.ts'
import { Outcomes } from './outcomes.ts'
import type { MasterParts } from './parts.ts'
import { plan } from './plan.ts'
import { recover } from './recovery.ts'
import { snapshotOf } from './snapshot.ts'
import type { Fencing, LeaseDesk, LentTask, WorkerPort } from './worker-port.ts'

/** A lease that was not renewed for so long is lost. */
export const leaseTimeoutMs = 10_000
const sweepEveryMs = 1000
/** A worker that refused is not asked again for so long, unless its status changes. */
const refusalRestMs = 2000
/** After a round that a bug or a full disk broke off. */
const retryRoundMs = 5000
/** So many waiting jobs are looked at in one round. */
const lookAhead = 200

/**
 * The master's loop. Whatever changes calls `poke`; one round at a time takes the waiting jobs and the workers as they are,
 * lets `plan` decide, and lends. Nothing here decides who gets what (plan.ts) or how a lease ends (outcomes.ts).
 */
export class Dispatcher {
  readonly desk: LeaseDesk
  readonly #parts: MasterParts
  readonly #outcomes: Outcomes
  readonly #resting = new Map<string, number>()
  readonly #offering = new Set<Promise<void>>()
  #whyWaiting = new Map<string, string>()
  #round: Promise<void> = Promise.resolve()
  #running = false
  #again = false
  #stopped = false
  #sweeping = false
  #sweepTimer: Timer | undefined
  #dueTimer: Timer | undefined
  #lastSweepMs = 0
  #graceUntilMs = 0

  constructor(parts: MasterParts) {
    this.#parts = parts
    this.#outcomes = new Outcomes(parts, () => this.poke())
    this.desk = new Desk(parts, this.#outcomes, (workerId) => this.#workerChanged(workerId))
  }

  /** Takes up what an earlier run left, then begins to lend. */
  async start(selfId: string): Promise<void> {
    await recover(this.#parts, this.#outcomes, selfId)
    this.#lastSweepMs = this.#parts.clock.monotonicMs()
    this.#sweepTimer = this.#parts.clock.every(sweepEveryMs, () => void this.#sweep().catch(this.#parts.onBug))
    this.poke()
  }

  /** Lends nothing new from now on; resolves when what was being lent is settled either way. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#sweepTimer?.cancel()
    this.#dueTimer?.cancel()
    await this.#round
    await Promise.all(this.#offering)
  }

  poke(): void {
    if (this.#stopped) return
    this.#again = true
    if (!this.#running) this.#round = this.#rounds()
  }

  /** One sentence on why a queued job waits. */
  whyWaiting(jobId: string): string | undefined {
    return this.#whyWaiting.get(jobId)
  }

  /** Ends the lease of a job that the user cancelled; its job is in state `cancelled` already. */
  async cancel(jobId: string): Promise<void> {
    const live = this.#parts.live.ofTask(jobId)
    if (!live || live.settling) return
    live.settling = true
    await this.#parts.leases.settle(live.lent, live.workerId, 'failed')
    await this.#portOf(live.workerId)?.cancel(live.lent)
    await this.#outcomes.cancelled(live)
  }

  /** A worker is there (again): leases of ours that it no longer holds are lost now, not after the timeout. */
  async workerLinked(port: WorkerPort): Promise<void> {
    const before = this.#parts.live.ofWorker(port.nodeId)
    if (before.length > 0) {
      const held = await port.held()
      const missing = before.filter((live) => !live.settling && !held.some((one) => isSame(one, live.lent)))
      for (const live of missing) await this.#lose(live)
    }
    this.#workerChanged(port.nodeId)
  }

  /** Ends in the same breath in which it sees that nobody poked, so that no poke falls between. */
  async #rounds(): Promise<void> {
    this.#running = true
    while (this.#again && !this.#stopped) {
      this.#again = false
      await this.#lendWhatWaits().catch((thrown: unknown) => {
        this.#parts.onBug(thrown)
        this.#wakeIn(retryRoundMs)
      })
    }
    this.#running = false
  }

  async #lendWhatWaits(): Promise<void> {
    const { clock, jobs } = this.#parts
    const waiting = await jobs.waiting(lookAhead, clock.wallMs())
    const decision = plan(snapshotOf(this.#parts, waiting, (nodeId) => this.#rests(nodeId)))
    this.#showWhy(decision.waiting)
    for (const assignment of decision.assignments) {
      const job = waiting.find((one) => one.id === assignment.taskId)
      const port = this.#portOf(assignment.nodeId)
      if (job && port && !this.#stopped) await this.#lend(job, port, assignment.why)
    }
    await this.#wakeWhenDue()
  }

  async #lend(job: StoredJob, port: WorkerPort, why: string): Promise<void> {
    const { leases, outputs } = this.#parts
    const same = job.onExists === 'skip' ? await outputs.sameResult(job) : undefined
    if (same) return this.#outcomes.skipped(job, same)
    const task = await leases.task(job.id)
    const lease = task && (await leases.claim(job.id, port.nodeId, task.epoch))
    if (!lease) return
    const ranOn = { nodeId: port.nodeId, nodeName: port.name }
    const startedAtMs = job.startedAtMs ?? this.#parts.clock.wallMs()
    const running = await this.#parts.jobs.change(job.id, ['queued'], { state: 'running', startedAtMs, ranOn })
    if (!running) return void (await leases.release(lease))
    const live = this.#live(running, lease, port, why)
    this.#parts.live.put(live)
    await this.#parts.jobs.startAttempt(job.id, {
      epoch: lease.epoch,
      ...ranOn,
      startedAtMs: this.#parts.clock.wallMs()
    })
    try {
      await outputs.stage(running, lease.epoch)
    } catch (thrown) {
      return void (await this.desk.failed(port.nodeId, lease, toJobError(thrown)))
    }
    this.#parts.events.emit('job', job.id)
    this.#track(this.#offer(port, live))
  }

  #live(job: StoredJob, lease: Fencing, port: WorkerPort, why: string): LiveTask {
    const lent: LentTask = {
      taskId: lease.taskId,
      epoch: lease.epoch,
      kind: job.kind,
      profile: job.profile,
      sourcePath: job.source.path,
      sizeBytes: job.sizeBytes,
      name: job.name,
      stagingDir: this.#parts.outputs.stagingDirOf(job, lease.epoch)
    }
    const progress = { progress: 0, stage: port.isSelf ? 'converting' : 'fetching' } as const
    const startedAtMs = this.#parts.clock.wallMs()
    return {
      lent,
      jobId: job.id,
      workerId: port.nodeId,
      workerName: port.name,
      why,
      startedAtMs,
      progress,
      settling: false
    }
  }

  async #offer(port: WorkerPort, live: LiveTask): Promise<void> {
    const answer = await port
      .offer(live.lent)
      .catch((thrown: unknown) => ({ accepted: false, reason: toJobError(thrown).message }))
    if (answer.accepted) return
    this.#resting.set(port.nodeId, this.#parts.clock.monotonicMs() + refusalRestMs)
    this.#parts.log.info('worker refused', { jobId: live.jobId, nodeId: port.nodeId })
    this.desk.log(live.lent, 'info', `${port.name} refused: ${answer.reason ?? 'no reason given'}`)
    if (!live.settling && (await this.#parts.leases.release(live.lent))) await this.#outcomes.givenBack(live, 'refused')
    this.poke()
  }

  async #sweep(): Promise<void> {
    if (this.#sweeping) return
    this.#sweeping = true
    try {
      if (this.#wasAsleep()) return
      for (const lease of await this.#parts.leases.sweep(leaseTimeoutMs)) {
        const live = this.#parts.live.get(lease)
        if (live && !live.settling) await this.#ended(live, lostError(live), 'lost')
      }
    } finally {
      this.#sweeping = false
    }
  }

  /** A master that was suspended itself can't tell who was silent: everybody gets the full time again. */
  #wasAsleep(): boolean {
    const nowMs = this.#parts.clock.monotonicMs()
    if (nowMs - this.#lastSweepMs > 5 * sweepEveryMs) this.#graceUntilMs = nowMs + leaseTimeoutMs
    this.#lastSweepMs = nowMs
    return nowMs < this.#graceUntilMs
  }

  async #lose(live: LiveTask): Promise<void> {
    if (await this.#parts.leases.release(live.lent)) await this.#ended(live, lostError(live), 'lost')
  }

  async #ended(live: LiveTask, error: MicrotomeError, outcome: Attempt['outcome']): Promise<void> {
    live.settling = true
    await this.#portOf(live.workerId)?.cancel(live.lent)
    await this.#outcomes.failed(live, error.toJSON(), outcome)
  }

  async #wakeWhenDue(): Promise<void> {
    const nowMs = this.#parts.clock.wallMs()
    const dueMs = (await this.#parts.jobs.nextDueMs(nowMs)) ?? Number.POSITIVE_INFINITY
    const restMs = Math.min(...this.#resting.values()) - this.#parts.clock.monotonicMs()
    const delayMs = Math.min(dueMs - nowMs, restMs < 0 ? Number.POSITIVE_INFINITY : restMs, 60_000)
    this.#wakeIn(delayMs + 1)
  }

  #wakeIn(delayMs: number): void {
    this.#dueTimer?.cancel()
    if (!this.#stopped) this.#dueTimer = this.#parts.clock.after(delayMs, () => this.poke())
  }

  #workerChanged(workerId: string): void {
    this.#resting.delete(workerId)
    this.#parts.events.emit('nodes', undefined)
    this.poke()
  }

  #rests(nodeId: string): boolean {
    const rests = (this.#resting.get(nodeId) ?? 0) > this.#parts.clock.monotonicMs()
    if (!rests) this.#resting.delete(nodeId)
    return rests
  }

  #portOf(nodeId: string): WorkerPort | undefined {
    return this.#parts.ports().find((port) => port.nodeId === nodeId)
  }

  #showWhy(waiting: { taskId: string; why: string }[]): void {
    const before = this.#whyWaiting
    this.#whyWaiting = new Map(waiting.map((one) => [one.taskId, one.why]))
    for (const [jobId, why] of this.#whyWaiting) if (before.get(jobId) !== why) this.#parts.events.emit('job', jobId)
  }

  #track(work: Promise<void>): void {
    const tracked = work.catch(this.#parts.onBug).finally(() => this.#offering.delete(tracked))
    this.#offering.add(tracked)
  }
}

function isSame(a: Fencing, b: Fencing): boolean {
  return a.taskId === b.taskId && a.epoch === b.epoch
}

function lostError(live: LiveTask): MicrotomeError {
  return new MicrotomeError({
    code: 'worker-lost',
    class: 'transport',
    message: `${live.workerName} stopped answering while it ran this job.`,
    hint: 'Check that the computer is on and connected; the job goes on elsewhere.'
  })
}
