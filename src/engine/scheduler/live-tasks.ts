import type { TaskProgress } from '../../shared/domain/jobs.ts'
import type { StoredJob } from '../jobs/job-store.ts'
import type { Fencing, LentTask } from './worker-port.ts'

/** A lease that this run of the master knows of. */
export interface LiveTask {
  lent: LentTask
  /** As it was when it was lent: where its staging folder lies is known even after the job was removed. */
  job: StoredJob
  jobId: string
  workerId: string
  workerName: string
  why: string
  startedAtMs: number
  progress: TaskProgress
  /** From the moment its result or verdict is accepted: nothing else can end it any more. */
  settling: boolean
  /** The user took it back, or the worker was silent too long: whatever comes of it is not wanted. */
  revoked: boolean
}

/** What changes many times a second is kept in memory only: who runs what, and how far it is. */
export class LiveTasks {
  readonly #byTask = new Map<string, LiveTask>()

  put(task: LiveTask): void {
    this.#byTask.set(task.lent.taskId, task)
  }

  /** The task if `fencing` names its newest lease. */
  get(fencing: Fencing): LiveTask | undefined {
    const live = this.#byTask.get(fencing.taskId)
    return live?.lent.epoch === fencing.epoch ? live : undefined
  }

  ofTask(taskId: string): LiveTask | undefined {
    return this.#byTask.get(taskId)
  }

  ofWorker(workerId: string): LiveTask[] {
    return [...this.#byTask.values()].filter((live) => live.workerId === workerId)
  }

  all(): LiveTask[] {
    return [...this.#byTask.values()]
  }

  /** Forgets the lease, but not a newer one of the same task. */
  drop(fencing: Fencing): void {
    if (this.get(fencing)) this.#byTask.delete(fencing.taskId)
  }
}
