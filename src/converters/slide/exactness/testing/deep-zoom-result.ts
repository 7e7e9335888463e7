import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { ForkedChild } from '../../../testing/forked-child.ts'
import { tempDir } from '../../../testing/temp-dir.ts'
import { copyPixels, newPixels, type PixelWindow, partOf } from '../../pixels/pixel-window.ts'
import { deepZoomLayout, type Geometry, pyramid, tileRect } from '../../pyramid/geometry.ts'
import { type Sidecar, sidecar } from '../../sidecar.ts'
import { decoded } from '../../testing/memory-slide.ts'

/** A Deep Zoom folder for the time of a test. */
export interface DeepZoomResult extends AsyncDisposable {
  about: Sidecar
  geometry: Geometry
  /** The bytes of a tile; `index` counts levels from the full size (0) down. */
  bytes(index: number, column: number, row: number): Promise<Buffer>
  /** A level as one picture, by sharp, without what tiles share. */
  level(index: number): Promise<PixelWindow>
}

/** What the real child makes of a file; `kind` is `image` for what is no slide. */
export async function deepZoomOf(
  child: ForkedChild,
  sourcePath: string,
  options: { tileSizePx?: number; overlapPx?: number; quality?: number } = {},
  kind: 'slide' | 'image' = 'slide'
): Promise<DeepZoomResult> {
  const dir = await tempDir()
  try {
    await child.convert({ sourcePath, kind, profile: 'dzi', options, output: { type: 'folder', dir: dir.path } })
    const about = sidecar.parse(JSON.parse(await readFile(join(dir.path, 'result.json'), 'utf8')))
    const tile = { sizePx: about.tileSizePx, overlapPx: about.overlapPx }
    const tiles = folderOfTiles(join(dir.path, 'result_files'), pyramid(about, tile, deepZoomLayout))
    return { about, ...tiles, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() }
  } catch (error) {
    await dir[Symbol.asyncDispose]()
    throw error
  }
}

/** The tiles of a Deep Zoom folder. */
export function folderOfTiles(path: string, geometry: Geometry): Pick<DeepZoomResult, 'geometry' | 'bytes' | 'level'> {
  const bytes = (index: number, column: number, row: number) =>
    readFile(join(path, `${geometry.levels.length - 1 - index}/${column}_${row}.jpeg`))
  const level = async (index: number) => {
    const found = geometry.levels[index]
    if (!found) throw new Error(`no level ${index}`)
    const whole = newPixels(found.widthPx, found.heightPx)
    for (let row = 0; row < found.rows; row++)
      for (let column = 0; column < found.columns; column++) {
        const { xPx, yPx, widthPx, heightPx } = tileRect(geometry, found, column, row)
        const tile = await decoded(await bytes(index, column, row))
        expect([tile.widthPx, tile.heightPx]).toEqual([widthPx, heightPx])
        copyPixels(tile, partOf(whole, xPx, yPx, widthPx, heightPx))
      }
    return whole
  }
  return { geometry, bytes, level }
}

/** Every file of a folder, by its path inside, sorted. */
export async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(path.length + 1))
    .sort()
}
