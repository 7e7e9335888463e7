import { join } from 'node:path'
import { expect, test } from 'vitest'
import { coverageTable } from './coverage-table.mjs'

const counts = (covered: number, total: number) => ({
  statements: { covered, total },
  branches: { covered: 0, total: 0 },
  functions: { covered, total }
})

test('each area counts its own files by their size, and the sum counts all of them once', () => {
  const root = join('/', 'clone')
  const summary = {
    total: counts(9, 9),
    [join(root, 'src', 'engine', 'a.ts')]: counts(1, 10),
    [join(root, 'src', 'engine', 'deep', 'b.ts')]: counts(80, 90),
    [join(root, 'src', 'services', 'c.ts')]: counts(10, 10)
  }
  expect(coverageTable(summary, root, ['src/services', 'src/engine']).slice(2)).toEqual([
    '| src/services | 1 | 100.0 % | none | 100.0 % |',
    '| src/engine | 2 | 81.0 % | none | 81.0 % |',
    '| all | 3 | 82.7 % | none | 82.7 % |'
  ])
})
