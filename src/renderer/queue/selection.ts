export interface Selection {
  ids: ReadonlySet<string>
  /** Where the keyboard stands. */
  activeId: string | undefined
  /** Where a range begins. */
  anchorId: string | undefined
}

export interface Modifiers {
  /** Extends from the anchor. */
  range: boolean
  /** Ctrl, or Command on a Mac: adds or takes away one. */
  toggle: boolean
}

export const nothingSelected: Selection = { ids: new Set(), activeId: undefined, anchorId: undefined }

/** A row was clicked, as in a file manager. `order`: the ids as shown. */
export function afterClick(selection: Selection, order: readonly string[], id: string, how: Modifiers): Selection {
  if (how.range) return extended(selection, order, id)
  if (how.toggle) return afterToggle(selection, id)
  return { ids: new Set([id]), activeId: id, anchorId: id }
}

/** A row's checkbox, or Space: adds or takes away one. */
export function afterToggle(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids)
  if (!ids.delete(id)) ids.add(id)
  return { ids, activeId: id, anchorId: id }
}

/** An arrow, Page or Home/End key moved the active row by `by` rows. */
export function afterMove(selection: Selection, order: readonly string[], by: number, how: Modifiers): Selection {
  if (order.length === 0) return selection
  const id = order[target(order, selection.activeId, by)]
  if (id === undefined) return selection
  if (how.range) return extended(selection, order, id)
  if (how.toggle) return { ...selection, activeId: id }
  return { ids: new Set([id]), activeId: id, anchorId: id }
}

/** Where nothing is active yet, one step enters the list at its near end and Home and End go where they always go. */
function target(order: readonly string[], activeId: string | undefined, by: number): number {
  const last = order.length - 1
  const from = activeId === undefined ? -1 : order.indexOf(activeId)
  if (from === -1) return by > 0 ? Math.min(last, by - 1) : Math.max(0, order.length + by)
  return Math.min(last, Math.max(0, from + by))
}

/** Everything that is shown, or nothing where everything is selected already. */
export function afterSelectAll(selection: Selection, order: readonly string[]): Selection {
  const all = order.length > 0 && order.every((id) => selection.ids.has(id))
  return { ...selection, ids: new Set(all ? [] : order) }
}

/** What is left of a selection among the rows that still exist. */
export function keepExisting(selection: Selection, exists: (id: string) => boolean): Selection {
  const ids = new Set([...selection.ids].filter(exists))
  const active = selection.activeId !== undefined && exists(selection.activeId)
  if (ids.size === selection.ids.size && (active || selection.activeId === undefined)) return selection
  return active ? { ...selection, ids } : { ids, activeId: undefined, anchorId: undefined }
}

function extended(selection: Selection, order: readonly string[], id: string): Selection {
  const anchorId = selection.anchorId ?? id
  const from = order.indexOf(anchorId)
  const to = order.indexOf(id)
  const start = from === -1 ? to : Math.min(from, to)
  const ids = new Set(order.slice(start, Math.max(from, to) + 1))
  return { ids, activeId: id, anchorId: from === -1 ? id : anchorId }
}
