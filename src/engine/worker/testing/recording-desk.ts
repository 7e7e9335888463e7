import type { TaskProgress } from '../../../shared/domain/jobs.ts'
import type { JobError } from '../../../shared/errors.ts'
import type { Fencing, LeaseDesk, LentTask, StagedResult } from '../../scheduler/worker-port.ts'

/** What a desk was told. */
export type Told =
  | { type: 'finished'; taskId: string; epoch: number; result: StagedResult }
  | { type: 'failed'; taskId: string; epoch: number; error: JobError }
  | { type: 'released'; taskId: string; epoch: number; reason: string }

/** A master's desk that knows which leases are valid and keeps what it was told. A lease ends with its first verdict. */
export class RecordingDesk implements LeaseDesk {
  readonly valids = new Map<string, LentTask>()
  readonly told: Told[] = []
  readonly progress: TaskProgress[] = []
  readonly logs: string[] = []
  changes = 0

  lend(task: LentTask): LentTask {
    this.valids.set(task.taskId, task)
    return task
  }

  async heartbeat(_workerId: string, leases: (Fencing & { progress: TaskProgress })[]): Promise<Fencing[]> {
    for (const lease of leases) this.progress.push(lease.progress)
    return leases.filter((lease) => !this.#isValid(lease)).map(({ taskId, epoch }) => ({ taskId, epoch }))
  }

  async valid(_workerId: string, fencing: Fencing): Promise<LentTask | undefined> {
    return this.#isValid(fencing) ? this.valids.get(fencing.taskId) : undefined
  }

  async finished(_workerId: string, fencing: Fencing, result: StagedResult) {
    return this.#end(fencing, { type: 'finished', ...pick(fencing), result })
  }

  async failed(_workerId: string, fencing: Fencing, error: JobError) {
    return this.#end(fencing, { type: 'failed', ...pick(fencing), error })
  }

  async released(_workerId: string, fencing: Fencing, reason: string) {
    return this.#end(fencing, { type: 'released', ...pick(fencing), reason })
  }

  log(_fencing: Fencing, _level: string, message: string): void {
    this.logs.push(message)
  }

  workerChanged(): void {
    this.changes++
  }

  #isValid({ taskId, epoch }: Fencing): boolean {
    return this.valids.get(taskId)?.epoch === epoch
  }

  #end(fencing: Fencing, told: Told): 'ok' | 'stale' {
    if (!this.#isValid(fencing)) return 'stale'
    this.valids.delete(fencing.taskId)
    this.told.push(told)
    return 'ok'
  }
}

const pick = ({ taskId, epoch }: Fencing) => ({ taskId, epoch })
