import { toJobError } from '../../shared/errors.ts'
import type { Timer } from '../clock.ts'
import type { StoredJob } from '../jobs/job-store.ts'
import { Desk } from './lease-desk.ts'
import { LeaseWatch } from './lease-watch.ts'
import type { LiveTask } from './live-tasks.ts'
import { Outcomes } from './outcomes.ts'
import type { MasterParts } from './parts.ts'
import { plan } from './plan.ts'
import { Pulse } from './pulse.ts'
import { recover } from './recovery.ts'
import { Refusals } from './refusals.ts'
import { snapshotOf } from './snapshot.ts'
import { SourceFetches } from './source-fetches.ts'
import type { Fencing, HeldTask, LeaseDesk, LentTask, WorkerPort } from './worker-port.ts'

/** After a round that a bug or a full disk broke off. */
const retryRoundMs = 5000
/** However little is known of when something becomes due. */
const longestWaitMs = 60_000
/** So many waiting jobs are looked at in one round. */
const lookAhead = 200

/**
 * The master's loop. Whatever changes calls `poke`; one round at a time takes the waiting jobs and the workers as they are,
 * lets `plan` decide, and lends. Nothing here decides who gets what (plan.ts), how a lease ends (outcomes.ts) or when one is
 * lost (lease-watch.ts).
 */
export class Dispatcher {
  readonly desk: LeaseDesk
  readonly #parts: MasterParts
  readonly #outcomes: Outcomes
  readonly #watch: LeaseWatch
  readonly #refusals: Refusals
  readonly #pulse: Pulse
  readonly #fetches: SourceFetches
  readonly #offering = new Map<LiveTask, Promise<void>>()
  #whyWaiting = new Map<string, string>()
  #round: Promise<void> = Promise.resolve()
  #running = false
  #again = false
  #lends = false
  #dueTimer: Timer | undefined

  constructor(parts: MasterParts) {
    const poke = () => this.poke()
    this.#parts = parts
    this.#outcomes = new Outcomes(parts, poke)
    this.#watch = new LeaseWatch(parts, this.#outcomes, poke)
    this.#refusals = new Refusals(parts.clock)
    this.#pulse = new Pulse(parts)
    this.#fetches = new SourceFetches(parts)
    this.desk = new Desk(parts, this.#outcomes, (workerId) => this.#workerChanged(workerId))
  }

  /** Takes up what an earlier run left. Before the peer door opens, and before {@link start}. */
  recover(selfId: string): Promise<void> {
    return recover(this.#parts, this.#outcomes, selfId)
  }

  /** Begins to lend; until then a poke does nothing. */
  start(): void {
    this.#lends = true
    this.#watch.start()
    this.#pulse.start()
    for (const live of this.#parts.live.all()) this.#goOn(live)
    this.poke()
  }

  /** Lends nothing new from now on; resolves when what was being lent is settled either way. */
  async stop(): Promise<void> {
    this.#lends = false
    this.#dueTimer?.cancel()
    this.#fetches.stopAll()
    await this.#round
    await Promise.all(this.#offering.values())
  }

  /** After `stop`, when no worker reports any more: resolves when nothing uses the stores any more. */
  async settled(): Promise<void> {
    this.#pulse.stop()
    await this.#watch.stop()
    await this.#outcomes.settled()
  }

  poke(): void {
    if (!this.#lends) return
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
    live.revoked = true
    this.#fetches.stop(live)
    await this.#parts.leases.settle(live.lent, live.workerId, 'failed')
    await this.#portOf(live.workerId)?.cancel(live.lent)
    await this.#outcomes.cancelled(live)
  }

  /** A worker is there (again): leases of ours that it no longer holds are lost now, not after the timeout. */
  async workerLinked(port: WorkerPort): Promise<void> {
    const before = this.#parts.live.ofWorker(port.nodeId).filter((live) => !this.#offering.has(live))
    const held = before.length > 0 ? await this.#heldBy(port) : undefined
    const missing = before.filter((live) => !live.settling && held?.every((one) => !isSame(one, live.lent)))
    await Promise.all(missing.map((live) => this.#watch.lose(live)))
    this.#workerChanged(port.nodeId)
  }

  /** Undefined where it left before it could say. */
  #heldBy(port: WorkerPort): Promise<HeldTask[] | undefined> {
    return port.held().catch((error: unknown) => {
      this.#parts.log.debug('a worker could not say what it holds', { nodeId: port.nodeId }, error)
      return undefined
    })
  }

  /** Ends in the same breath in which it sees that nobody poked, so that no poke falls between. */
  async #rounds(): Promise<void> {
    this.#running = true
    while (this.#again && this.#lends) {
      this.#again = false
      await this.#lendWhatWaits().catch((thrown: unknown) => {
        this.#parts.onBug(thrown)
        this.#wakeIn(retryRoundMs)
      })
    }
    this.#running = false
  }

  async #lendWhatWaits(): Promise<void> {
    const waiting = await this.#waiting()
    const decision = plan(snapshotOf(this.#parts, waiting, (nodeId) => this.#refusals.reasonOf(nodeId)))
    this.#showWhy(decision.waiting)
    for (const assignment of decision.assignments) {
      const job = waiting.find((one) => one.id === assignment.taskId)
      const port = this.#portOf(assignment.nodeId)
      if (job && port && this.#lends) await this.#lend(job, port, assignment.why)
    }
    await this.#wakeWhenDue()
  }

  /** The head of the queue, and behind it what somebody here can make: jobs that nobody can make must not keep those waiting. */
  async #waiting(): Promise<StoredJob[]> {
    const { clock, jobs, ports } = this.#parts
    const makeable = new Set(ports().flatMap((port) => port.status()?.profiles ?? []))
    const first = await jobs.waiting(lookAhead, clock.wallMs())
    if (first.every((job) => makeable.has(job.profile.name))) return first
    const ids = new Set(first.map(({ id }) => id))
    const behind = await jobs.waiting(lookAhead, clock.wallMs(), [...makeable])
    return [...first, ...behind.filter(({ id }) => !ids.has(id))]
  }

  async #lend(job: StoredJob, port: WorkerPort, why: string): Promise<void> {
    const { leases, jobs, clock } = this.#parts
    const same = job.onExists === 'skip' ? await this.#sameResult(job) : undefined
    if (same !== undefined) return this.#outcomes.skipped(job, same)
    const task = await leases.task(job.id)
    const lease = task && (await leases.claim(job.id, port.nodeId, task.epoch))
    if (!lease) return
    const ranOn = { nodeId: port.nodeId, nodeName: port.name }
    const startedAtMs = clock.wallMs()
    const change = { state: 'running', startedAtMs: job.startedAtMs ?? startedAtMs, ranOn } as const
    const running = await jobs.change(job.id, ['queued'], change)
    if (!running) return void (await leases.release(lease))
    const live = this.#live(running, lease, port, why)
    this.#parts.live.put(live)
    this.#pulse.start()
    await jobs.startAttempt(job.id, { epoch: lease.epoch, ...ranOn, startedAtMs })
    this.#parts.events.emit('job', job.id)
    this.#track(live, this.#stageAndOffer(port, live))
  }

  /** A look that fails says nothing about the job: what is wrong with its files is told when it is staged. */
  #sameResult(job: StoredJob): Promise<string | undefined> {
    return this.#parts.outputs.sameResult(job).catch((error: unknown) => {
      this.#parts.log.debug('an earlier result could not be looked for', { jobId: job.id }, error)
      return undefined
    })
  }

  #live(job: StoredJob, lease: Fencing, port: WorkerPort, why: string): LiveTask {
    const lent: LentTask = {
      taskId: lease.taskId,
      epoch: lease.epoch,
      kind: job.kind,
      profile: job.profile,
      sourcePath: job.source.path,
      parts: job.source.parts,
      sizeBytes: job.sizeBytes,
      name: job.name,
      stagingDir: this.#parts.outputs.stagingDirOf(job, lease.epoch)
    }
    return {
      lent,
      job,
      jobId: job.id,
      workerId: port.nodeId,
      workerName: port.name,
      why,
      startedAtMs: this.#parts.clock.wallMs(),
      progress: { progress: 0, stage: port.isSelf && job.source.type !== 'url' ? 'converting' : 'fetching' },
      settling: false,
      revoked: false
    }
  }

  /** Before anything else is lent, so that its slot is free. */
  #goOn(live: LiveTask): void {
    const port = live.lent.leftEpoch === undefined ? undefined : this.#portOf(live.workerId)
    if (port) this.#track(live, this.#stageAndOffer(port, live))
  }

  /** Beside the round: one destination that does not answer must not keep the others waiting. */
  async #stageAndOffer(port: WorkerPort, live: LiveTask): Promise<void> {
    try {
      await this.#parts.outputs.stage(live.job, live.lent.epoch, live.lent.leftEpoch)
      await this.#fetches.fetch(live)
    } catch (thrown) {
      if (live.revoked) return this.#outcomes.discard(live.job, live.lent.epoch)
      if (this.#fetches.stopped) return this.#giveBack(live)
      return void (await this.desk.failed(port.nodeId, live.lent, toJobError(thrown)))
    }
    if (live.revoked) return this.#outcomes.discard(live.job, live.lent.epoch)
    await this.#offer(port, live)
  }

  async #offer(port: WorkerPort, live: LiveTask): Promise<void> {
    const answer = await port
      .offer(live.lent)
      .catch((thrown: unknown) => ({ accepted: false, reason: toJobError(thrown).message }))
    if (answer.accepted) {
      this.#refusals.clear(port.nodeId)
      // Cancelled before the worker knew of it.
      return live.revoked ? port.cancel(live.lent) : undefined
    }
    this.#refusals.add(port.nodeId, answer.reason ?? 'It gave no reason.')
    this.#parts.log.info('worker refused', { jobId: live.jobId, nodeId: port.nodeId })
    this.desk.log(live.lent, 'info', `${port.name} refused: ${answer.reason ?? 'no reason given'}`)
    if (!live.settling && (await this.#parts.leases.release(live.lent))) await this.#outcomes.givenBack(live, 'refused')
    this.poke()
  }

  /** The engine ends before the source was there. */
  async #giveBack(live: LiveTask): Promise<void> {
    if (!live.settling && (await this.#parts.leases.release(live.lent)))
      await this.#outcomes.givenBack(live, 'released')
  }

  async #wakeWhenDue(): Promise<void> {
    const nowMs = this.#parts.clock.wallMs()
    const dueMs = (await this.#parts.jobs.nextDueMs(nowMs)) ?? Number.POSITIVE_INFINITY
    this.#wakeIn(Math.min(dueMs - nowMs, this.#refusals.nextEndMs(), longestWaitMs) + 1)
  }

  #wakeIn(delayMs: number): void {
    this.#dueTimer?.cancel()
    if (this.#lends) this.#dueTimer = this.#parts.clock.after(delayMs, () => this.poke())
  }

  #workerChanged(workerId: string): void {
    this.#refusals.clear(workerId)
    this.#parts.events.emit('nodes', undefined)
    this.poke()
  }

  #portOf(nodeId: string): WorkerPort | undefined {
    return this.#parts.ports().find((port) => port.nodeId === nodeId)
  }

  #showWhy(waiting: { taskId: string; why: string }[]): void {
    const before = this.#whyWaiting
    this.#whyWaiting = new Map(waiting.map((one) => [one.taskId, one.why]))
    for (const [jobId, why] of this.#whyWaiting) if (before.get(jobId) !== why) this.#parts.events.emit('job', jobId)
  }

  #track(live: LiveTask, work: Promise<void>): void {
    const tracked = work.catch(this.#parts.onBug).finally(() => this.#offering.delete(live))
    this.#offering.set(live, tracked)
  }
}

function isSame(a: Fencing, b: Fencing): boolean {
  return a.taskId === b.taskId && a.epoch === b.epoch
}
