import { expect, test } from 'vitest'
import { selectionSummary } from './selection-summary.ts'

const entries = [
  { name: 'a.svs', path: '/a.svs', isFolder: false, sizeBytes: 400_000_000 },
  { name: 'b.svs', path: '/b.svs', isFolder: false, sizeBytes: 100_000_000 },
  { name: 'old', path: '/old', isFolder: true }
]

test('a selection is told in files with their size, and folders', () => {
  expect(selectionSummary(new Set(['/a.svs', '/b.svs', '/old']), entries)).toBe(
    '2 files, 500 MB, 1 folder with all that is in it'
  )
  expect(selectionSummary(new Set(['/a.svs']), entries)).toBe('1 file, 400 MB')
})

test('an empty selection says how to select', () => {
  expect(selectionSummary(new Set(), entries)).toContain('Nothing selected')
})
