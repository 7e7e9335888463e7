import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import sharp from 'sharp'
import { reasonOf, verifyFailed } from '../../../failures.ts'
import { type Geometry, type Level, tilePath, tilePaths, tileSize } from './geometry.ts'

const perTurn = 2000
const samplesPerSide = 3

/** Throws `verify-failed` unless each tile that the geometry promises is there and not empty. */
export async function checkAllTiles(
  folder: string,
  geometry: Geometry,
  signal: AbortSignal,
  progress: (fraction: number) => void
): Promise<void> {
  let done = 0
  for (const path of tilePaths(geometry)) {
    const size = statSync(join(folder, path), { throwIfNoEntry: false })?.size ?? 0
    if (size === 0) throw missingTile(path)
    if (++done % perTurn !== 0) continue
    progress(done / geometry.tiles)
    signal.throwIfAborted()
    await setImmediate()
  }
}

/** The failure of a tile that is promised and not there. */
export function missingTile(path: string) {
  return verifyFailed(`Tile ${path} of the result is missing or empty.`, 'Retry; check the disk if it happens again.')
}

/** Tiles that are decoded as a sample: corners, edges and middle of the two largest levels, and the smallest. */
export function sampleTiles(geometry: Geometry): { level: Level; column: number; row: number }[] {
  const picked = new Set([geometry.levels[0], ...geometry.levels.slice(-2)])
  const along = (count: number) =>
    new Set(Array.from({ length: samplesPerSide }, (_, i) => Math.round(((count - 1) * i) / (samplesPerSide - 1))))
  return [...picked].flatMap((level) =>
    level
      ? [...along(level.columns)].flatMap((column) => [...along(level.rows)].map((row) => ({ level, column, row })))
      : []
  )
}

/** Decodes the sample and compares sizes; `read` gets a tile's path relative to the folder of tiles. */
export async function checkSampleTiles(geometry: Geometry, read: (path: string) => Promise<Buffer>): Promise<void> {
  for (const { level, column, row } of sampleTiles(geometry)) {
    const path = tilePath(level.level, column, row)
    const expected = tileSize(geometry, level, column, row)
    const { width, height } = await decode(path, await read(path))
    if (width !== expected[0] || height !== expected[1])
      throw verifyFailed(
        `Tile ${path} of the result has ${width} x ${height} pixels instead of ${expected.join(' x ')}.`,
        'Retry; report it if it happens again.'
      )
  }
}

async function decode(path: string, bytes: Buffer) {
  try {
    const { info } = await sharp(bytes, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true })
    return info
  } catch (error) {
    throw verifyFailed(`Tile ${path} of the result can't be decoded: ${reasonOf(error)}.`, 'Retry.', error)
  }
}
