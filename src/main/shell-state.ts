import type { NodeStatus } from '../shared/contract/local.ts'
import type { EngineState } from './engine/index.ts'

/** All that tray, wake lock and quitting look at. */
export interface ShellState {
  engine: EngineState
  /** The engine's last word; undefined while it can't be reached. */
  status: NodeStatus | undefined
}

/** Jobs of this node that are under way anywhere in the lab. */
export function underWay(status: NodeStatus): number {
  return (status.counts.running ?? 0) + (status.counts.verifying ?? 0)
}

/** Whether quitting would interrupt something: jobs of this node, or what it runs for others. */
export function isBusy({ engine, status }: ShellState): boolean {
  if (engine.kind !== 'running' || !engine.isOurs || !status) return false
  return underWay(status) > 0 || status.worker === 'working' || status.worker === 'pausing'
}
