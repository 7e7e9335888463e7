import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'

test('leaves a temporary folder', () => {
  mkdtempSync(join(tmpdir(), 'microtome-'))
})
