import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'
import type { Recognised, Unrecognised } from '../../shared/contract/local.ts'
import { ItemRow, UnrecognisedRow, UploadRow } from './item-row.tsx'
import classes from './sheet.module.css'
import { keyOf, type Upload, useSheet } from './sheet-store.ts'

type Row =
  | { type: 'unrecognised'; item: Unrecognised }
  | { type: 'recognised'; item: Recognised }
  | { type: 'upload'; item: Upload }

/** Rows never wrap; that of a slide has a third line for what it becomes. */
function heightOf(row: Row | undefined): number {
  if (row?.type === 'unrecognised') return 66
  return row?.type === 'recognised' && row.item.kind === 'slide' ? 76 : 58
}

/** Everything that was dropped: what is left out first, because somebody may want to know why. */
export function ItemList() {
  const items = useSheet((sheet) => sheet.items)
  const unrecognised = useSheet((sheet) => sheet.unrecognised)
  const uploads = useSheet((sheet) => sheet.uploads)
  const rows = useMemo(() => rowsOf(items, unrecognised, uploads), [items, unrecognised, uploads])
  const list = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => list.current,
    estimateSize: (index) => heightOf(rows[index]),
    getItemKey: (index) => rowKey(rows[index], index),
    overscan: 6
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section ref={list} className={classes.list} tabIndex={0} aria-label="Dropped files">
      <ul className={classes.rows} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, size, key }) => (
          <li key={key} className={classes.row} style={{ height: size, transform: `translateY(${start}px)` }}>
            <AnyRow row={rows[index]} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function AnyRow({ row }: { row: Row | undefined }) {
  switch (row?.type) {
    case 'recognised':
      return <ItemRow item={row.item} />
    case 'unrecognised':
      return <UnrecognisedRow item={row.item} />
    case 'upload':
      return <UploadRow upload={row.item} />
    case undefined:
      return null
  }
}

function rowKey(row: Row | undefined, index: number): string {
  if (row === undefined) return String(index)
  return row.type === 'upload' ? row.item.key : `${row.type} ${keyOf(row.item)}`
}

function rowsOf(
  items: readonly Recognised[],
  unrecognised: readonly Unrecognised[],
  uploads: ReadonlyMap<string, Upload>
): Row[] {
  const moving = [...uploads.values()].filter(({ state }) => state === 'waiting' || state === 'sending')
  return [
    ...unrecognised.map((item): Row => ({ type: 'unrecognised', item })),
    ...items.map((item): Row => ({ type: 'recognised', item })),
    ...moving.map((item): Row => ({ type: 'upload', item }))
  ]
}
