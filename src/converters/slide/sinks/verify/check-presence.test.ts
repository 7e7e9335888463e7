import { mkdirSync, writeFileSync } from 'node:fs'
import { rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempDir } from '../../../testing/temp-dir.ts'
import { pyramid } from '../../pyramid/geometry.ts'
import { dziNames } from '../dzi/dzi-names.ts'
import { formatOf, sinkFor } from '../index.ts'
import { fillSink, testPicture } from '../testing/fill-sink.ts'
import { placesOf } from '../tile-names.ts'
import { checkPresence } from './check-presence.ts'

const { signal } = new AbortController()
const formats = ['dzi', 'szi', 'bigtiff', 'iiif3', 'zoomify'] as const
const geometryOf = (profile: (typeof formats)[number]) =>
  pyramid({ widthPx: 257, heightPx: 257 }, { sizePx: 128, overlapPx: 0 }, formatOf(profile).layout)
const picture = await testPicture(257, 257)

test.each(formats)('a whole %s passes', async (profile) => {
  await using dir = await tempDir()
  const [geometry, place] = [geometryOf(profile), { resultDir: dir.path }]
  const sink = await sinkFor(profile, geometry, place, { scratchDir: dir.path })
  await fillSink(sink, geometry, picture)
  await sink.finish({})
  await sink.close()
  await checkPresence(profile, geometry, place, signal)
})

test.each(formats)('a %s without one of its tiles does not', async (profile) => {
  await using dir = await tempDir()
  const [geometry, place] = [geometryOf(profile), { resultDir: dir.path }]
  const sink = await sinkFor(profile, geometry, place, { scratchDir: dir.path })
  const withHole = {
    ...sink,
    write: (...[level, column, row, jpeg]: Parameters<typeof sink.write>) =>
      level === 0 && column === 1 && row === 0 ? undefined : sink.write(level, column, row, jpeg)
  }
  await fillSink(withHole, geometry, picture)
  await sink.finish({})
  await sink.close()
  await expect(checkPresence(profile, geometry, place, signal)).rejects.toMatchObject({
    code: 'verify-failed',
    message: 'The tile in column 1, row 0 of level 0 is missing or empty in the result.'
  })
})

test('an empty file is no tile, and a TIFF that is cut off is none', async () => {
  await using dir = await tempDir()
  for (const profile of ['dzi', 'bigtiff'] as const) {
    const [geometry, place] = [geometryOf(profile), { resultDir: dir.path }]
    const sink = await sinkFor(profile, geometry, place, { scratchDir: dir.path })
    await fillSink(sink, geometry, picture)
    await sink.finish({})
    await sink.close()
  }
  await truncate(join(dir.path, 'result_files/9/2_2.jpeg'), 0)
  await truncate(join(dir.path, 'result.tif'), 5000)
  const check = (profile: 'dzi' | 'bigtiff') =>
    checkPresence(profile, geometryOf(profile), { resultDir: dir.path }, signal)
  await expect(check('dzi')).rejects.toThrow('column 2, row 2 of level 0')
  await expect(check('bigtiff')).rejects.toMatchObject({ code: 'verify-failed', class: 'node' })
  await rm(join(dir.path, 'result_files'), { recursive: true })
  await expect(check('dzi')).rejects.toThrow('missing or empty')
})

test('of a result of many tiles each is asked for, and all are counted', async () => {
  await using dir = await tempDir()
  const geometry = pyramid({ widthPx: 2000, heightPx: 2000 }, { sizePx: 64, overlapPx: 0 }, formatOf('dzi').layout)
  const names = dziNames(geometry, 'result')
  for (const folder of names.folders ?? []) mkdirSync(join(dir.path, folder), { recursive: true })
  for (const { level, column, row } of placesOf(geometry))
    writeFileSync(join(dir.path, names.path(level, column, row)), 'tile')
  writeFileSync(join(dir.path, 'result.dzi'), 'descriptor')
  const check = () => checkPresence('dzi', geometry, { resultDir: dir.path }, signal)
  const files = [{ path: 'result.dzi', sizeBytes: 10 }]
  expect(await check()).toEqual({ packed: false, files, totalBytes: 10 + geometry.tiles * 4 })
  writeFileSync(join(dir.path, names.path(0, 31, 7)), '')
  await expect(check()).rejects.toThrow('column 31, row 7 of level 0')
  await rm(join(dir.path, names.path(0, 30, 7)))
  await expect(check()).rejects.toThrow('column 30, row 7 of level 0')
})
