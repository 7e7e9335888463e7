import { MicrotomeError } from '../../shared/errors.ts'
import type { Timer } from '../clock.ts'
import type { LiveTask } from './live-tasks.ts'
import type { Outcomes } from './outcomes.ts'
import { outsideEnginePrefix } from './outside-engine.ts'
import type { MasterParts } from './parts.ts'
import { bringBack } from './recovery.ts'

/** A lease that was not renewed for so long is lost. */
export const leaseTimeoutMs = 10_000
const everyMs = 1000

/**
 * Looks every second for what nobody will ever report: leases whose workers are silent (outside engines have a watch of their own,
 * in dispatch/), and jobs that seem to run and that no
 * lease stands for (a full disk broke off how one ended). Whoever's compare-and-set ended a lease sees it through; so what the
 * sweep took back is the watch's to end, whatever else was about to happen to it.
 */
export class LeaseWatch {
  readonly #parts: MasterParts
  readonly #outcomes: Outcomes
  readonly #poke: () => void
  #timer: Timer | undefined
  #looking: Promise<void> | undefined
  /** Beside the looks: one worker that does not answer must not keep others' leases from being seen. */
  readonly #losing = new Set<Promise<void>>()
  #lastMs = 0
  #graceUntilMs = 0
  /** Jobs that nobody stood for at the last look; between a claim and its entry in memory that is so for a moment. */
  #forsaken = new Set<string>()

  constructor(parts: MasterParts, outcomes: Outcomes, poke: () => void) {
    this.#parts = parts
    this.#outcomes = outcomes
    this.#poke = poke
  }

  /** Everybody has the full time from now on: until now the door was closed. */
  start(): void {
    this.#lastMs = this.#parts.clock.monotonicMs()
    this.#graceUntilMs = this.#lastMs + leaseTimeoutMs
    this.#timer = this.#parts.clock.every(everyMs, () => this.#tick())
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    await this.#looking
    await Promise.all(this.#losing)
  }

  /** The worker says that it does not hold the lease any more. */
  async lose(live: LiveTask): Promise<void> {
    if (await this.#parts.leases.release(live.lent)) await this.#lost(live)
  }

  #tick(): void {
    this.#looking ??= this.#look()
      .catch(this.#parts.onBug)
      .finally(() => {
        this.#looking = undefined
      })
  }

  async #look(): Promise<void> {
    if (!this.#mustWait()) {
      const lost = await this.#parts.leases.sweep(leaseTimeoutMs, outsideEnginePrefix)
      const live = lost.map((lease) => this.#parts.live.get(lease)).filter((one) => one !== undefined)
      for (const one of live) this.#seeThrough(this.#lost(one))
    }
    await this.#bringBackForsaken()
  }

  #seeThrough(lost: Promise<void>): void {
    const seen = lost.catch(this.#parts.onBug).finally(() => this.#losing.delete(seen))
    this.#losing.add(seen)
  }

  /** A master that was suspended itself can't tell who was silent: everybody gets the full time again. */
  #mustWait(): boolean {
    const nowMs = this.#parts.clock.monotonicMs()
    if (nowMs - this.#lastMs > 5 * everyMs) this.#graceUntilMs = nowMs + leaseTimeoutMs
    this.#lastMs = nowMs
    return nowMs < this.#graceUntilMs
  }

  async #lost(live: LiveTask): Promise<void> {
    live.settling = true
    live.revoked = true
    await this.#parts
      .ports()
      .find((port) => port.nodeId === live.workerId)
      ?.cancel(live.lent)
    await this.#outcomes.failed(live, lostError(live).toJSON(), 'lost')
  }

  async #bringBackForsaken(): Promise<void> {
    const { jobs, live } = this.#parts
    const unfinished = await jobs.idsInState(['running', 'verifying'], outsideEnginePrefix)
    const forsaken = unfinished.filter((id) => !live.ofTask(id) && !this.#outcomes.isSending(id))
    const before = this.#forsaken
    this.#forsaken = new Set(forsaken)
    for (const id of forsaken) {
      const job = before.has(id) ? await jobs.get(id) : undefined
      if (job?.state !== 'running' && job?.state !== 'verifying') continue
      this.#parts.log.warn('a job that nobody ran any more is queued again', { jobId: job.id })
      await bringBack(this.#parts, this.#outcomes, job)
      this.#poke()
    }
  }
}

function lostError(live: LiveTask): MicrotomeError {
  return new MicrotomeError({
    code: 'worker-lost',
    class: 'transport',
    message: `${live.workerName} stopped answering while it ran this job.`,
    hint: 'Check that the computer is on and connected; the job goes on elsewhere.'
  })
}
