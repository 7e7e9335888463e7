import { copyPixels, freePixels, newPixels, type PixelWindow, partOf } from '../pixels/pixel-window.ts'
import type { Rect } from './geometry.ts'

/** A picture as a grid of cells that can be decoded one by one. */
export interface Cells {
  widthPx: number
  heightPx: number
  cellWidthPx: number
  cellHeightPx: number
  /** Pixels of a cell's picture left of and above the cell itself, where it has a neighbour there. */
  overlapPx: number
  /** The cell's picture: at least the cell's part of the whole, its overlap in front. */
  decode(column: number, row: number): Promise<PixelWindow>
}

/** Slides are read in bands of columns that fit: 13 cells of 256 px, two rows and a neighbour. More made nothing faster. */
const cacheBytes = 8 << 20
/** Two rows of a cell and its neighbours, however large they are. */
const fewestCells = 6

interface Entry {
  picture: Promise<PixelWindow>
  /** Reads that copy from it just now. */
  users: number
  /** No longer in the cache: its memory goes with its last user. */
  isEvicted: boolean
}

/** Reads any rectangle of a grid of cells; a cell is decoded once while its neighbours are read. */
export class TileReader {
  readonly #cells: Cells
  readonly #most: number
  /** By cell, the one that was used last at the end. */
  readonly #cache = new Map<number, Entry>()

  constructor(cells: Cells) {
    this.#cells = cells
    this.#most = Math.max(fewestCells, Math.floor(cacheBytes / (cells.cellWidthPx * cells.cellHeightPx * 3)))
  }

  get widthPx(): number {
    return this.#cells.widthPx
  }

  get heightPx(): number {
    return this.#cells.heightPx
  }

  /** How wide a band may be that is walked row by row without decoding any cell twice. */
  get bandWidthPx(): number {
    return Math.floor(this.#most / 3) * this.#cells.cellWidthPx
  }

  /** The pixels of a rectangle that lies inside the whole. */
  async read({ xPx, yPx, widthPx, heightPx }: Rect): Promise<PixelWindow> {
    const { cellWidthPx, cellHeightPx } = this.#cells
    const into = newPixels(widthPx, heightPx)
    const parts: Promise<void>[] = []
    for (let row = Math.floor(yPx / cellHeightPx); row * cellHeightPx < yPx + heightPx; row++)
      for (let column = Math.floor(xPx / cellWidthPx); column * cellWidthPx < xPx + widthPx; column++)
        parts.push(this.#copyCell(column, row, { xPx, yPx, widthPx, heightPx }, into))
    await Promise.all(parts)
    return into
  }

  async #copyCell(column: number, row: number, rect: Rect, into: PixelWindow): Promise<void> {
    const entry = this.#entry(column, row)
    entry.users++
    try {
      this.#copy(await entry.picture, column, row, rect, into)
    } finally {
      entry.users--
      await this.#freeUnused(entry)
    }
  }

  #copy(picture: PixelWindow, column: number, row: number, rect: Rect, into: PixelWindow): void {
    const { cellWidthPx, cellHeightPx, overlapPx, widthPx, heightPx } = this.#cells
    const x = along(column, cellWidthPx, widthPx, overlapPx, rect.xPx, rect.widthPx)
    const y = along(row, cellHeightPx, heightPx, overlapPx, rect.yPx, rect.heightPx)
    copyPixels(partOf(picture, x.from, y.from, x.length, y.length), partOf(into, x.to, y.to, x.length, y.length))
  }

  #entry(column: number, row: number): Entry {
    const key = row * 2 ** 22 + column
    const found = this.#cache.get(key) ?? {
      picture: this.#cells.decode(column, row),
      users: 0,
      isEvicted: false
    }
    this.#cache.delete(key)
    this.#cache.set(key, found)
    if (this.#cache.size > this.#most) this.#evictOldest()
    return found
  }

  #evictOldest(): void {
    const [oldest] = this.#cache
    if (!oldest) return
    const [key, entry] = oldest
    this.#cache.delete(key)
    entry.isEvicted = true
    void this.#freeUnused(entry)
  }

  async #freeUnused(entry: Entry): Promise<void> {
    if (!entry.isEvicted || entry.users > 0) return
    const picture = await entry.picture.catch(() => undefined)
    if (picture) freePixels(picture)
  }
}

/** Where a cell and a rectangle meet along one axis: `from` in the cell's picture, `to` in the rectangle. */
function along(index: number, cellPx: number, wholePx: number, overlapPx: number, startPx: number, lengthPx: number) {
  const cellStart = index * cellPx
  const first = Math.max(cellStart, startPx)
  const end = Math.min(cellStart + cellPx, startPx + lengthPx, wholePx)
  return { from: first - cellStart + (index > 0 ? overlapPx : 0), to: first - startPx, length: end - first }
}
