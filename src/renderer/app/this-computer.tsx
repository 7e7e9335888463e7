import { ActionIcon, Tooltip } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import type { NodeStatus } from '../../shared/contract/local.ts'
import { api } from '../api/client.ts'
import { notifyProblem } from '../problem/index.ts'
import { useLab } from '../state/lab-store.ts'
import classes from './navigation.module.css'

const words: Record<NodeStatus['worker'], string> = {
  idle: 'Ready',
  working: 'Working',
  pausing: 'Pausing',
  paused: 'Paused',
  unavailable: 'Not available now'
}

/** This computer's name and state, and the way to pause it. */
export function ThisComputer() {
  const status = useLab((lab) => lab.status)
  const connected = useLab((lab) => lab.connection === 'live')
  if (!status) return null
  return (
    <div className={classes.computer}>
      <span className={classes.lamp} data-state={connected ? status.worker : 'away'} aria-hidden />
      <span className={classes.computerText}>
        <span className={classes.computerName} title={status.name}>
          {status.name}
        </span>
        <span className={classes.computerState} title={status.workerReason}>
          {connected ? words[status.worker] : 'No connection'}
        </span>
      </span>
      <PauseButton status={status} disabled={!connected} />
    </div>
  )
}

function PauseButton({ status, disabled }: { status: NodeStatus; disabled: boolean }) {
  const paused = status.worker === 'paused' || status.worker === 'pausing'
  const { nodeId } = status
  const press = () => (paused ? api.nodes.resume({ nodeId }) : api.nodes.pause({ nodeId }))
  const label = paused ? 'Resume work on this computer' : 'Pause work on this computer'
  return (
    <Tooltip label={label} position="right">
      <ActionIcon
        variant="subtle"
        color="gray"
        size={30}
        aria-label={label}
        disabled={disabled}
        onClick={() => void press().catch(notifyProblem)}
      >
        {paused ? <IconPlayerPlay size={17} aria-hidden /> : <IconPlayerPause size={17} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  )
}
