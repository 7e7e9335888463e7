import { roomBytes } from './cost.ts'
import type { PlanWorker, WaitingTask } from './plan-input.ts'
import { restAfterFailures } from './worker-health.ts'

/** Why a worker can't take a task at all, however long it waits. */
export type Blocker = 'offline' | 'cannot' | 'paused' | 'unavailable' | 'no-room'

/** Undefined if it can. */
export function blockerOf(task: WaitingTask, worker: PlanWorker): Blocker | undefined {
  const { status } = worker
  if (!status) return 'offline'
  if (!status.profiles.includes(task.profile)) return 'cannot'
  switch (status.state) {
    case 'paused':
    case 'pausing':
      return 'paused'
    case 'unavailable':
      return 'unavailable'
    case 'idle':
    case 'working':
      return status.scratchFreeBytes < roomBytes(task, worker) ? 'no-room' : undefined
  }
}

export const rests = (worker: PlanWorker) => worker.recentFailures >= restAfterFailures

export const failedThere = (task: WaitingTask, worker: PlanWorker) => task.failedNodeIds.includes(worker.nodeId)

/** Those that may take the task; a node that rests only where there is no other. */
export function candidatesFor(task: WaitingTask, workers: readonly PlanWorker[]): PlanWorker[] {
  const able = workers.filter((worker) => blockerOf(task, worker) === undefined)
  const healthy = able.filter((worker) => !rests(worker))
  return healthy.length > 0 ? healthy : able
}
