import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TaskProgress } from '../../shared/domain/jobs.ts'
import type { WorkerStatus } from '../../shared/domain/nodes.ts'
import { toJobError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log/index.ts'
import type { Fencing, HeldTask, LeaseDesk, LentTask, WorkerPort } from '../scheduler/worker-port.ts'
import { Beat } from './beat.ts'
import type { ConversionEnd } from './converters.ts'
import type { Slot, Worker } from './worker.ts'

/** What the own worker's port is made of. */
export interface OwnWorkerOptions {
  nodeId: string
  name: string
  worker: Worker
  desk: LeaseDesk
  clock: Clock
  log: Log
}

interface OwnTask {
  lent: LentTask
  slot: Slot
  stop: AbortController
  /** Set when it was given back: the reason for the master. */
  released: string | undefined
  progress: TaskProgress
  done: Promise<void>
}

/** This node's worker as its own master sees it: the source is read in place, the result written into the staging folder. */
export class OwnWorker implements WorkerPort {
  readonly nodeId: string
  readonly name: string
  readonly isSelf = true
  readonly #options: OwnWorkerOptions
  readonly #tasks = new Map<string, OwnTask>()
  readonly #beat: Beat

  constructor(options: OwnWorkerOptions) {
    this.nodeId = options.nodeId
    this.name = options.name
    this.#options = options
    const { clock, worker, desk, log } = options
    this.#beat = new Beat(
      clock,
      () => this.#tasks.size > 0,
      () => this.#heartbeat(),
      (error) => log.error('the own heartbeat failed', {}, error)
    )
    worker.onChange(() => desk.workerChanged(this.nodeId))
    worker.onGiveBack((reason) => this.#giveBack(reason))
  }

  status(): WorkerStatus {
    return this.#options.worker.status('self')
  }

  async offer(lent: LentTask): Promise<{ accepted: boolean; reason?: string | undefined }> {
    const known = this.#tasks.get(lent.taskId)
    if (known && known.lent.epoch >= lent.epoch) return { accepted: false, reason: 'It runs that task already.' }
    const { kind, sizeBytes, profile } = lent
    const slot = this.#options.worker.admit({ audience: 'self', kind, sizeBytes, profile: profile.name })
    if (typeof slot === 'string') return { accepted: false, reason: slot }
    await known?.done
    this.#start(lent, slot)
    return { accepted: true }
  }

  async cancel({ taskId, epoch }: Fencing): Promise<void> {
    const task = this.#tasks.get(taskId)
    if (!task || task.lent.epoch > epoch) return
    task.stop.abort()
    await task.done
  }

  async held(): Promise<HeldTask[]> {
    return [...this.#tasks.values()].map(({ lent: { taskId, epoch }, progress }) => ({
      taskId,
      epoch,
      state: 'running',
      progress
    }))
  }

  pause(now: boolean): Promise<void> {
    return this.#options.worker.pause(now)
  }

  resume(): Promise<void> {
    return this.#options.worker.resume()
  }

  close(): void {
    this.#beat.stop()
  }

  #start(lent: LentTask, slot: Slot): void {
    const task: OwnTask = {
      lent,
      slot,
      stop: new AbortController(),
      released: undefined,
      progress: { progress: 0, stage: 'converting' },
      done: Promise.resolve()
    }
    this.#tasks.set(lent.taskId, task)
    task.done = this.#run(task).catch((error: unknown) =>
      this.#options.log.error('the end of a task could not be told', { taskId: lent.taskId }, error)
    )
  }

  async #run(task: OwnTask): Promise<void> {
    const end = await this.#convert(task).catch((error: unknown) => ({
      type: 'failed' as const,
      error: toJobError(error)
    }))
    if (end.type !== 'converted') await emptyFolder(task.lent.stagingDir)
    task.slot.release()
    if (this.#tasks.get(task.lent.taskId) === task) this.#tasks.delete(task.lent.taskId)
    await this.#tell(task, end)
  }

  async #convert(task: OwnTask): Promise<ConversionEnd> {
    const { worker, desk } = this.#options
    const { kind, profile, sourcePath, sizeBytes, stagingDir } = task.lent
    const scratchDir = await worker.scratch.open(task.lent)
    try {
      const output = { type: 'folder', dir: stagingDir } as const
      return await worker.convert(
        { kind, profile, sourcePath, sizeBytes, scratchDir, output },
        {
          signal: task.stop.signal,
          onProgress: (progress) => {
            task.progress = progress
            this.#beat.moved()
          },
          onLog: (level, message) => desk.log(task.lent, level, message)
        }
      )
    } finally {
      await worker.scratch.close(scratchDir)
    }
  }

  async #tell(task: OwnTask, end: ConversionEnd): Promise<void> {
    const { desk } = this.#options
    if (end.type === 'converted') {
      const { primary, totalBytes, report } = end.result
      await desk.finished(this.nodeId, task.lent, { primary, totalBytes, report, runMs: end.runMs })
    } else if (task.released !== undefined) await desk.released(this.nodeId, task.lent, task.released)
    else if (end.type === 'failed') await desk.failed(this.nodeId, task.lent, end.error)
  }

  async #heartbeat(): Promise<void> {
    const leases = [...this.#tasks.values()].map(({ lent: { taskId, epoch }, progress }) => ({
      taskId,
      epoch,
      progress
    }))
    for (const stale of await this.#options.desk.heartbeat(this.nodeId, leases)) await this.cancel(stale)
  }

  async #giveBack(reason: string): Promise<void> {
    const tasks = [...this.#tasks.values()]
    for (const task of tasks) {
      task.released = reason
      task.stop.abort()
    }
    await Promise.all(tasks.map((task) => task.done))
  }
}

/** What a killed child left in the staging folder; the folder itself is the master's, and may be gone. */
async function emptyFolder(dir: string): Promise<void> {
  const names = await readdir(dir).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  for (const name of names) await rm(join(dir, name), { recursive: true, force: true, maxRetries: 5 })
}
