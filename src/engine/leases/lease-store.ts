import type { Fencing } from '../scheduler/worker-port.ts'

/** A task lent to a worker. */
export interface Lease extends Fencing {
  jobId: string
  workerId: string
  /** When it was last renewed, on the master's monotonic clock; of a lease that an earlier run left, when this run opened the store. */
  renewedAtMs: number
}

/**
 * Who holds which task. Compare-and-set only: every method but `add` and `leases` answers whether this very epoch was still in
 * force, so two masters' processes, a late worker and a restarted master can't both win. task: waiting -> leased -> done | failed.
 */
export interface LeaseStore {
  /** New tasks, waiting, at epoch 0. Known ones stay as they are. */
  add(tasks: { taskId: string; jobId: string }[]): Promise<void>
  /** waiting at `epoch` -> leased at `epoch + 1`; undefined if another was faster or it is not waiting. */
  claim(taskId: string, workerId: string, epoch: number): Promise<Lease | undefined>
  /** The task's newest epoch and state; undefined for one that was never added. */
  task(
    taskId: string
  ): Promise<
    { epoch: number; state: 'waiting' | 'leased' | 'done' | 'failed'; workerId?: string | undefined } | undefined
  >
  /** Not durable: a lost renewal costs nothing. */
  renew(fencing: Fencing, workerId: string): Promise<boolean>
  /** The point of no return for a result: true exactly once per epoch. */
  settle(fencing: Fencing, workerId: string, state: 'done' | 'failed'): Promise<boolean>
  /** leased -> waiting; the epoch stays, the next claim raises it. */
  release(fencing: Fencing): Promise<boolean>
  /** done | failed -> waiting, for a retry or after a crash before the commit. */
  reopen(taskId: string): Promise<boolean>
  /**
   * Leases not renewed for `maxAgeMs` go back to waiting; answers those. Of workers whose ids begin with `sparing` somebody else
   * tells when they are lost.
   */
  sweep(maxAgeMs: number, sparing?: string): Promise<Lease[]>
  leases(): Promise<Lease[]>
  remove(taskIds: string[]): Promise<void>
}
