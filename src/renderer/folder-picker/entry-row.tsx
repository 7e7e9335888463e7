import { IconCheck, IconChevronRight, IconFile, IconFolderFilled } from '@tabler/icons-react'
import type { MouseEvent } from 'react'
import { formatBytes } from '../format/quantity.ts'
import type { Entry } from './entries.ts'
import classes from './folder-picker.module.css'

const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

interface EntryRowProps {
  id: string
  entry: Entry
  topPx: number
  active: boolean
  selected: boolean
  withCheck: boolean
  onCheck: () => void
  onClick: (event: MouseEvent) => void
  onEnter: () => void
}

/** One file or folder. Its check and its arrow are for the mouse; the keyboard has Space and Enter on the list. */
export function EntryRow(props: EntryRowProps) {
  const { id, entry, topPx, active, selected, withCheck, onCheck, onClick, onEnter } = props
  const Icon = entry.isFolder ? IconFolderFilled : IconFile
  const stop = (act: () => void) => (event: MouseEvent) => {
    event.stopPropagation()
    act()
  }
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names its active row.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list handles the keys.
    <div
      id={id}
      role="option"
      aria-selected={selected}
      className={classes.row}
      data-active={active || undefined}
      data-folder={entry.isFolder || undefined}
      style={{ transform: `translateY(${topPx}px)` }}
      onClick={onClick}
      onDoubleClick={onEnter}
    >
      {withCheck && (
        <span className={classes.check} data-checked={selected || undefined} onClick={stop(onCheck)} aria-hidden>
          {selected && <IconCheck size={12} stroke={3} />}
        </span>
      )}
      <Icon size={18} stroke={1.6} aria-hidden className={classes.icon} />
      <span className={classes.entryName} title={entry.name}>
        {entry.name}
      </span>
      <span className={classes.amount}>{entry.sizeBytes === undefined ? '' : formatBytes(entry.sizeBytes)}</span>
      <span className={classes.date}>{entry.modifiedAtMs === undefined ? '' : date.format(entry.modifiedAtMs)}</span>
      <span className={classes.into} onClick={stop(onEnter)} title={entry.isFolder ? 'Open' : undefined} aria-hidden>
        {entry.isFolder && <IconChevronRight size={16} />}
      </span>
    </div>
  )
}
