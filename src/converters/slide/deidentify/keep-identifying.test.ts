import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { damaged } from '../../failures.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import type { AssociatedImage } from '../content.ts'
import { keepIdentifying, removedFrom } from './keep-identifying.ts'

const picture = (name: AssociatedImage['name'], bytes: string): AssociatedImage => ({
  name,
  toJpeg: async () => Buffer.from(bytes)
})
const broken: AssociatedImage = {
  name: 'macro',
  toJpeg: async () => {
    throw damaged('The macro is cut short.', 'Copy the slide again.')
  }
}
const identifying = [
  { tag: 'ImageDescription: Filename', value: 'CASE-0001' },
  { tag: 'ImageDescription: Filename', value: 'CASE-0001 label' },
  { tag: 'ImageDescription: User', value: 'tech-7' }
]

test('pictures of the glass are written beside the result, a damaged one is told', async () => {
  await using dir = await tempDir()
  const associated = [picture('label', 'a label'), broken, picture('thumbnail', 'small'), picture('label', 'another')]
  const kept = await keepIdentifying({ identifying, associated }, dir.path)
  expect(kept).toEqual({ files: ['result_label.jpeg', 'result_thumbnail.jpeg'], identifying, damaged: ['macro'] })
  expect((await readdir(dir.path)).sort()).toEqual(kept.files)
  expect(await readFile(join(dir.path, 'result_label.jpeg'), 'utf8')).toBe('a label')
})

test('a disk that does not take them is a failure', async () => {
  const content = { identifying, associated: [picture('label', 'a label')] }
  await expect(keepIdentifying(content, join(import.meta.dirname, 'no such folder'))).rejects.toThrow('ENOENT')
})

test('what is removed is listed by tag, each once, never by what it says', () => {
  expect(removedFrom({ identifying, associated: [picture('label', ''), picture('macro', '')] })).toEqual([
    'label',
    'macro',
    'ImageDescription: Filename',
    'ImageDescription: User'
  ])
})
