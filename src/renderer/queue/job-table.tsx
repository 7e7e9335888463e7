// biome-ignore-all lint/a11y/useSemanticElements: a table's own elements can't be laid out as a virtual grid
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its active row
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid handles the keys for its active row

import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useMemo, useRef, useState } from 'react'
import type { Job } from '../../shared/domain/jobs.ts'
import { useView } from '../state/view-store.ts'
import { JobMenu, type OpenMenu } from './job-menu.tsx'
import { JobRow, type RowEvents } from './job-row.tsx'
import classes from './job-table.module.css'
import { NothingFound } from './nothing-found.tsx'
import { useQueue } from './queue-store.ts'
import { afterClick, afterSelectAll, afterToggle } from './selection.ts'
import { TableHead } from './table-head.tsx'
import type { Rows } from './use-rows.ts'
import { useTableKeys } from './use-table-keys.ts'

const rowHeightPx = 54
const headHeightPx = 38

/** The queue as a grid of which only the rows in sight exist. */
export function JobTable({ rows }: { rows: Rows }) {
  const { jobs, order } = rows
  const grid = useRef<HTMLDivElement>(null)
  const selection = useQueue((queue) => queue.selection)
  const select = useQueue((queue) => queue.select)
  const [menu, setMenu] = useState<OpenMenu>()
  const virtual = useVirtualizer({
    count: jobs.length,
    getScrollElement: () => grid.current,
    estimateSize: () => rowHeightPx,
    scrollPaddingStart: headHeightPx,
    scrollPaddingEnd: 8,
    overscan: 8
  })
  const events = useRowEvents(order, setMenu)
  const pagePx = (grid.current?.clientHeight ?? 600) - headHeightPx
  const onKeyDown = useTableKeys(rows, {
    pageRows: Math.max(1, Math.floor(pagePx / rowHeightPx)),
    show: (index) => virtual.scrollToIndex(index)
  })
  const closeMenu = () => {
    setMenu(undefined)
    grid.current?.focus()
  }
  const menuJob = menu && jobs.find((job) => job.id === menu.jobId)
  const all = order.length > 0 && selection.ids.size === order.length
  const items = virtual.getVirtualItems()
  const activeInSight = items.some(({ index }) => jobs[index]?.id === selection.activeId)
  return (
    <div className={classes.wrap}>
      <div
        ref={grid}
        role="grid"
        aria-label="Jobs"
        aria-multiselectable
        aria-rowcount={jobs.length + 1}
        aria-activedescendant={activeInSight ? `row-${selection.activeId}` : undefined}
        tabIndex={0}
        className={classes.grid}
        onKeyDown={onKeyDown}
      >
        <TableHead
          all={all}
          some={selection.ids.size > 0}
          onSelectAll={() => select((now) => afterSelectAll(now, order))}
        />
        <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const job = jobs[index]
            return (
              job && (
                <JobRow
                  key={job.id}
                  job={job}
                  index={index}
                  top={start}
                  selected={selection.ids.has(job.id)}
                  active={selection.activeId === job.id}
                  events={events}
                />
              )
            )
          })}
        </div>
      </div>
      {jobs.length === 0 && <NothingFound />}
      {menu && menuJob && <JobMenu job={menuJob} at={menu} onClose={closeMenu} onOpen={events.onOpen} />}
    </div>
  )
}

/** Stable callbacks, so that a row renders again only when its own job changed. */
function useRowEvents(order: readonly string[], setMenu: (menu: OpenMenu) => void): RowEvents {
  const select = useQueue((queue) => queue.select)
  const shown = useRef(order)
  shown.current = order
  const onOpen = useCallback((job: Job) => useView.getState().openJob(job.id), [])
  return useMemo(
    () => ({
      onOpen,
      onClick: (job, event) => {
        const how = { range: event.shiftKey, toggle: event.ctrlKey || event.metaKey }
        select((now) => afterClick(now, shown.current, job.id, how))
      },
      onToggle: (job) => select((now) => afterToggle(now, job.id)),
      onMenu: (job, at) => {
        select((now) => (now.ids.has(job.id) ? now : afterClick(now, shown.current, job.id, plain)))
        setMenu({ jobId: job.id, ...at })
      }
    }),
    [onOpen, select, setMenu]
  )
}

const plain = { range: false, toggle: false }
