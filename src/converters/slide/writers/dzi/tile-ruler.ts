import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Geometry, tilePath } from './geometry.ts'

/** How far the tiles are: 0..1 and pixels of the full-size level. */
export interface Measured {
  fraction: number
  pixels: number
}

/**
 * Tells how far libvips is by the tiles of the full-size level on disk, which it writes row by row from the top.
 * Looks only where it stopped the last time, so a million tiles cost no more than a hundred.
 */
export class TileRuler {
  readonly #folder: string
  readonly #geometry: Geometry
  #row = 0
  #column = 0
  #running: Promise<Measured> | undefined

  constructor(folder: string, geometry: Geometry) {
    this.#folder = folder
    this.#geometry = geometry
  }

  /** Never two looks at once: a slow disk would pile them up. */
  measure(): Promise<Measured> {
    this.#running ??= this.#look().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #look(): Promise<Measured> {
    const { levels, widthPx, heightPx, tileSizePx } = this.#geometry
    const { level, columns, rows } = levels.at(-1) ?? { level: 0, columns: 1, rows: 1 }
    const exists = (column: number, row: number) => tileExists(join(this.#folder, tilePath(level, column, row)))
    while (this.#row + 1 < rows && (await exists(0, this.#row + 1))) {
      this.#row++
      this.#column = 0
    }
    while (this.#column < columns && (await exists(this.#column, this.#row))) this.#column++
    const fraction = (this.#row + this.#column / columns) / rows
    const pixels = Math.min(heightPx, (this.#row + this.#column / columns) * tileSizePx) * widthPx
    return { fraction, pixels }
  }
}

async function tileExists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false
  )
}
