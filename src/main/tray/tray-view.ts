import type { NodeStatus } from '../../shared/contract/local.ts'
import { type ShellState, underWay } from '../shell-state.ts'

/** What the tray shows: its icon, one line, and what can be done. */
export interface TrayView {
  icon: 'idle' | 'working' | 'paused'
  line: string
  /** `pause`: both ways of pausing; `none`: there is no engine to ask. */
  action: 'pause' | 'resume' | 'try-again' | 'none'
}

/** The tray for a state of engine and node. */
export function trayView({ engine, status }: ShellState): TrayView {
  switch (engine.kind) {
    case 'starting':
      return { icon: 'idle', line: 'Starting …', action: 'none' }
    case 'waiting':
      return { icon: 'paused', line: 'Restarting …', action: 'none' }
    case 'given-up':
      return { icon: 'paused', line: 'Not running: the engine does not start', action: 'try-again' }
    case 'ending':
      return { icon: 'working', line: engine.now ? 'Quitting …' : 'Quits when what runs is done', action: 'none' }
    case 'ended':
      return { icon: 'paused', line: 'Quitting …', action: 'none' }
    case 'running':
      return status ? nodeView(status) : { icon: 'idle', line: 'Connecting …', action: 'none' }
  }
}

function nodeView(status: NodeStatus): TrayView {
  switch (status.worker) {
    case 'idle':
    case 'working': {
      const isWorking = status.worker === 'working' || underWay(status) > 0
      const line = isWorking ? `Working${workOf(status)}` : `Ready${workOf(status)}`
      return { icon: isWorking ? 'working' : 'idle', line, action: 'pause' }
    }
    case 'pausing':
      return { icon: 'paused', line: `Pausing after what runs${workOf(status)}`, action: 'resume' }
    case 'paused':
      return { icon: 'paused', line: `Paused${workOf(status)}`, action: 'resume' }
    case 'unavailable':
      return { icon: 'paused', line: status.workerReason || 'Not available to the lab now', action: 'pause' }
  }
}

function workOf(status: NodeStatus): string {
  const parts = [
    ...amount(underWay(status), 'running'),
    ...amount(status.counts.queued ?? 0, 'waiting'),
    ...(status.remainingMs === undefined ? [] : [`${spanOf(status.remainingMs)} left`])
  ]
  return parts.length > 0 ? `: ${parts.join(', ')}` : ''
}

const amount = (count: number, what: string) => (count > 0 ? [`${count} ${what}`] : [])

function spanOf(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 1) return 'less than a minute'
  return minutes < 90 ? `about ${minutes} min` : `about ${Math.round(minutes / 60)} h`
}
