import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MicrotomeError } from '../../../../shared/errors.ts'
import { buildTiledTiff } from '../../../testing/build-tiff.ts'
import { tempDir } from '../../../testing/temp-dir.ts'
import { realSlide } from '../../../testing/tools.ts'
import { encodeJp2 } from '../../pixels/jp2/testing/encode-jp2.ts'
import { newPixels, packed } from '../../pixels/pixel-window.ts'
import { gridOf, type SourceLevel, TileDamaged } from '../../source.ts'
import { describeTiff, readTiffSlide } from './index.ts'
import { withLevels } from './testing/open-tiff.ts'
import { asSharp, cut, picture } from './testing/picture.ts'

let dir: Awaited<ReturnType<typeof tempDir>>
beforeAll(async () => {
  dir = await tempDir()
})
afterAll(() => dir[Symbol.asyncDispose]())

/** Of a level that a changed byte made huge only some tiles are tried. */
const mostTiles = 12

async function readSomeTiles(level: SourceLevel): Promise<void> {
  const { columns, rows } = gridOf(level)
  for (const row of new Set([0, rows >> 1, rows - 1])) {
    const tiles = await level.readTiles(row, 0, Math.min(columns, mostTiles))
    expect(tiles).toHaveLength(Math.min(columns, mostTiles))
    for (const tile of tiles) {
      level.jpeg?.complete(tile.bytes ?? Buffer.alloc(0))
      const into = newPixels(level.tileWidthPx, level.tileHeightPx)
      await level.decode(tile, into, 1).catch((error: unknown) => expect(error).toBeInstanceOf(TileDamaged))
    }
  }
}

/** A slide whose tiles can be read or are damaged, no slide, or an error that blames the file; anything else throws. */
async function survives(bytes: Buffer): Promise<void> {
  const path = join(dir.path, 'fuzzed')
  await writeFile(path, bytes)
  try {
    const source = { path, sizeBytes: bytes.length, isFolder: false }
    await describeTiff(source)
    const slide = await readTiffSlide(source)
    if (!slide) return
    await withLevels(slide, async ({ levels }) => {
      expect(levels.length).toBeGreaterThan(0)
      for (const level of levels) await readSomeTiles(level)
    })
  } catch (error) {
    if (!(error instanceof MicrotomeError)) throw error
    expect(error.class).toBe('input')
    expect(error.message).not.toContain(dir.path)
  }
}

/** Where the directories of a little-endian classic TIFF lie: changes there do most. */
function directoriesOf(bytes: Buffer): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = []
  for (let at = bytes.readUInt32LE(4); at !== 0; ) {
    const end = at + 2 + bytes.readUInt16LE(at) * 12
    found.push({ start: at, end: end + 4 })
    at = bytes.readUInt32LE(end)
  }
  return found
}

/** Values that break things: nothing, everything, small numbers, signs. */
const value = fc.oneof(fc.constantFrom(0, 1, 2, 7, 127, 128, 254, 255), fc.nat(255))

function mutations(whole: Buffer) {
  const inDirectory = fc.oneof(
    ...directoriesOf(whole).map(({ start, end }) => fc.integer({ min: start, max: Math.min(end, whole.length) - 1 }))
  )
  const at = fc.oneof({ weight: 3, arbitrary: inDirectory }, { weight: 1, arbitrary: fc.nat(whole.length - 1) })
  const length = fc.oneof(
    { weight: 4, arbitrary: fc.constant(whole.length) },
    { weight: 1, arbitrary: fc.nat(whole.length) }
  )
  return fc.tuple(fc.array(fc.tuple(at, value), { minLength: 1, maxLength: 12 }), length)
}

async function fuzz(whole: Buffer, numRuns: number): Promise<void> {
  const property = fc.asyncProperty(mutations(whole), async ([edits, length]) => {
    const bytes = Buffer.from(whole)
    for (const [at, changed] of edits) bytes[at] = changed
    await survives(bytes.subarray(0, length))
  })
  await fc.assert(property, { numRuns })
}

test.each(['jpeg', 'lzw', 'deflate', 'none'] as const)(
  'a pyramid (%s) with bytes changed or cut off is read or refused, never more',
  async (compression) => {
    const tiff = asSharp(picture(300, 200)).tiff({
      tile: true,
      tileWidth: 64,
      tileHeight: 64,
      pyramid: true,
      compression
    })
    await fuzz(await tiff.toBuffer(), 60)
  },
  120_000
)

test('JPEG 2000 tiles with bytes changed or cut off are read or refused, never more', async () => {
  const stored = cut(picture(256, 128), 64).map((tile) =>
    encodeJp2({ samples: packed(tile), widthPx: 64, heightPx: 64, compressionRatio: 8 })
  )
  const tags = { 259: [33_005] }
  const page = { widthPx: 250, heightPx: 120, tileWidthPx: 64, tiles: await Promise.all(stored), tags }
  await fuzz(buildTiledTiff([page]), 15)
}, 120_000)

test.skipIf(realSlide === undefined)(
  'a real SVS with bytes changed or cut off is read or refused, never more',
  async () => {
    await fuzz(await readFile(realSlide ?? ''), 40)
  },
  120_000
)

test('any bytes behind the header of a TIFF are read or refused, never more', async () => {
  const header = fc.constantFrom(
    [0x49, 0x49, 42, 0, 8, 0, 0, 0],
    [0x4d, 0x4d, 0, 42, 0, 0, 0, 8],
    [0x49, 0x49, 43, 0, 8, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0]
  )
  await fc.assert(
    fc.asyncProperty(header, fc.uint8Array({ maxLength: 400 }), (start, rest) =>
      survives(Buffer.from([...start, ...rest]))
    ),
    { numRuns: 150 }
  )
})
