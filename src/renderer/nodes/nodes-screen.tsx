import { Button, Group, Skeleton, Text, Title } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { NodeView } from '../../shared/domain/nodes.ts'
import { useLab } from '../state/lab-store.ts'
import { AddComputer } from './add-computer/add-computer.tsx'
import { Invitation } from './invitation.tsx'
import { NodeCard } from './node-card.tsx'
import { inOrder } from './node-state.ts'
import classes from './nodes.module.css'
import { RemoveNode } from './remove-node.tsx'

/** Every computer of the lab: what it is, what it does, and why it does nothing. */
export function NodesScreen() {
  const known = useLab((lab) => lab.nodes)
  const nodes = useMemo(() => inOrder(known), [known])
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<NodeView | undefined>()
  return (
    <div className={classes.screen}>
      <Group justify="space-between" align="flex-start" wrap="nowrap" className={classes.head}>
        <div>
          <Title order={1}>Computers</Title>
          <Text c="dimmed">{summary(nodes)}</Text>
        </div>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
          Add another computer
        </Button>
      </Group>
      <ul className={classes.grid} aria-label="Computers of the lab">
        {nodes.length === 0 && <Skeleton component="li" height={320} radius="lg" aria-label="Loading" />}
        {nodes.map((node) => (
          <NodeCard key={node.nodeId} node={node} onRemove={() => setRemoving(node)} />
        ))}
        {nodes.length === 1 && <Invitation onAdd={() => setAdding(true)} />}
      </ul>
      <AddComputer opened={adding} onClose={() => setAdding(false)} />
      <RemoveNode node={removing} onClose={() => setRemoving(undefined)} />
    </div>
  )
}

function summary(nodes: readonly NodeView[]): string {
  if (nodes.length === 0) return 'Connecting to the engine of this computer.'
  if (nodes.length === 1) return 'This computer converts alone. Add others and they share the work.'
  const there = nodes.filter((node) => node.state !== 'offline')
  const slots = there.reduce((sum, node) => sum + node.slots, 0)
  const busy = there.reduce((sum, node) => sum + node.busy, 0)
  return `${there.length} of ${nodes.length} are reachable, ${busy} of ${slots} slots in use.`
}
