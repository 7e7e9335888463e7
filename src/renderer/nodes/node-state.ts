import {
  IconAlertTriangle,
  IconBolt,
  IconCircleCheck,
  IconClockPause,
  IconPlayerPause,
  IconPlugConnectedX,
  type TablerIcon
} from '@tabler/icons-react'
import type { NodeView } from '../../shared/domain/nodes.ts'

/** How a state of a computer is told: in a word, an icon and a tone that the style sheet colours. */
export interface StateLook {
  word: string
  icon: TablerIcon
  tone: 'good' | 'busy' | 'held' | 'away' | 'troubled'
}

/** The word, icon and tone of a computer's state. */
export function stateLook(state: NodeView['state']): StateLook {
  switch (state) {
    case 'idle':
      return { word: 'Ready', icon: IconCircleCheck, tone: 'good' }
    case 'working':
      return { word: 'Working', icon: IconBolt, tone: 'busy' }
    case 'pausing':
      return { word: 'Pausing', icon: IconPlayerPause, tone: 'held' }
    case 'paused':
      return { word: 'Paused', icon: IconPlayerPause, tone: 'held' }
    case 'unavailable':
      return { word: 'Not available', icon: IconClockPause, tone: 'away' }
    case 'offline':
      return { word: 'Offline', icon: IconPlugConnectedX, tone: 'away' }
    case 'incompatible':
      return { word: 'Other version', icon: IconAlertTriangle, tone: 'troubled' }
  }
}

/** Whether the computer is there to be told something. */
export function isReachable(state: NodeView['state']): boolean {
  return state !== 'offline' && state !== 'incompatible'
}

/** Failures of the computer's own within an hour at which masters let it rest. */
export const restsAtFailures = 3

const order: NodeView['state'][] = ['working', 'idle', 'pausing', 'paused', 'unavailable', 'incompatible', 'offline']
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** This computer first, then those that work, those that are gone last; by name among equals. */
export function inOrder(nodes: readonly NodeView[]): NodeView[] {
  return [...nodes].sort(
    (a, b) => Number(b.isSelf) - Number(a.isSelf) || rank(a.state) - rank(b.state) || collator.compare(a.name, b.name)
  )
}

// Working, ready and pausing share a rank: a card must not jump whenever a task begins or ends.
function rank(state: NodeView['state']): number {
  return Math.max(2, order.indexOf(state))
}

/** One sentence on why it gets no work; undefined where it gets some. */
export function whyNoWork(node: NodeView): string | undefined {
  if (node.recentFailures >= restsAtFailures && isReachable(node.state))
    return `It rests, because ${node.recentFailures} tasks failed on it within the last hour.`
  if (node.reason !== '') return node.reason
  switch (node.state) {
    case 'offline':
      return 'It does not answer. Work goes to the other computers until it is back.'
    case 'incompatible':
      return 'It runs a version of Microtome that this one cannot work with. Update the older of the two.'
    case 'paused':
      return 'It was paused and takes no work until it is resumed.'
    case 'pausing':
      return 'It finishes what runs and takes nothing new.'
    case 'unavailable':
      return 'It takes no work for the lab now.'
    case 'idle':
    case 'working':
      return undefined
  }
}
