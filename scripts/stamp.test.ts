import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fingerprint } from './stamp.mjs'
import { put, temporaryFolder } from './testing/temporary-folder.ts'

function sources(): string {
  const root = temporaryFolder()
  put(root, 'src/cli/main.ts', 'one')
  put(root, 'vite.config.ts', 'config')
  return root
}
const of = (root: string) => fingerprint(root, ['src', 'vite.config.ts', 'absent'])

test('the fingerprint changes with a content, a name, a new file', () => {
  const root = sources()
  const before = of(root)
  put(root, 'src/cli/main.ts', 'two')
  const changed = of(root)
  put(root, 'src/cli/other.ts', '')
  expect(new Set([before, changed, of(root)]).size).toBe(3)
})

test('the fingerprint stays with another date and another test', () => {
  const root = sources()
  const before = of(root)
  utimesSync(join(root, 'src/cli/main.ts'), 0, 0)
  put(root, 'src/cli/main.test.ts', 'a test')
  expect(of(root)).toBe(before)
})
