import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ForkedChild } from '../testing/forked-child.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { realSlide } from '../testing/tools.ts'
import { sidecar } from './sidecar.ts'

const page = await readFile(join(import.meta.dirname, '../../../docs/sidecar.md'), 'utf8')

test('the page about the sidecar explains each of its keys', () => {
  const { tiles, ...keys } = sidecar.shape
  const named = [...Object.keys(keys), ...Object.keys(tiles.shape).map((key) => `tiles.${key}`)]
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  const missing = named.filter((key) => !rows.some((row) => row.split(' | ')[0]?.includes(`\`${key}\``)))
  expect(missing).toEqual([])
})

test.skipIf(realSlide === undefined)('its example is what comes of that slide, to the letter', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const out = join(dir.path, 'out')
  await mkdir(out)
  await child.convert({ sourcePath: realSlide ?? '', profile: 'dzi', output: { type: 'folder', dir: out } })
  const [, example = ''] = /```json\n({[^`]*})\n```/.exec(page) ?? []
  expect(JSON.parse(await readFile(join(out, 'result.json'), 'utf8'))).toEqual(JSON.parse(example))
})
