import { halve } from '../pixels/box-filter.ts'
import { freePixels, newPixels, type PixelWindow, partOf } from '../pixels/pixel-window.ts'
import type { SourceLevel } from '../source.ts'
import type { BuildState } from './build-state.ts'
import type { FinishedTiles } from './finished-tiles.ts'
import type { PyramidLevel, Rect } from './geometry.ts'
import type { Reductions } from './reductions.ts'
import { sourceCells } from './source-pixels.ts'
import { TileReader } from './tile-reader.ts'

/** Encodes every tile of a level: from a level of the source, or from the finished one above. */
export class LevelEncoding {
  readonly #state: BuildState
  readonly #tiles: FinishedTiles
  readonly #reductions: Reductions
  readonly #level: PyramidLevel

  constructor(
    { state, tiles, reductions }: { state: BuildState; tiles: FinishedTiles; reductions: Reductions },
    level: PyramidLevel
  ) {
    this.#state = state
    this.#tiles = tiles
    this.#reductions = reductions
    this.#level = level
  }

  /** `scale`: so many times as fine are the source's pixels. */
  fromSource(source: SourceLevel, scale: 1 | 2): Promise<void> {
    const cells = sourceCells(source, scale, this.#state.mend(source), this.#state.order.recolour)
    return this.#walk(new TileReader(cells), (rect) => rect)
  }

  async fromAbove(): Promise<void> {
    await this.#state.work.idle()
    const above = this.#state.level(this.#level.index - 1)
    await this.#walk(this.#resultReader(above), ({ xPx, yPx, widthPx, heightPx }) => ({
      xPx: 2 * xPx,
      yPx: 2 * yPx,
      widthPx: Math.min(2 * widthPx, above.widthPx - 2 * xPx),
      heightPx: Math.min(2 * heightPx, above.heightPx - 2 * yPx)
    }))
  }

  /** Bands of columns whose cells fit into memory; even bands, so that families complete within one. */
  async #walk(reader: TileReader, place: (rect: Rect) => Rect): Promise<void> {
    const { order, work, mostPictures } = this.#state
    const { columns, rows } = this.#level
    const band = Math.max(4, Math.floor(reader.bandWidthPx / order.geometry.tileSizePx) & ~3)
    for (let from = 0; from < columns; from += band)
      for (let row = 0; row < rows; row++)
        for (let column = from; column < Math.min(columns, from + band); column++) {
          order.signal.throwIfAborted()
          await work.room(mostPictures)
          work.add(() => this.#encode(column, row, reader, place))
        }
  }

  async #encode(column: number, row: number, reader: TileReader, place: (rect: Rect) => Rect): Promise<void> {
    if (this.#state.presence.has(this.#level.index, column, row))
      return this.#reductions.takeUp(this.#level, column, row)
    const rect = this.#state.visibleRect(this.#level, column, row)
    const pixels = await reader.read(place(rect))
    const doubled = pixels.widthPx > rect.widthPx || pixels.heightPx > rect.heightPx
    const jpeg = await this.#tiles.encode(this.#level, column, row, doubled ? halved(pixels, rect) : pixels)
    this.#reductions.settle(this.#level, column, row, { jpeg })
    freePixels(pixels)
  }

  #resultReader(level: PyramidLevel): TileReader {
    const { tileSizePx, overlapPx } = this.#state.order.geometry
    return new TileReader({
      widthPx: level.widthPx,
      heightPx: level.heightPx,
      cellWidthPx: tileSizePx,
      cellHeightPx: tileSizePx,
      overlapPx,
      decode: (column, row) => this.#tiles.decode(level, column, row)
    })
  }
}

function halved(pixels: PixelWindow, { widthPx, heightPx }: Rect): PixelWindow {
  const small = newPixels(Math.ceil(pixels.widthPx / 2), Math.ceil(pixels.heightPx / 2))
  halve(pixels, small)
  return partOf(small, 0, 0, widthPx, heightPx)
}
