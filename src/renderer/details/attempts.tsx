import { Text, Timeline } from '@mantine/core'
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconBan,
  IconCheck,
  IconHandStop,
  IconPlugConnectedX,
  IconProgress
} from '@tabler/icons-react'
import type { Attempt } from '../../shared/domain/jobs.ts'
import { formatDuration } from '../format/duration.ts'
import { formatSeconds } from '../format/moment.ts'
import classes from './details.module.css'

const outcomes = {
  running: { words: 'Running', icon: IconProgress },
  completed: { words: 'Done', icon: IconCheck },
  failed: { words: 'Failed', icon: IconAlertTriangle },
  lost: { words: 'Contact lost', icon: IconPlugConnectedX },
  released: { words: 'Given back', icon: IconArrowBackUp },
  cancelled: { words: 'Cancelled', icon: IconBan },
  refused: { words: 'Refused', icon: IconHandStop }
} as const satisfies Record<Attempt['outcome'], unknown>

/** Every try: on which computer, how long, and why it ended. */
export function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  return (
    <section>
      <h3 className={classes.heading}>Attempts</h3>
      {attempts.length === 0 ? (
        <Text size="sm" c="dimmed">
          No computer has begun it yet.
        </Text>
      ) : (
        <Timeline bulletSize={24} lineWidth={2} active={attempts.length}>
          {attempts.map(attemptItem)}
        </Timeline>
      )}
    </section>
  )
}

/** An element, not a component: the timeline hands its direct children what they need to be coloured. */
function attemptItem(attempt: Attempt) {
  const { words, icon: Icon } = outcomes[attempt.outcome]
  const tookMs = (attempt.endedAtMs ?? Date.now()) - attempt.startedAtMs
  return (
    <Timeline.Item
      key={attempt.epoch}
      bullet={<Icon size={14} aria-hidden />}
      color={colorOf(attempt.outcome)}
      title={<span className={classes.breaking}>{attempt.nodeName}</span>}
    >
      <Text size="sm" c="dimmed" className="tabular">
        {words}, began at {formatSeconds(attempt.startedAtMs)}, {formatDuration(tookMs)}
      </Text>
      {attempt.error && <Text size="sm">{attempt.error.message}</Text>}
      {attempt.error?.hint !== undefined && (
        <Text size="sm" c="dimmed">
          {attempt.error.hint}
        </Text>
      )}
    </Timeline.Item>
  )
}

function colorOf(outcome: Attempt['outcome']): string {
  switch (outcome) {
    case 'completed':
      return 'green.9'
    case 'failed':
    case 'lost':
      return 'red.9'
    case 'running':
      return 'ink'
    case 'released':
    case 'cancelled':
    case 'refused':
      return 'gray.7'
  }
}
