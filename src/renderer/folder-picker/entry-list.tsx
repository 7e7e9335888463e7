import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react'
import { type Entry, selectEntry } from './entries.ts'
import { EntryRow } from './entry-row.tsx'
import classes from './folder-picker.module.css'

interface EntryListProps {
  entries: Entry[]
  multiple: boolean
  selected: ReadonlySet<string>
  onSelect: (selected: ReadonlySet<string>) => void
  onOpen: (path: string) => void
  onUp: () => void
  /** A file was chosen by a double click or Enter. */
  onAccept: (path: string) => void
  empty: string
}

const rowPx = 36

/** The entries of a folder as one list: arrows move, Space selects, Enter opens, Backspace goes up. */
export function EntryList(props: EntryListProps) {
  const { entries, multiple, selected, onSelect, onOpen, onUp, onAccept, empty } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  const [anchor, setAnchor] = useState<string>()
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 8
  })
  useEffect(() => scroller.current?.focus({ preventScroll: true }), [])
  const select = (entry: Entry, how: 'plain' | 'toggle' | 'range') => {
    if (how === 'range' && multiple && anchor !== undefined) {
      onSelect(selectEntry(selected, entries, entry.path, { mode: 'range', anchor }))
      return
    }
    onSelect(selectEntry(selected, entries, entry.path, { mode: multiple && how === 'toggle' ? 'toggle' : 'plain' }))
    setAnchor(entry.path)
  }
  const enter = (entry: Entry) => (entry.isFolder ? onOpen(entry.path) : onAccept(entry.path))
  const move = (to: number, extend: boolean) => {
    const index = Math.max(0, Math.min(entries.length - 1, to))
    const entry = entries[index]
    if (entry === undefined) return
    setActive(index)
    rows.scrollToIndex(index)
    if (extend) select(entry, 'range')
  }
  const onKey = (event: KeyboardEvent) => {
    const entry = entries[active]
    const acts: Record<string, () => void> = {
      ArrowDown: () => move(active + 1, event.shiftKey),
      ArrowUp: () => move(active - 1, event.shiftKey),
      PageDown: () => move(active + 10, event.shiftKey),
      PageUp: () => move(active - 10, event.shiftKey),
      Home: () => move(0, event.shiftKey),
      End: () => move(entries.length - 1, event.shiftKey),
      Backspace: onUp,
      ' ': () => entry && select(entry, 'toggle'),
      Enter: () => entry && enter(entry)
    }
    if ((event.ctrlKey || event.metaKey) && event.key === 'a' && multiple)
      acts.a = () => onSelect(new Set(entries.map((one) => one.path)))
    const act = acts[event.key]
    if (act === undefined) return
    event.preventDefault()
    act()
  }
  const onClick = (index: number, entry: Entry, event: MouseEvent) => {
    setActive(index)
    select(entry, event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'plain')
  }
  return (
    <div
      ref={scroller}
      className={classes.list}
      role="listbox"
      tabIndex={0}
      aria-label="Files and folders"
      aria-multiselectable={multiple}
      aria-activedescendant={entries.length === 0 ? undefined : rowId(active)}
      onKeyDown={onKey}
    >
      {entries.length === 0 && <p className={classes.empty}>{empty}</p>}
      <div role="presentation" style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const entry = entries[index]
          return (
            entry && (
              <EntryRow
                key={entry.path}
                id={rowId(index)}
                entry={entry}
                topPx={start}
                active={index === active}
                selected={selected.has(entry.path)}
                withCheck={multiple}
                onCheck={() => {
                  setActive(index)
                  select(entry, 'toggle')
                }}
                onClick={(event) => onClick(index, entry, event)}
                onEnter={() => enter(entry)}
              />
            )
          )
        })}
      </div>
    </div>
  )
}

function rowId(index: number): string {
  return `entry-${index}`
}
