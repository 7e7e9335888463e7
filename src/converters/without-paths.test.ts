import { expect, test } from 'vitest'
import type { ToChild } from '../shared/converter-protocol.ts'
import { parseProfile } from '../shared/domain/profiles.ts'
import { withoutPaths } from './without-paths.ts'

const request: ToChild = {
  type: 'convert',
  id: '1',
  kind: 'slide',
  profile: parseProfile('dzi'),
  sourcePath: '/cases/SURNAME/slide.svs',
  scratchDir: '/cases',
  output: { type: 'folder', dir: '/cases/SURNAME' },
  tools: { threads: 1 }
}

test('what Node says of a file is passed on without its path', () => {
  const message =
    "ENOENT: no such file or directory, copyfile '/cases/SURNAME/slide.svs' -> '/cases/SURNAME/result.json'"
  const error = withoutPaths({ code: 'internal', class: 'bug', message }, request)
  expect(error.message).toBe("ENOENT: no such file or directory, copyfile 'the file' -> 'the file/result.json'")
})

test('errors of ours stay as they are', () => {
  const error = { code: 'damaged', class: 'input', message: 'The TIFF is damaged.', hint: 'Copy it again.' } as const
  expect(withoutPaths(error, request)).toBe(error)
})
