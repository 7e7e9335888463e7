import { Button, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMemo } from 'react'
import { formatRemaining } from '../format/duration.ts'
import { formatBytes, plural } from '../format/quantity.ts'
import { ProblemNote } from '../problem/index.ts'
import { useLab } from '../state/lab-store.ts'
import { discard, start } from './intake.ts'
import { nameFault } from './name-field.tsx'
import classes from './sheet.module.css'
import { isBusy, submittable, useSheet } from './sheet-store.ts'
import { tilesInAll } from './slide-words.ts'
import { type Estimate, useEstimate } from './use-estimate.ts'

/** The estimate, and the button that starts it all. */
export function SheetFoot() {
  const problem = useSheet((sheet) => sheet.problem)
  const estimate = useEstimate()
  return (
    <div className={classes.foot}>
      {problem && <ProblemNote problem={problem} />}
      <div className={classes.footRow}>
        <EstimateLine estimate={estimate} />
        <Group gap="sm" wrap="nowrap">
          <Button variant="default" size="md" onClick={discard}>
            Cancel
          </Button>
          <StartButton />
        </Group>
      </div>
    </div>
  )
}

function EstimateLine({ estimate }: { estimate: Estimate | undefined }) {
  const tiles = useTiles()
  const room = estimate && `about ${formatBytes(estimate.bytes)} of ${formatBytes(estimate.freeBytes)} free`
  const time = estimate?.seconds === undefined ? undefined : `about ${formatRemaining(estimate.seconds * 1000)}`
  const tight = estimate !== undefined && estimate.bytes > estimate.freeBytes
  const words = [tiles, room, time].filter((word) => word !== undefined).join(', ')
  return (
    <Text size="sm" c={tight ? 'var(--app-bad)' : 'dimmed'} className={`tabular ${classes.estimate}`}>
      {tight && <IconAlertTriangle size={16} aria-hidden />}
      {words.charAt(0).toUpperCase() + words.slice(1)}
    </Text>
  )
}

function useTiles(): string | undefined {
  const items = useSheet((sheet) => sheet.items)
  const profile = useSheet((sheet) => sheet.profiles.slide)
  return useMemo(() => tilesInAll(items, profile), [items, profile])
}

function StartButton() {
  const items = useSheet((sheet) => sheet.items)
  const busy = useSheet(isBusy)
  const armed = useSheet((sheet) => sheet.armed)
  const submitting = useSheet((sheet) => sheet.submitting)
  const ready = useSheet((sheet) => sheet.destination.trim() !== '' && nameFault(sheet.namePattern) === undefined)
  const live = useLab((lab) => lab.connection === 'live')
  const video = useLab((lab) => lab.status?.video.available ?? true)
  const count = submittable(items, video).length
  const idle = count === 0 && !busy
  return (
    <Button
      size="md"
      miw={180}
      className="tabular"
      loading={submitting}
      disabled={idle || !ready || !live}
      aria-pressed={busy ? armed : undefined}
      onClick={start}
    >
      {wordsFor({ busy, armed, count })}
    </Button>
  )
}

function wordsFor({ busy, armed, count }: { busy: boolean; armed: boolean; count: number }): string {
  if (busy) return armed ? 'Starts when all is here' : 'Start when all is here'
  return count === 0 ? 'Start' : `Start ${plural(count, 'file')}`
}
