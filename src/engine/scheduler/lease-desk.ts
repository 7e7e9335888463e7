import type { TaskProgress } from '../../shared/domain/jobs.ts'
import type { JobError } from '../../shared/errors.ts'
import type { LiveTask } from './live-tasks.ts'
import type { Outcomes } from './outcomes.ts'
import type { MasterParts } from './parts.ts'
import type { Fencing, LeaseDesk, LentTask, StagedResult } from './worker-port.ts'

/**
 * Where workers report. Every message names its lease; the lease store decides whether that lease is still in force, so a
 * worker that was away too long is told so and can change nothing.
 */
export class Desk implements LeaseDesk {
  readonly #parts: MasterParts
  readonly #outcomes: Outcomes
  readonly #onWorkerChanged: (workerId: string) => void

  constructor(parts: MasterParts, outcomes: Outcomes, onWorkerChanged: (workerId: string) => void) {
    this.#parts = parts
    this.#outcomes = outcomes
    this.#onWorkerChanged = onWorkerChanged
  }

  async heartbeat(workerId: string, leases: (Fencing & { progress: TaskProgress })[]): Promise<Fencing[]> {
    const stale: Fencing[] = []
    for (const { taskId, epoch, progress } of leases) {
      const live = this.#parts.live.get({ taskId, epoch })
      if (live?.settling) continue
      const valid = live?.workerId === workerId && (await this.#parts.leases.renew({ taskId, epoch }, workerId))
      if (!valid) stale.push({ taskId, epoch })
      else if (live) this.#moved(live, progress)
    }
    return stale
  }

  async valid(workerId: string, fencing: Fencing): Promise<LentTask | undefined> {
    const live = this.#parts.live.get(fencing)
    if (!live || live.settling || live.workerId !== workerId) return undefined
    return (await this.#parts.leases.renew(fencing, workerId)) ? live.lent : undefined
  }

  async finished(workerId: string, fencing: Fencing, result: StagedResult): Promise<'ok' | 'stale'> {
    const live = await this.#settle(workerId, fencing, 'done')
    await (live && this.#outcomes.finished(live, result))
    return live ? 'ok' : 'stale'
  }

  async failed(workerId: string, fencing: Fencing, error: JobError): Promise<'ok' | 'stale'> {
    const live = await this.#settle(workerId, fencing, 'failed')
    await (live && this.#outcomes.failed(live, error))
    return live ? 'ok' : 'stale'
  }

  async released(workerId: string, fencing: Fencing, reason: string): Promise<'ok' | 'stale'> {
    const live = this.#parts.live.get(fencing)
    if (!live || live.workerId !== workerId || !(await this.#parts.leases.release(fencing))) return 'stale'
    this.#parts.log.info('lease given back', { jobId: live.jobId, nodeId: workerId })
    this.log(fencing, 'info', `Given back: ${reason}`)
    await this.#outcomes.givenBack(live, 'released')
    return 'ok'
  }

  log(fencing: Fencing, level: 'debug' | 'info' | 'warn', message: string): void {
    const live = this.#parts.live.get(fencing)
    if (!live) return
    this.#parts.jobs
      .addLogLine(live.jobId, { atMs: this.#parts.clock.wallMs(), level, message })
      .catch(this.#parts.onBug)
  }

  workerChanged(workerId: string): void {
    this.#onWorkerChanged(workerId)
  }

  /** The task if this call settled its lease: then whoever called sees it to its end. */
  async #settle(workerId: string, fencing: Fencing, state: 'done' | 'failed'): Promise<LiveTask | undefined> {
    const live = this.#parts.live.get(fencing)
    if (!live || live.settling || live.workerId !== workerId) return undefined
    live.settling = true
    let settled = false
    try {
      settled = await this.#parts.leases.settle(fencing, workerId, state)
    } finally {
      // A full disk: the lease is still in force, and whoever holds it may be silent from now on.
      live.settling = settled || live.revoked
    }
    return settled ? live : undefined
  }

  /** Told with every report, changed or not: who follows a job sees that it is alive. */
  #moved(live: LiveTask, progress: TaskProgress): void {
    live.progress = progress
    this.#parts.events.emit('job', live.jobId)
  }
}
