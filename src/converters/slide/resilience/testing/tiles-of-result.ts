import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { withZip } from '../../../output/zip-directory.ts'
import { tempDir } from '../../../testing/temp-dir.ts'
import { lookAt, withLevels } from '../../readers/tiff/testing/open-tiff.ts'
import { sidecar } from '../../sidecar.ts'
import { gridOf } from '../../source.ts'

type Contents = Map<string, string>

/**
 * Everything that a result holds, by name, in the order of the names: files, what is in zips (also one in the other),
 * the tiles of a TIFF; each as a hash. Of a sidecar all but how many tiles were made in which way.
 */
export async function contentsOf(path: string): Promise<[string, string][]> {
  const contents: Contents = new Map()
  const files = await filesOf(path)
  for (const file of files) await add(contents, relative(path, file) || 'blob', await readFile(file))
  return [...contents].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** All files of a folder; a file is its own. */
export async function filesOf(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined)
  if (!entries) return [path]
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

async function add(contents: Contents, name: string, bytes: Buffer): Promise<void> {
  if (bytes.readUInt32BE(0) === 0x504b0304) return addZip(contents, name, bytes)
  if (bytes.toString('latin1', 0, 2) === 'II') return addTiff(contents, name, bytes)
  contents.set(name, name.endsWith('result.json') ? withoutCounts(bytes) : hashOf(bytes))
}

async function addZip(contents: Contents, name: string, bytes: Buffer): Promise<void> {
  await using dir = await tempDir()
  const path = join(dir.path, 'zip')
  await writeFile(path, bytes)
  await withZip(path, async (entries) => {
    for await (const entry of entries) await add(contents, `${name}!${entry.name}`, await entry.read())
  })
}

async function addTiff(contents: Contents, name: string, bytes: Buffer): Promise<void> {
  await using file = await lookAt(bytes)
  await withLevels(file.slide, async ({ levels }) => {
    for (const [index, level] of levels.entries()) {
      const { columns, rows } = gridOf(level)
      for (let row = 0; row < rows; row++)
        for (const { column, bytes: tile } of await level.readTiles(row, 0, columns))
          contents.set(`${name}!${index}/${column}_${row}`, hashOf(level.jpeg?.complete(tile ?? Buffer.alloc(0))))
    }
  })
}

function withoutCounts(bytes: Buffer): string {
  const { tiles, ...rest } = sidecar.parse(JSON.parse(bytes.toString()))
  return JSON.stringify({ ...rest, tiles: { total: tiles.total, repaired: tiles.repaired } })
}

const hashOf = (bytes: Uint8Array | undefined) =>
  createHash('sha256')
    .update(bytes ?? '')
    .digest('hex')
