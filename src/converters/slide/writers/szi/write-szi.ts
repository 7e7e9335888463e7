import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { verifyFailed } from '../../../failures.ts'
import { StoredZip } from '../../../output/stored-zip.ts'
import { withZip, type ZipEntry } from '../../../output/zip-directory.ts'
import type { Sidecar } from '../../sidecar.ts'
import { dziXml, type Geometry, tilePath, tilePaths } from '../dzi/geometry.ts'
import { checkSampleTiles, missingTile, sampleTiles } from '../dzi/verify-tiles.ts'
import { scanPropertiesXml } from './scan-properties.ts'

/** An SZI has one root folder named like its image; ours is the same in all, so it never tells a file's name. */
const root = 'slide'
const tilesRoot = `${root}/${root}_files`
const entriesBeforeTiles = [`${root}/${root}.dzi`, `${root}/scan-properties.xml`]
const readAhead = 32

/** Packs a folder of tiles into an SZI (a stored zip of a Deep Zoom pyramid, specification V1.2). */
export async function writeSzi(
  path: string,
  tilesDir: string,
  geometry: Geometry,
  about: Sidecar,
  signal: AbortSignal,
  progress: (fraction: number) => void
): Promise<void> {
  const zip = await StoredZip.create(path)
  try {
    await zip.addBuffer(`${root}/${root}.dzi`, Buffer.from(dziXml(geometry)))
    await zip.addBuffer(`${root}/scan-properties.xml`, Buffer.from(scanPropertiesXml(about)))
    let done = 0
    for await (const [tile, data] of tilesInOrder(tilesDir, geometry)) {
      signal.throwIfAborted()
      await zip.addBuffer(`${tilesRoot}/${tile}`, data)
      if (++done % 200 === 0) progress(done / geometry.tiles)
    }
    await zip.finish()
  } catch (error) {
    await zip.abandon()
    throw error
  }
}

/** Reads some tiles at once and yields them in order: opening small files one by one is what takes the time. */
async function* tilesInOrder(dir: string, geometry: Geometry): AsyncGenerator<[string, Buffer]> {
  let batch: string[] = []
  const read = (paths: string[]) => Promise.all(paths.map((tile) => readFile(join(dir, tile))))
  async function* flush(): AsyncGenerator<[string, Buffer]> {
    const data = await read(batch)
    for (const [i, tile] of batch.entries()) yield [tile, data[i] ?? Buffer.alloc(0)]
    batch = []
  }
  for (const tile of tilePaths(geometry)) {
    batch.push(tile)
    if (batch.length === readAhead) yield* flush()
  }
  yield* flush()
}

/** Reads the zip's directory: every promised tile in its place and not empty, nothing else; a sample is decoded. */
export async function verifySzi(path: string, geometry: Geometry, signal: AbortSignal): Promise<void> {
  const wanted = new Set(sampleTiles(geometry).map(({ level, column, row }) => tilePath(level.level, column, row)))
  await withZip(path, async (entries) => {
    const sample = new Map<string, ZipEntry>()
    const expected = expectedEntries(geometry)
    for await (const entry of entries) {
      signal.throwIfAborted()
      const next = expected.next()
      if (next.done || next.value !== entry.name || entry.sizeBytes === 0 || !entry.stored)
        throw next.done ? unexpectedEntry() : missingTile(next.value)
      const tile = entry.name.slice(tilesRoot.length + 1)
      if (wanted.has(tile)) sample.set(tile, entry)
    }
    const missing = expected.next()
    if (!missing.done) throw missingTile(missing.value)
    await checkSampleTiles(geometry, async (tile) => (await sample.get(tile)?.read()) ?? Buffer.alloc(0))
  })
}

function* expectedEntries(geometry: Geometry): Generator<string, void> {
  yield* entriesBeforeTiles
  for (const tile of tilePaths(geometry)) yield `${tilesRoot}/${tile}`
}

function unexpectedEntry() {
  return verifyFailed('The SZI holds a file that does not belong to it.', 'Retry; report it if it happens again.')
}
