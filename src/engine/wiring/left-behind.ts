import { uptime } from 'node:os'
import type { Clock } from '../clock.ts'
import type { LiveTasks } from '../scheduler/index.ts'
import type { Kept } from '../worker/index.ts'

/**
 * Scratch of the own tasks that go on after a restart. Only what was written since the computer started: after a loss of power
 * notes may be there, and not what they tell of.
 */
export function leftBehind(live: LiveTasks, clock: Clock): Kept {
  const left = live
    .ofNodes()
    .flatMap(({ lent: { taskId, leftEpoch } }) => (leftEpoch === undefined ? [] : [{ taskId, epoch: leftEpoch }]))
  return { leases: left, sinceMs: clock.wallMs() - uptime() * 1000 }
}
