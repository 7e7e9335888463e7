import { ActionIcon, Button, Group, Menu, Text } from '@mantine/core'
import {
  IconChevronDown,
  IconDots,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconTrash
} from '@tabler/icons-react'
import { useState } from 'react'
import type { NodeView } from '../../shared/domain/nodes.ts'
import { api } from '../api/client.ts'
import { notifyProblem } from '../problem/index.ts'
import { isReachable } from './node-state.ts'
import classes from './nodes.module.css'

/** Pause, resume and remove. */
export function NodeActions({ node, onRemove }: { node: NodeView; onRemove: () => void }) {
  const [asking, setAsking] = useState(false)
  const ask = (call: Promise<unknown>) => {
    setAsking(true)
    call.catch(notifyProblem).finally(() => setAsking(false))
  }
  const { nodeId } = node
  const resume = () => ask(api.nodes.resume({ nodeId }))
  const pause = (now: boolean) => ask(api.nodes.pause({ nodeId, now }))
  return (
    <Group justify="space-between" className={classes.actions}>
      {isReachable(node.state) ? <WorkButtons node={node} asking={asking} pause={pause} resume={resume} /> : <span />}
      {!node.isSelf && <MoreMenu node={node} onRemove={onRemove} />}
    </Group>
  )
}

interface WorkProps {
  node: NodeView
  asking: boolean
  pause: (now: boolean) => void
  resume: () => void
}

function WorkButtons({ node, asking, pause, resume }: WorkProps) {
  const resumeButton = (
    <Button
      size="xs"
      variant="default"
      loading={asking}
      leftSection={<IconPlayerPlay size={14} aria-hidden />}
      onClick={resume}
    >
      Resume
    </Button>
  )
  switch (node.state) {
    case 'paused':
      return resumeButton
    case 'pausing':
      return (
        <Group gap="xs">
          {resumeButton}
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlayerStop size={14} aria-hidden />}
            onClick={() => pause(true)}
          >
            Pause now
          </Button>
        </Group>
      )
    case 'idle':
    case 'working':
    case 'unavailable':
      return <PauseMenu node={node} asking={asking} pause={pause} />
    case 'offline':
    case 'incompatible':
      return null
  }
}

function PauseMenu({ node, asking, pause }: Omit<WorkProps, 'resume'>) {
  return (
    <Menu position="bottom-start" withinPortal={false} withInitialFocusPlaceholder={false} width={300}>
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          loading={asking}
          leftSection={<IconPlayerPause size={14} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          aria-label={`Pause ${node.name}`}
        >
          Pause
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPlayerPause size={16} aria-hidden />} onClick={() => pause(false)}>
          Pause when done
          <Text size="xs" className={classes.menuNote}>
            Finishes what runs, takes nothing new.
          </Text>
        </Menu.Item>
        <Menu.Item leftSection={<IconPlayerStop size={16} aria-hidden />} onClick={() => pause(true)}>
          Pause now
          <Text size="xs" className={classes.menuNote}>
            Gives back what runs; other computers start it again.
          </Text>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function MoreMenu({ node, onRemove }: { node: NodeView; onRemove: () => void }) {
  return (
    <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={30} aria-label={`More for ${node.name}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={onRemove}>
          Remove from the lab
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
