import type { WorkerState } from '../../shared/domain/nodes.ts'

/** What decides on a worker's state. `closed`: why it isn't available to whoever asks, if it isn't. */
export interface StateInputs {
  localWork: boolean
  paused: boolean
  busy: number
  closed: string | undefined
}

/**
 *            pause                 last task ended
 *   working --------> pausing ------------------------> paused
 *      ^  | resume <-----'                                 |
 *      |  | last task ended                                | resume
 *      |  v              pause                             v
 *     idle -----------------------------------------> (paused) -> idle
 *
 * `unavailable` beats them all: this node runs no jobs at all, or not now for the one who asks.
 */
export function workerStateOf({ localWork, paused, busy, closed }: StateInputs): {
  state: WorkerState
  reason: string
} {
  if (!localWork) return { state: 'unavailable', reason: 'Set up to hand out jobs only, not to run them.' }
  if (paused && busy > 0) return { state: 'pausing', reason: 'Finishes what runs, then pauses.' }
  if (paused) return { state: 'paused', reason: 'Paused.' }
  if (closed !== undefined) return { state: 'unavailable', reason: closed }
  return { state: busy > 0 ? 'working' : 'idle', reason: '' }
}
