import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseProfile } from '../shared/domain/profiles.ts'
import { forgetTask, isSameTask, noteTask } from './resume-note.ts'
import { tempDir } from './testing/temp-dir.ts'

async function desk() {
  const [dir, scratch] = [await tempDir(), await tempDir()]
  const path = join(dir.path, 'slide.svs')
  await writeFile(path, 'a slide')
  const [profile, source] = [parseProfile('dzi', { quality: 80 }), { path, sizeBytes: 7 }]
  const dispose = async () => {
    await dir[Symbol.asyncDispose]()
    await scratch[Symbol.asyncDispose]()
  }
  return { scratchDir: scratch.path, profile, source, [Symbol.asyncDispose]: dispose }
}

test('a task is known again by its options and its unchanged source', async () => {
  await using place = await desk()
  const { scratchDir, profile, source } = place
  expect(await isSameTask(scratchDir, profile, source)).toBe(false)
  await noteTask(scratchDir, profile, source)
  expect(await isSameTask(scratchDir, profile, source)).toBe(true)
  expect(await isSameTask(scratchDir, parseProfile('dzi', { quality: 81 }), source)).toBe(false)
  expect(await isSameTask(scratchDir, parseProfile('szi', { quality: 80 }), source)).toBe(false)
  await utimes(source.path, 1, 1)
  expect(await isSameTask(scratchDir, profile, source)).toBe(false)
})

test('what another task wrote down is gone before a task is noted, so that no kill in between mixes them', async () => {
  await using place = await desk()
  const { scratchDir, profile, source } = place
  for (const name of ['repairs.journal', 'bigtiff.journal', 'source']) await writeFile(join(scratchDir, name), 'old')
  await noteTask(scratchDir, profile, source)
  expect((await readdir(scratchDir)).sort()).toEqual(['source', 'task.json'])
  await writeFile(join(scratchDir, 'repairs.journal'), 'new')
  await forgetTask(scratchDir)
  expect(await readdir(scratchDir)).toEqual(['source'])
})
