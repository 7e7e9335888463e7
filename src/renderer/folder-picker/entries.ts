import type { api } from '../api/client.ts'

/** A file or folder of the node, as `folders.list` names it. */
export type Entry = Awaited<ReturnType<typeof api.folders.list>>['entries'][number]

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** Folders first, then by name with numbers in order; hidden names are left out, and what the filter does not match. */
export function visibleEntries(entries: Entry[], filter: string, foldersOnly: boolean): Entry[] {
  const wanted = filter.trim().toLocaleLowerCase()
  return entries
    .filter((entry) => !entry.name.startsWith('.'))
    .filter((entry) => entry.isFolder || !foldersOnly)
    .filter((entry) => entry.name.toLocaleLowerCase().includes(wanted))
    .sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || collator.compare(a.name, b.name))
}

/**
 * The selection after a click on `path`. Plain: that one alone; `toggle` (Ctrl, the checkbox): added or taken away;
 * `range` (Shift): all from `anchor` to it in the order shown.
 */
export function selectEntry(
  selected: ReadonlySet<string>,
  shown: Entry[],
  path: string,
  how: { mode: 'plain' | 'toggle' } | { mode: 'range'; anchor: string }
): Set<string> {
  switch (how.mode) {
    case 'plain':
      return new Set([path])
    case 'toggle': {
      const next = new Set(selected)
      if (!next.delete(path)) next.add(path)
      return next
    }
    case 'range': {
      const from = shown.findIndex((entry) => entry.path === how.anchor)
      const to = shown.findIndex((entry) => entry.path === path)
      if (from < 0 || to < 0) return new Set([path])
      return new Set(shown.slice(Math.min(from, to), Math.max(from, to) + 1).map((entry) => entry.path))
    }
  }
}
