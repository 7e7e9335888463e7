import { execFileSync } from 'node:child_process'
import { open, readFile, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeZip } from '../../../output/describe-zip.ts'
import { withZip } from '../../../output/zip-directory.ts'
import { tempDir } from '../../../testing/temp-dir.ts'
import { hasProgram } from '../../../testing/tools.ts'
import { deepZoomLayout, pyramid } from '../../pyramid/geometry.ts'
import { formatOf, sinkFor } from '../index.ts'
import { fillSink, testPicture, tileOf } from '../testing/fill-sink.ts'
import { checkPresence } from '../verify/check-presence.ts'

const geometry = pyramid({ widthPx: 300, heightPx: 170 }, { sizePx: 128, overlapPx: 0 }, deepZoomLayout)
const [full] = geometry.levels
if (!full) throw new Error('no level')
const { signal } = new AbortController()
const picture = await testPicture(300, 170)
const beside = [{ path: 'result.json', bytes: Buffer.from('{}') }]

async function entriesOf(path: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>()
  await withZip(path, async (entries) => {
    for await (const { name, stored, read } of entries) {
      expect(stored).toBe(true)
      found.set(name, await read())
    }
  })
  return found
}

test('an SZI holds one folder with descriptor, scale and every tile', async () => {
  await using dir = await tempDir()
  const place = { resultDir: dir.path }
  const sink = await sinkFor('szi', geometry, place, { scratchDir: dir.path })
  await fillSink(sink, geometry, picture)
  await sink.finish({ mpp: 0.5, magnification: 20 })
  await sink.close()
  const path = join(dir.path, 'result.szi')
  const entries = await entriesOf(path)
  expect(entries.size).toBe(geometry.tiles + 2)
  expect(`${entries.get('slide/slide.dzi')}`).toContain('Height="170" Width="300"')
  expect(`${entries.get('slide/scan-properties.xml')}`).toContain('<name>MicronsPerPixelX</name><value>0.5</value>')
  expect(entries.get('slide/slide_files/9/2_1.jpeg')).toEqual(await tileOf(picture, geometry, full, 2, 1))
  await checkPresence('szi', geometry, place, signal)
  if (hasProgram('unzip', '-v')) execFileSync('unzip', ['-tqq', path])
})

test('a dzi for another node lies in the zip that travels, by the names of its folder, with what stands beside it', async () => {
  await using dir = await tempDir()
  const zip = join(dir.path, 'out.blob')
  const place = { resultDir: dir.path, zip }
  const sink = await sinkFor('dzi', geometry, place, { scratchDir: dir.path })
  await fillSink(sink, geometry, picture)
  await sink.finish({}, beside)
  await sink.close()
  const entries = await entriesOf(zip)
  expect(`${entries.get('result.json')}`).toBe('{}')
  expect(entries.has('result.dzi')).toBe(true)
  expect(entries.get('result_files/9/0_1.jpeg')).toEqual(await tileOf(picture, geometry, full, 0, 1))
  const told = await describeZip(zip)
  expect(told.files).toHaveLength(geometry.tiles + 2)
  expect(told.totalBytes).toBe([...entries.values()].reduce((sum, { length }) => sum + length, 0))
  await checkPresence('dzi', geometry, place, signal)
  if (hasProgram('unzip', '-v')) execFileSync('unzip', ['-tqq', zip])
})

test.each(['szi', 'bigtiff'] as const)(
  'a %s for another node is one entry of the zip that travels',
  async (profile) => {
    await using dir = await tempDir()
    const zip = join(dir.path, 'out.blob')
    const shape = pyramid({ widthPx: 300, heightPx: 170 }, { sizePx: 128, overlapPx: 0 }, formatOf(profile).layout)
    const alone = join(dir.path, formatOf(profile).primary)
    for (const place of [{ resultDir: dir.path }, { resultDir: dir.path, zip }]) {
      const sink = await sinkFor(profile, shape, place, { scratchDir: dir.path })
      await fillSink(sink, shape, picture)
      await sink.finish({ mpp: 0.5 }, 'zip' in place ? beside : [])
      await sink.close()
      await checkPresence(profile, shape, place, signal)
    }
    const entries = await entriesOf(zip)
    expect([...entries.keys()]).toEqual([formatOf(profile).primary, 'result.json'])
    expect(entries.get(formatOf(profile).primary)?.equals(await readFile(alone))).toBe(true)
    if (hasProgram('unzip', '-v')) execFileSync('unzip', ['-tqq', zip])
  }
)

test('a tile that is written again replaces the first, and no byte lies between the entries', async () => {
  await using dir = await tempDir()
  const sink = await sinkFor('szi', geometry, { resultDir: dir.path }, { scratchDir: dir.path })
  const other = await tileOf(await testPicture(128, 128), geometry, { ...full, widthPx: 128, heightPx: 128 }, 0, 0)
  await fillSink(sink, geometry, picture)
  await sink.write(2, 0, 0, other)
  await sink.write(0, 1, 1, other)
  expect(await sink.read(0, 1, 1)).toEqual(other)
  await sink.finish({})
  await sink.close()
  const path = join(dir.path, 'result.szi')
  const entries = await entriesOf(path)
  expect(entries.get('slide/slide_files/9/1_1.jpeg')).toEqual(other)
  expect(entries.get('slide/slide_files/7/0_0.jpeg')).toEqual(other)
  expect(entries.get('slide/slide_files/9/2_0.jpeg')).toEqual(await tileOf(picture, geometry, full, 2, 0))
  const headers = [...entries].reduce((sum, [name, bytes]) => sum + 30 + name.length + bytes.length, 0)
  const directory = [...entries.keys()].reduce((sum, name) => sum + 46 + name.length, 22)
  expect((await stat(path)).size).toBe(headers + directory)
})

test.each([
  ['szi', undefined],
  ['szi', 'out.blob'],
  ['dzi', 'out.blob']
] as const)('a killed run of %s in %s is taken up with its whole tiles', async (profile, name) => {
  await using dir = await tempDir()
  const place = { resultDir: dir.path, ...(name && { zip: join(dir.path, name) }) }
  const path = place.zip ?? join(dir.path, 'result.szi')
  const first = await sinkFor(profile, geometry, place, { scratchDir: dir.path })
  const tiles = await Promise.all([0, 1, 2].map((column) => tileOf(picture, geometry, full, column, 0)))
  for (const [column, tile] of tiles.entries()) await first.write(0, column, 0, tile)
  // Reading forces to the file what a full batch would.
  await first.read(0, 2, 0)
  await truncate(path, (await stat(path)).size - 1)
  const second = await sinkFor(profile, geometry, place, { scratchDir: dir.path })
  const found: number[][] = []
  await second.resume((...tile) => found.push(tile))
  expect(found).toEqual([
    [0, 0, 0, tiles[0]?.length],
    [0, 1, 0, tiles[1]?.length]
  ])
  expect(await second.read(0, 1, 0)).toEqual(tiles[1])
  await fillSink(second, geometry, picture)
  await second.finish({})
  await second.close()
  await first.close()
  await checkPresence(profile, geometry, place, signal)
  if (hasProgram('unzip', '-v')) execFileSync('unzip', ['-tqq', path])
})

test('a run that was killed after its end is taken up with all its tiles, and one with other bytes in a tile without it', async () => {
  await using dir = await tempDir()
  const place = { resultDir: dir.path, zip: join(dir.path, 'out.blob') }
  const first = await sinkFor('szi', geometry, place, { scratchDir: dir.path })
  await fillSink(first, geometry, picture)
  await first.finish({}, beside)
  await first.close()
  const count = async () => {
    const sink = await sinkFor('szi', geometry, place, { scratchDir: dir.path })
    let found = 0
    await sink.resume(() => found++)
    await sink.close()
    return found
  }
  expect(await count()).toBe(geometry.tiles)
  const file = await open(place.zip, 'r+')
  await file.write(Buffer.from('x'), 0, 1, (await stat(place.zip)).size - 40)
  await file.close()
  expect(await count()).toBe(geometry.tiles - 1)
})

test.each(['szi', 'bigtiff'] as const)('what an earlier task left of a %s is not taken up unasked', async (profile) => {
  await using dir = await tempDir()
  const place = { resultDir: dir.path }
  const shape = pyramid({ widthPx: 300, heightPx: 170 }, { sizePx: 128, overlapPx: 0 }, formatOf(profile).layout)
  const results: Buffer[] = []
  for (const _ of [1, 2]) {
    const sink = await sinkFor(profile, shape, place, { scratchDir: dir.path })
    await fillSink(sink, shape, picture)
    await sink.finish({})
    await sink.close()
    results.push(await readFile(join(dir.path, formatOf(profile).primary)))
  }
  expect(results[1]?.equals(results[0] ?? Buffer.alloc(0))).toBe(true)
})
