import { Menu } from '@mantine/core'
import {
  IconArrowsSort,
  IconExternalLink,
  IconEye,
  IconFolderOpen,
  IconInfoCircle,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconTrash,
  IconX
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { type Job, priorities } from '../../shared/domain/jobs.ts'
import { bridge } from '../api/bridge.ts'
import { allows, changePriority, priorityWords, runAction } from '../jobs/index.ts'
import { notifyProblem } from '../problem/index.ts'
import { useView } from '../state/view-store.ts'
import classes from './job-table.module.css'

export interface OpenMenu {
  jobId: string
  /** Where it was asked for, in the window. */
  x: number
  y: number
}

interface JobMenuProps {
  job: Job
  at: { x: number; y: number }
  onClose(): void
  onOpen(job: Job): void
}

/** All that can be done with one job; one menu serves the whole table, so that rows stay cheap. */
export function JobMenu({ job, at, onClose, onOpen }: JobMenuProps) {
  return (
    <Menu
      opened
      withinPortal={false}
      floatingStrategy="fixed"
      onClose={onClose}
      position="bottom-end"
      width={220}
      returnFocus={false}
      transitionProps={{ duration: 0 }}
    >
      <Menu.Target>
        <button
          type="button"
          tabIndex={-1}
          className={classes.anchor}
          style={{ left: at.x, top: at.y }}
          aria-label="Actions"
        />
      </Menu.Target>
      <Menu.Dropdown aria-label={`Actions for ${job.name}`}>
        <Menu.Item leftSection={<IconInfoCircle size={16} />} onClick={() => onOpen(job)}>
          Details
        </Menu.Item>
        <ResultItems job={job} />
        <Menu.Divider />
        <StateItems job={job} />
        <PriorityItems job={job} />
      </Menu.Dropdown>
    </Menu>
  )
}

function ResultItems({ job }: { job: Job }) {
  const { output } = job
  if (!allows(job, 'view')) return null
  const desktop = bridge
  return (
    <>
      <Menu.Item leftSection={<IconEye size={16} />} onClick={() => useView.getState().openViewer(job.id)}>
        {job.state === 'completed' ? 'View' : 'View what is there'}
      </Menu.Item>
      {desktop && output !== undefined && (
        <>
          <Item icon={<IconFolderOpen size={16} />} run={() => desktop.showInFolder(output)}>
            Show in folder
          </Item>
          <Item icon={<IconExternalLink size={16} />} run={() => desktop.openPath(output)}>
            Open with another program
          </Item>
        </>
      )}
    </>
  )
}

function StateItems({ job }: { job: Job }) {
  return (
    <>
      {allows(job, 'retry') && (
        <Item icon={<IconRefresh size={16} />} run={() => runAction('retry', [job])}>
          Retry
        </Item>
      )}
      {allows(job, 'hold') && (
        <Item icon={<IconPlayerPause size={16} />} run={() => runAction('hold', [job])}>
          Hold
        </Item>
      )}
      {allows(job, 'release') && (
        <Item icon={<IconPlayerPlay size={16} />} run={() => runAction('release', [job])}>
          Release
        </Item>
      )}
      {allows(job, 'cancel') && (
        <Item icon={<IconX size={16} />} run={() => runAction('cancel', [job])}>
          Cancel
        </Item>
      )}
      {allows(job, 'remove') && (
        <Item icon={<IconTrash size={16} />} run={() => runAction('remove', [job])}>
          Remove from the list
        </Item>
      )}
    </>
  )
}

function PriorityItems({ job }: { job: Job }) {
  if (!allows(job, 'set-priority')) return null
  return (
    <Menu.Sub>
      <Menu.Sub.Target>
        <Menu.Sub.Item leftSection={<IconArrowsSort size={16} />}>Priority</Menu.Sub.Item>
      </Menu.Sub.Target>
      <Menu.Sub.Dropdown>
        {priorities.map((priority) => (
          <Menu.Item
            key={priority}
            disabled={priority === job.priority}
            onClick={() => void changePriority(priority, [job])}
          >
            {priorityWords[priority]}
          </Menu.Item>
        ))}
      </Menu.Sub.Dropdown>
    </Menu.Sub>
  )
}

function Item({ icon, run, children }: { icon: ReactNode; run(): Promise<void>; children: string }) {
  return (
    <Menu.Item leftSection={icon} onClick={() => void run().catch(notifyProblem)}>
      {children}
    </Menu.Item>
  )
}
