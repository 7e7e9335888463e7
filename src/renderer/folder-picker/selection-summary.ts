import { formatBytes, plural } from '../format/quantity.ts'
import type { Entry } from './entries.ts'

/** What is selected, in words: counts of files and folders, and the size of the files. */
export function selectionSummary(selected: ReadonlySet<string>, entries: readonly Entry[]): string {
  const chosen = entries.filter((entry) => selected.has(entry.path))
  if (chosen.length === 0) return 'Nothing selected. Shift and Ctrl select several.'
  const folders = chosen.filter((entry) => entry.isFolder).length
  const files = chosen.length - folders
  const bytes = chosen.reduce((sum, entry) => sum + (entry.sizeBytes ?? 0), 0)
  const parts = [
    ...(files > 0 ? [`${plural(files, 'file')}, ${formatBytes(bytes)}`] : []),
    ...(folders > 0 ? [`${plural(folders, 'folder')} with all that is in ${folders === 1 ? 'it' : 'them'}`] : [])
  ]
  return parts.join(', ')
}
