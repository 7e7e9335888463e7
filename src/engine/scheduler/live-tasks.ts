import type { TaskProgress } from '../../shared/domain/jobs.ts'
import type { StoredJob } from '../jobs/job-store.ts'
import { engineIdOf } from './outside-engine.ts'
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
  readonly #byWorker = new Map<string, Set<LiveTask>>()

  put(task: LiveTask): void {
    this.#remove(task.lent.taskId)
    this.#byTask.set(task.lent.taskId, task)
    const ofWorker = this.#byWorker.get(task.workerId) ?? new Set()
    this.#byWorker.set(task.workerId, ofWorker.add(task))
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
    return [...(this.#byWorker.get(workerId) ?? [])]
  }

  all(): LiveTask[] {
    return [...this.#byTask.values()]
  }

  /** What nodes of the lab run: thousands may lie with outside engines, which say by themselves how far they are. */
  ofNodes(): LiveTask[] {
    return [...this.#byWorker].flatMap(([workerId, tasks]) => (engineIdOf(workerId) === undefined ? [...tasks] : []))
  }

  /** Forgets the lease, but not a newer one of the same task. */
  drop(fencing: Fencing): void {
    if (this.get(fencing)) this.#remove(fencing.taskId)
  }

  #remove(taskId: string): void {
    const task = this.#byTask.get(taskId)
    if (!task) return
    this.#byTask.delete(taskId)
    const ofWorker = this.#byWorker.get(task.workerId)
    ofWorker?.delete(task)
    if (ofWorker?.size === 0) this.#byWorker.delete(task.workerId)
  }
}
