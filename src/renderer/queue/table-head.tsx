// biome-ignore-all lint/a11y/useSemanticElements: a table's own elements can't be laid out as a virtual grid
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its active row
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid handles the keys for its active row

import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { SortKey } from './job-order.ts'
import classes from './job-table.module.css'
import screenClasses from './queue-screen.module.css'
import { useQueue } from './queue-store.ts'

interface TableHeadProps {
  all: boolean
  some: boolean
  onSelectAll(): void
}

/** Column titles; those that order the list are buttons. */
export function TableHead({ all, some, onSelectAll }: TableHeadProps) {
  return (
    <div role="row" aria-rowindex={1} className={classes.head}>
      <div role="columnheader" className={classes.check}>
        <input
          type="checkbox"
          className={classes.box}
          aria-label="Select all shown"
          checked={all}
          ref={(box) => {
            if (box) box.indeterminate = some && !all
          }}
          onChange={onSelectAll}
        />
      </div>
      <SortHeading sortKey="name" label="File" />
      <SortHeading sortKey="activity" label="State" />
      <SortHeading sortKey="computer" label="Computer" />
      <SortHeading sortKey="progress" label="Progress" />
      <PlainHeading label="Speed" className={classes.headNumber} />
      <SortHeading sortKey="remaining" label="Remaining" className={classes.headNumber} />
      <SortHeading sortKey="added" label="Added" className={classes.added} />
      <div role="columnheader">
        <span className={screenClasses.hidden}>Actions</span>
      </div>
    </div>
  )
}

function PlainHeading({ label, className }: { label: string; className: string | undefined }) {
  return (
    <div role="columnheader" className={className}>
      {label}
    </div>
  )
}

interface SortHeadingProps {
  sortKey: SortKey
  label: string
  className?: string | undefined
}

function SortHeading({ sortKey, label, className }: SortHeadingProps) {
  const sort = useQueue((queue) => queue.sort)
  const setSort = useQueue((queue) => queue.setSort)
  const current = sort.key === sortKey
  const Icon = sort.descending ? IconArrowDown : IconArrowUp
  const direction = sort.descending ? 'descending' : 'ascending'
  return (
    <div role="columnheader" aria-sort={current ? direction : 'none'} className={className}>
      <button
        type="button"
        className={classes.heading}
        onClick={() => setSort({ key: sortKey, descending: current && !sort.descending })}
      >
        {label}
        {current && <Icon size={13} stroke={2} aria-hidden />}
      </button>
    </div>
  )
}
