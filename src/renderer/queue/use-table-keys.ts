import type { KeyboardEvent } from 'react'
import { askToDelete, jobsOf, primaryOf } from '../jobs/index.ts'
import { useView } from '../state/view-store.ts'
import { useQueue } from './queue-store.ts'
import { afterMove, afterSelectAll, afterToggle, nothingSelected } from './selection.ts'
import type { Rows } from './use-rows.ts'

interface View {
  pageRows: number
  show(index: number): void
}

/** The keys of the grid: arrows, Page, Home, End, Space, Enter, Ctrl+A, Escape, Delete, and V for the row's own action. */
export function useTableKeys({ order }: Rows, view: View): (event: KeyboardEvent) => void {
  const select = useQueue((queue) => queue.select)
  const steps: Record<string, number> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: view.pageRows,
    PageUp: -view.pageRows,
    Home: -order.length,
    End: order.length
  }
  return (event) => {
    // Buttons and boxes inside the grid have keys of their own.
    if (event.target !== event.currentTarget) return
    const step = steps[event.key]
    const how = { range: event.shiftKey, toggle: event.ctrlKey || event.metaKey }
    const handled = step === undefined ? press(event.key, how.toggle) : move(step, how)
    if (handled) event.preventDefault()
  }

  function move(step: number, how: { range: boolean; toggle: boolean }): boolean {
    select((now) => afterMove(now, order, step, how))
    const active = useQueue.getState().selection.activeId
    if (active !== undefined) view.show(order.indexOf(active))
    return true
  }

  function press(key: string, toggle: boolean): boolean {
    const { activeId, ids } = useQueue.getState().selection
    if (key === 'a' && toggle) select((now) => afterSelectAll(now, order))
    else if (key === 'Escape' && ids.size > 0) select(() => nothingSelected)
    else if (key === 'Delete' || key === 'Backspace') askToDelete(jobsOf(ids))
    else if (activeId === undefined) return false
    else if (key === ' ') select((now) => afterToggle(now, activeId))
    else if (key === 'Enter') useView.getState().openJob(activeId)
    else if (key === 'v') for (const job of jobsOf([activeId])) if (job.state === 'completed') primaryOf(job).run()
    return [' ', 'a', 'Escape', 'Delete', 'Backspace', 'Enter', 'v'].includes(key)
  }
}
