import { Group, Progress, Text } from '@mantine/core'
import type { NodeView } from '../../shared/domain/nodes.ts'
import { isReachable } from './node-state.ts'
import classes from './nodes.module.css'

// More marks than this say less than the number does.
const mostMarks = 16

/** Slots in use and load; what is not known of a computer that is away is left out. */
export function NodeUse({ node }: { node: NodeView }) {
  if (!isReachable(node.state)) return null
  return (
    <div className={classes.use}>
      <div>
        <Group justify="space-between" wrap="nowrap" mb={6}>
          <Text size="sm" c="dimmed">
            Slots
          </Text>
          <Text size="sm" className="tabular">
            {node.busy} of {node.slots} in use
          </Text>
        </Group>
        <div className={classes.slots} aria-hidden>
          {Array.from({ length: Math.min(node.slots, mostMarks) }, (_, slot) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a slot is nothing but its place.
            <span key={slot} className={classes.slot} data-busy={slot < node.busy || undefined} />
          ))}
        </div>
      </div>
      <div>
        <Group justify="space-between" wrap="nowrap" mb={6}>
          <Text size="sm" c="dimmed">
            Load
          </Text>
          <Text size="sm" className="tabular">
            {node.load === undefined ? 'not known' : `${Math.round(node.load * 100)}%`}
          </Text>
        </Group>
        <Progress value={(node.load ?? 0) * 100} size={8} color="ink.5" aria-label={`Load of ${node.name}`} />
      </div>
    </div>
  )
}
