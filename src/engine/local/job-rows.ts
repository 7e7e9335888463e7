import type { Job, JobDetails } from '../../shared/domain/jobs.ts'
import { type JobStore, jobView, type StoredJob } from '../jobs/index.ts'
import type { Dispatcher, LiveTasks } from '../scheduler/index.ts'
import { commandOf } from './command-line.ts'

/** Jobs as the page and the command line see them: what is stored and what is live, together. */
export class JobRows {
  readonly #jobs: JobStore
  readonly #live: LiveTasks
  readonly #dispatcher: Pick<Dispatcher, 'whyWaiting'>
  readonly #platform: string
  readonly #nodeId: string

  constructor(parts: {
    jobs: JobStore
    live: LiveTasks
    dispatcher: Pick<Dispatcher, 'whyWaiting'>
    /** `process.platform`: how a command is written. */
    platform: string
    /** This node's. */
    nodeId: string
  }) {
    this.#jobs = parts.jobs
    this.#live = parts.live
    this.#dispatcher = parts.dispatcher
    this.#platform = parts.platform
    this.#nodeId = parts.nodeId
  }

  of(stored: StoredJob): Job {
    const live = this.#live.ofTask(stored.id)
    // Where an earlier try ran says nothing about a job that waits; its attempts tell.
    const waits = stored.state === 'queued' || stored.state === 'held'
    const ranOn = waits ? undefined : stored.ranOn
    return jobView(stored, {
      workerId: live?.workerId ?? ranOn?.nodeId,
      workerName: live?.workerName ?? ranOn?.nodeName,
      runsHere: live?.workerId === this.#nodeId,
      progress: live?.progress,
      why: live?.why ?? this.#dispatcher.whyWaiting(stored.id)
    })
  }

  async byId(id: string): Promise<Job | undefined> {
    const stored = await this.#jobs.get(id)
    return stored && this.of(stored)
  }

  async details(stored: StoredJob): Promise<JobDetails> {
    return {
      ...this.of(stored),
      destination: stored.sink.dir,
      onExists: stored.onExists,
      attemptLog: await this.#jobs.attempts(stored.id),
      logLines: await this.#jobs.logLines(stored.id),
      command: commandOf(stored, this.#platform),
      report: stored.report
    }
  }
}
