import { ActionIcon, Group, Text, Title } from '@mantine/core'
import {
  IconArrowsMaximize,
  IconArrowsMinimize,
  IconChevronLeft,
  IconChevronRight,
  IconInfoCircle,
  IconX,
  type TablerIcon
} from '@tabler/icons-react'
import type { Job } from '../../shared/domain/jobs.ts'
import { profiles } from '../../shared/domain/profiles.ts'
import { toggleFullScreen, useFullScreen } from './full-screen.ts'
import type { Neighbours } from './results.ts'
import classes from './viewer.module.css'

interface TopBarProps {
  job: Job | undefined
  neighbours: Neighbours | undefined
  go: (id: string | undefined) => void
  infoShown: boolean
  onInfo: () => void
  onClose: () => void
}

/** Name and place of the result, and the way to the next, to its details, and out. */
export function TopBar({ job, neighbours, go, infoShown, onInfo, onClose }: TopBarProps) {
  const full = useFullScreen()
  return (
    <div className={classes.bar}>
      <div className={classes.title}>
        <Title order={1} size="h3" className={classes.name} title={job?.name}>
          {job?.name ?? 'Viewer'}
        </Title>
        {job !== undefined && (
          <Text size="sm" c="dimmed">
            {profiles[job.profile.name].title}
          </Text>
        )}
      </div>
      {neighbours !== undefined && <Steps neighbours={neighbours} go={go} />}
      <Group gap={4} wrap="nowrap">
        <BarButton icon={IconInfoCircle} label="Details (I)" pressed={infoShown} onClick={onInfo} />
        <BarButton
          icon={full ? IconArrowsMinimize : IconArrowsMaximize}
          label="Full screen (F)"
          pressed={full}
          onClick={toggleFullScreen}
        />
        <BarButton icon={IconX} label="Close (Esc)" onClick={onClose} />
      </Group>
    </div>
  )
}

function Steps({ neighbours, go }: { neighbours: Neighbours; go: (id: string | undefined) => void }) {
  const { previous, next, place, total } = neighbours
  return (
    <Group gap={4} wrap="nowrap">
      <BarButton
        icon={IconChevronLeft}
        label="Previous result (Page up)"
        disabled={previous === undefined}
        onClick={() => go(previous)}
      />
      <Text size="sm" className="tabular" c="dimmed" miw={72} ta="center">
        {place} of {total}
      </Text>
      <BarButton
        icon={IconChevronRight}
        label="Next result (Page down)"
        disabled={next === undefined}
        onClick={() => go(next)}
      />
    </Group>
  )
}

interface BarButtonProps {
  icon: TablerIcon
  label: string
  onClick: () => void
  pressed?: boolean
  disabled?: boolean
}

function BarButton({ icon: Icon, label, onClick, pressed, disabled = false }: BarButtonProps) {
  return (
    <ActionIcon
      variant={pressed ? 'light' : 'subtle'}
      color={pressed ? undefined : 'gray'}
      size={36}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon size={20} stroke={1.7} aria-hidden />
    </ActionIcon>
  )
}
