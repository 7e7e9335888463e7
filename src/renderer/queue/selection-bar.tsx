import { Button, CloseButton, Menu, Text } from '@mantine/core'
import { IconArrowsSort, IconPlayerPause, IconPlayerPlay, IconRefresh, IconTrash, IconX } from '@tabler/icons-react'
import { type Job, priorities } from '../../shared/domain/jobs.ts'
import { formatCount, plural } from '../format/quantity.ts'
import { askToCancel, changePriority, idsFor, type JobAction, priorityWords, runAction } from '../jobs/index.ts'
import { useLab } from '../state/lab-store.ts'
import { useQueue } from './queue-store.ts'
import { nothingSelected } from './selection.ts'
import classes from './selection-bar.module.css'

/** What can be done with all that is selected; there while more than one job is. */
export function SelectionBar() {
  const ids = useQueue((queue) => queue.selection.ids)
  const select = useQueue((queue) => queue.select)
  const all = useLab((lab) => lab.jobs)
  if (ids.size < 2) return null
  const jobs = [...ids].flatMap((id) => all.get(id) ?? [])
  return (
    <div className={classes.bar} role="toolbar" aria-label="Selected jobs">
      <CloseButton aria-label="Select nothing" onClick={() => select(() => nothingSelected)} />
      <Text fw={600} size="sm" mr="auto" className="tabular" role="status">
        {plural(ids.size, 'job')} selected
      </Text>
      <Action jobs={jobs} action="retry" icon={IconRefresh} label="Retry" />
      <Action jobs={jobs} action="hold" icon={IconPlayerPause} label="Hold" />
      <Action jobs={jobs} action="release" icon={IconPlayerPlay} label="Release" />
      <PriorityMenu jobs={jobs} />
      <Action jobs={jobs} action="cancel" icon={IconX} label="Cancel" run={() => askToCancel(jobs)} />
      <Action jobs={jobs} action="remove" icon={IconTrash} label="Remove ended" />
    </div>
  )
}

interface ActionProps {
  jobs: readonly Job[]
  action: Exclude<JobAction, 'set-priority' | 'view'>
  icon: typeof IconX
  label: string
  run?: () => void
}

function Action({ jobs, action, icon: Icon, label, run }: ActionProps) {
  const count = idsFor(jobs, action).length
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      className="tabular"
      disabled={count === 0}
      leftSection={<Icon size={16} aria-hidden />}
      onClick={run ?? (() => void runAction(action, jobs))}
    >
      {label}
      {count > 0 && count < jobs.length ? ` ${formatCount(count)}` : ''}
    </Button>
  )
}

function PriorityMenu({ jobs }: { jobs: readonly Job[] }) {
  return (
    <Menu position="top-end" width={140} withinPortal={false}>
      <Menu.Target>
        <Button
          variant="subtle"
          size="compact-sm"
          disabled={idsFor(jobs, 'set-priority').length === 0}
          leftSection={<IconArrowsSort size={16} aria-hidden />}
        >
          Priority
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {priorities.map((priority) => (
          <Menu.Item key={priority} onClick={() => void changePriority(priority, jobs)}>
            {priorityWords[priority]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
