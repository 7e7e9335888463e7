import type { SourceLevel, SourceTile } from '../source.ts'
import type { BuildState } from './build-state.ts'
import type { FinishedTiles } from './finished-tiles.ts'
import type { PyramidLevel } from './geometry.ts'
import type { Reductions } from './reductions.ts'
import { decodeTile, visiblePart } from './source-pixels.ts'
import { TileCopies, type TileCopy } from './tile-copies.ts'

/** Pixels of tiles that are read ahead in one go, within limits: so many bytes of small tiles as of large ones. */
const chunkPx = 1 << 22
const fewestInChunk = 64
const mostInChunk = 256

/** Copies a level of the source: interior tiles as they are; those at the edge are cut, and damaged ones mended, beside the walk. */
export class LevelCopy {
  readonly #state: BuildState
  readonly #tiles: FinishedTiles
  readonly #reductions: Reductions
  readonly #level: PyramidLevel
  readonly #source: SourceLevel
  readonly #copies: TileCopies

  constructor(
    { state, tiles, reductions }: { state: BuildState; tiles: FinishedTiles; reductions: Reductions },
    level: PyramidLevel,
    source: SourceLevel
  ) {
    this.#state = state
    this.#tiles = tiles
    this.#reductions = reductions
    this.#level = level
    this.#source = source
    this.#copies = new TileCopies(source, state.isReduced(level) && !source.jpeg?.fresh)
  }

  async run(): Promise<void> {
    for (let row = 0; row < this.#level.rows; row++)
      if (this.#isPresentRow(row)) await this.#reductions.takeUpRow(this.#level, row)
      else await this.#row(row)
  }

  async #row(row: number): Promise<void> {
    const { columns } = this.#level
    const source = this.#source
    const fitting = Math.floor(chunkPx / (source.tileWidthPx * source.tileHeightPx))
    const chunk = Math.max(fewestInChunk, Math.min(mostInChunk, fitting))
    let next = source.readTiles(row, 0, Math.min(columns, chunk))
    for (let from = 0; from < columns; from += chunk) {
      const tiles = await next
      const end = from + tiles.length
      if (end < columns) next = source.readTiles(row, end, Math.min(columns, end + chunk))
      next.catch(() => undefined)
      await this.#take(tiles)
    }
  }

  /** A promise for each of a million tiles would take its time. */
  async #take(tiles: SourceTile[]): Promise<void> {
    const { order, work, presence, mostTiles } = this.#state
    const release = this.#loan(tiles)
    for (const tile of tiles) {
      order.signal.throwIfAborted()
      const room = work.room(mostTiles)
      if (room) await room
      const { column, row } = tile
      if (presence.has(this.#level.index, column, row)) {
        release()
        work.add(() => this.#reductions.takeUp(this.#level, column, row))
        continue
      }
      const copy = this.#isWhole(tile) ? this.#copies.copyOf(tile) : undefined
      if (copy) {
        const wait = this.#write(tile, copy, release)
        if (wait) await wait
      } else work.add(() => this.#encode(tile).finally(release))
    }
  }

  /** To be called once for each of the tiles: when nobody needs the bytes of any, the next reads may take their memory. */
  #loan(tiles: SourceTile[]): () => void {
    let lent = tiles.length
    return () => {
      if (--lent === 0) this.#source.release?.(tiles)
    }
  }

  #write({ column, row }: SourceTile, { whole, waiting }: TileCopy, release: () => void): Promise<void> | void {
    const wait = this.#tiles.writeCopy(this.#level, column, row, whole)
    if (this.#source.jpeg?.fresh) this.#state.encoded++
    else this.#state.copied++
    const isLent = waiting !== undefined && waiting.jpeg !== whole
    if (!isLent) release()
    const settle = () => this.#reductions.settle(this.#level, column, row, isLent ? { ...waiting, release } : waiting)
    return wait ? wait.then(settle) : settle()
  }

  #isWhole({ column, row }: SourceTile): boolean {
    if (this.#state.order.geometry.paddedEdges) return true
    const { tileWidthPx, tileHeightPx } = this.#source
    return (column + 1) * tileWidthPx <= this.#level.widthPx && (row + 1) * tileHeightPx <= this.#level.heightPx
  }

  async #encode(tile: SourceTile): Promise<void> {
    const window = await decodeTile(this.#source, tile, 1, this.#state.mend(this.#source))
    const { column, row } = tile
    const jpeg = await this.#tiles.encode(this.#level, column, row, visiblePart(this.#source, column, row, window))
    this.#reductions.settle(this.#level, column, row, { jpeg })
  }

  /** Nothing of such a row is asked of the source again. */
  #isPresentRow(row: number): boolean {
    const { resumed, presence } = this.#state
    if (resumed === 0) return false
    for (let column = 0; column < this.#level.columns; column++)
      if (!presence.has(this.#level.index, column, row)) return false
    return true
  }
}
