import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { tempDir } from '../../../testing/temp-dir.ts'
import { deepZoomLayout, pyramid } from '../../pyramid/geometry.ts'
import { sinkFor } from '../index.ts'
import { fillSink, testPicture, tileOf } from '../testing/fill-sink.ts'

const small = pyramid({ widthPx: 300, heightPx: 170 }, { sizePx: 128, overlapPx: 0 }, deepZoomLayout)

test('a finished dzi has the descriptor and every tile, byte for byte', async () => {
  await using dir = await tempDir()
  const picture = await testPicture(300, 170)
  const sink = await sinkFor('dzi', small, { resultDir: dir.path }, { scratchDir: dir.path })
  await fillSink(sink, small, picture)
  await sink.finish({})
  await sink.close()
  const [full] = small.levels
  if (!full) throw new Error('no level')
  expect(await readFile(join(dir.path, 'result_files/9/2_1.jpeg'))).toEqual(await tileOf(picture, small, full, 2, 1))
  const descriptor = await readFile(join(dir.path, 'result.dzi'), 'utf8')
  expect(descriptor).toContain('TileSize="128"')
  expect(descriptor).toContain('Height="170" Width="300"')
  const files = await readdir(dir.path, { recursive: true, withFileTypes: true })
  expect(files.filter((entry) => entry.isFile())).toHaveLength(small.tiles + 1)
})

test('what a killed run left is told, but for tiles that are empty, cut short or of another size', async () => {
  await using dir = await tempDir()
  const place = { resultDir: dir.path }
  const first = await sinkFor('dzi', small, place, { scratchDir: dir.path })
  const tile = await sharp({ create: { width: 128, height: 128, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer()
  for (const column of [0, 1, 2]) await first.write(0, column, 0, tile)
  // The second row of this slide is 42 pixels high.
  await first.write(0, 0, 1, tile)
  await first.close()
  await truncate(join(dir.path, 'result_files/9/1_0.jpeg'), tile.length - 5)
  await writeFile(join(dir.path, 'result_files/9/2_0.jpeg'), '')
  const second = await sinkFor('dzi', small, place, { scratchDir: dir.path })
  const found: number[][] = []
  await second.resume((...tileFound) => found.push(tileFound))
  expect(found).toEqual([[0, 0, 0, tile.length]])
  expect(await second.read(0, 0, 0)).toEqual(tile)
  expect(await second.read(3, 0, 0)).toBeUndefined()
  await second.close()
})

test('a folder that vanishes is an error, never a result with fewer tiles', async () => {
  await using dir = await tempDir()
  const sink = await sinkFor('dzi', small, { resultDir: join(dir.path, 'result') }, { scratchDir: dir.path })
  await writeFile(join(dir.path, 'plain'), '')
  expect(() => sink.write(99, 0, 0, Buffer.alloc(1))).toThrow(/ENOENT/)
})
