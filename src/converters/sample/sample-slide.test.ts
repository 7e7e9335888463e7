import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { ForkedChild } from '../testing/forked-child.ts'
import { tempDir } from '../testing/temp-dir.ts'

test('the sample is a tiled pyramid with a pixel size, the same every time, pink and purple on white', async () => {
  await using dir = await tempDir()
  await using child = await ForkedChild.start()
  const [path, again] = [join(dir.path, 'sample'), join(dir.path, 'again')]
  await child.sample(path)
  await child.sample(again)
  expect((await readFile(path)).equals(await readFile(again))).toBe(true)
  expect(await child.probe(path, join(dir.path, 'thumb'))).toEqual({
    kind: 'slide',
    format: 'TIFF',
    widthPx: 4000,
    heightPx: 3000,
    levels: 5,
    tileSizePx: 256,
    copyable: true,
    mpp: 0.5,
    hasThumbnail: true
  })
  const { channels } = await sharp(join(dir.path, 'thumb')).stats()
  const [red, green, blue] = channels.map(({ mean }) => mean)
  expect(Math.min(red ?? 0, blue ?? 0)).toBeGreaterThan((green ?? 255) + 10)
})
