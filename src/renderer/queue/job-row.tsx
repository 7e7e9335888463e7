// biome-ignore-all lint/a11y/useSemanticElements: a table's own elements can't be laid out as a virtual grid
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its active row
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid handles the keys for its active row

import { IconChevronsDown, IconChevronsUp, IconChevronUp, IconDots } from '@tabler/icons-react'
import { type MouseEvent, memo } from 'react'
import type { Job } from '../../shared/domain/jobs.ts'
import { formatRemaining } from '../format/duration.ts'
import { formatMoment } from '../format/moment.ts'
import { formatPercent, formatSpeed } from '../format/quantity.ts'
import { ClippedName, primaryOf, priorityWords, recipeOf, remarkOf, StateMark, Thumbnail } from '../jobs/index.ts'
import classes from './job-table.module.css'

export interface RowEvents {
  onClick(job: Job, event: MouseEvent): void
  onToggle(job: Job): void
  onOpen(job: Job): void
  onMenu(job: Job, at: { x: number; y: number }): void
}

interface JobRowProps {
  job: Job
  index: number
  top: number
  selected: boolean
  active: boolean
  events: RowEvents
}

/** One job; its height and columns never depend on what it holds. */
export const JobRow = memo(function JobRow({ job, index, top, selected, active, events }: JobRowProps) {
  return (
    <div
      role="row"
      id={`row-${job.id}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={classes.row}
      data-active={active || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => events.onClick(job, event)}
      onDoubleClick={() => events.onOpen(job)}
      onContextMenu={(event) => {
        event.preventDefault()
        events.onMenu(job, { x: event.clientX, y: event.clientY })
      }}
    >
      <div role="gridcell" className={classes.check}>
        <input
          type="checkbox"
          className={classes.box}
          checked={selected}
          tabIndex={-1}
          aria-label={`Select ${job.name}`}
          onClick={(event) => event.stopPropagation()}
          onChange={() => events.onToggle(job)}
        />
      </div>
      <div role="gridcell" className={classes.file}>
        <Thumbnail kind={job.kind} src={`/jobs/${encodeURIComponent(job.id)}/thumb`} />
        <FileName job={job} onOpen={events.onOpen} />
      </div>
      <div role="gridcell" className={classes.cell}>
        <StateMark job={job} />
      </div>
      <div role="gridcell" className={classes.cell} title={job.nodeName}>
        <span className={classes.clip}>{job.nodeName ?? ''}</span>
      </div>
      <Advance job={job} />
      <div role="gridcell" className={classes.added}>
        {formatMoment(job.createdAtMs, Date.now())}
      </div>
      <div role="gridcell" className={classes.actions}>
        <RowActions job={job} reachable={active} onMenu={events.onMenu} />
      </div>
    </div>
  )
})

function FileName({ job, onOpen }: { job: Job; onOpen: RowEvents['onOpen'] }) {
  const open = (event: MouseEvent) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey) return
    event.stopPropagation()
    onOpen(job)
  }
  return (
    <span className={classes.fileText}>
      <button type="button" className={classes.name} title={job.name} tabIndex={-1} onClick={open}>
        <ClippedName name={job.name} />
      </button>
      <span className={classes.recipe}>
        <PriorityMark job={job} />
        <span className={classes.clip}>{recipeOf(job)}</span>
      </span>
    </span>
  )
}

const priorityIcons = { stat: IconChevronsUp, high: IconChevronUp, low: IconChevronsDown } as const

function PriorityMark({ job }: { job: Job }) {
  if (job.priority === 'normal') return null
  const Icon = priorityIcons[job.priority]
  return (
    <span className={classes.priority} data-priority={job.priority}>
      <Icon size={12} stroke={2.2} aria-hidden />
      {priorityWords[job.priority]}
    </span>
  )
}

/** A bar with speed and remaining time while it runs; else one sentence across the same three columns. */
function Advance({ job }: { job: Job }) {
  if (job.state !== 'running' && job.state !== 'verifying') {
    const remark = remarkOf(job, Date.now())
    return (
      <div role="gridcell" aria-colspan={3} className={classes.remark} title={remark}>
        {remark}
      </div>
    )
  }
  return (
    <>
      <div role="gridcell" className={classes.advance} title={job.why}>
        <span
          role="progressbar"
          aria-label={`Progress of ${job.name}`}
          aria-valuenow={Math.floor(job.progress * 100)}
          aria-valuemin={0}
          aria-valuemax={100}
          className={classes.bar}
        >
          <span className={classes.fill} style={{ transform: `scaleX(${job.progress})` }} />
        </span>
        <span className={classes.percent}>{formatPercent(job.progress)}</span>
      </div>
      <div role="gridcell" className={classes.number}>
        {job.speed ? formatSpeed(job.speed) : ''}
      </div>
      <div role="gridcell" className={classes.number}>
        {job.remainingMs === undefined ? '' : formatRemaining(job.remainingMs)}
      </div>
    </>
  )
}

interface RowActionsProps {
  job: Job
  /** Only the active row is in the order of Tab. */
  reachable: boolean
  onMenu: RowEvents['onMenu']
}

function RowActions({ job, reachable, onMenu }: RowActionsProps) {
  const primary = primaryOf(job)
  const tabIndex = reachable ? 0 : -1
  const openMenu = (event: MouseEvent<HTMLButtonElement>) => {
    const { right, bottom } = event.currentTarget.getBoundingClientRect()
    onMenu(job, { x: right, y: bottom })
  }
  return (
    <>
      <RowButton icon={primary.icon} label={primary.label} job={job} tabIndex={tabIndex} onPress={primary.run} />
      <RowButton icon={IconDots} label="More actions" job={job} tabIndex={tabIndex} onPress={openMenu} />
    </>
  )
}

interface RowButtonProps {
  icon: typeof IconDots
  label: string
  job: Job
  tabIndex: number
  onPress(event: MouseEvent<HTMLButtonElement>): void
}

function RowButton({ icon: Icon, label, job, tabIndex, onPress }: RowButtonProps) {
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    event.stopPropagation()
    onPress(event)
  }
  return (
    <button
      type="button"
      className={classes.button}
      tabIndex={tabIndex}
      title={label}
      aria-label={`${label}: ${job.name}`}
      onClick={press}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <Icon size={17} stroke={1.7} aria-hidden />
    </button>
  )
}
