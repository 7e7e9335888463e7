import { Group, Text, ThemeIcon, Title, Tooltip } from '@mantine/core'
import { IconDeviceDesktop, IconDeviceLaptop, IconServer, type TablerIcon } from '@tabler/icons-react'
import type { NodeClass, NodeView } from '../../shared/domain/nodes.ts'
import { shortAddress } from './add-computer/address.ts'
import { NodeActions } from './node-actions.tsx'
import { NodeFacts } from './node-facts.tsx'
import { NodeHealth } from './node-health.tsx'
import { NodeRunning } from './node-running.tsx'
import { stateLook } from './node-state.ts'
import { NodeUse } from './node-use.tsx'
import classes from './nodes.module.css'

const classLook: Record<NodeClass, { icon: TablerIcon; word: string; inSentence: string }> = {
  laptop: { icon: IconDeviceLaptop, word: 'Laptop', inSentence: 'laptop' },
  desktop: { icon: IconDeviceDesktop, word: 'Desktop PC', inSentence: 'desktop PC' },
  server: { icon: IconServer, word: 'Server', inSentence: 'server' }
}

/** One computer of the lab. */
export function NodeCard({ node, onRemove }: { node: NodeView; onRemove: () => void }) {
  return (
    <li className={classes.card} data-state={node.state} data-self={node.isSelf || undefined}>
      <NodeHead node={node} />
      <NodeHealth node={node} />
      <NodeUse node={node} />
      <NodeRunning node={node} />
      <NodeFacts node={node} />
      <NodeActions node={node} onRemove={onRemove} />
    </li>
  )
}

function NodeHead({ node }: { node: NodeView }) {
  const { icon: Icon, word, inSentence } = classLook[node.class]
  const look = stateLook(node.state)
  const StateIcon = look.icon
  return (
    <Group wrap="nowrap" align="flex-start" gap="sm">
      <ThemeIcon variant="light" size={42} radius="md" color={node.isSelf ? undefined : 'gray'}>
        <Icon size={24} stroke={1.6} aria-hidden />
      </ThemeIcon>
      <div className={classes.grow}>
        <Tooltip label={node.name} openDelay={500} multiline maw={420}>
          <Title order={2} className={classes.name} lineClamp={2}>
            {node.name}
          </Title>
        </Tooltip>
        <Text size="sm" c="dimmed" truncate>
          {node.isSelf ? `This computer, ${inSentence}` : word}
          {node.address !== undefined && !node.isSelf && `, ${shortAddress(node.address)}`}
        </Text>
      </div>
      <span className={classes.badge} data-tone={look.tone}>
        <StateIcon size={14} aria-hidden />
        {look.word}
      </span>
    </Group>
  )
}
