import { reasonOf } from '../../failures.ts'
import { newPixels, type PixelWindow } from '../pixels/pixel-window.ts'
import { upscaledPart } from '../pixels/upscale.ts'
import { gridOf, type SourceLevel, type SourceTile, TileDamaged } from '../source.ts'
import type { RepairJournal } from './repair-journal.ts'
import type { RepairedTile } from './repaired-tile.ts'
import { visiblePart } from './source-pixels.ts'
import { TileReader } from './tile-reader.ts'

/** Mends tiles of a source from its smaller levels, or fills them with the background where none has the place. */
export class Repair {
  readonly #levels: readonly SourceLevel[]
  readonly #background: [number, number, number]
  readonly #readers = new Map<number, TileReader>()
  readonly #repaired = new Map<string, RepairedTile>()
  readonly #journal: RepairJournal | undefined

  /** `journal`: where the tiles that were mended are noted for a run that takes the place of this one. */
  constructor(levels: readonly SourceLevel[], background: string, journal?: RepairJournal) {
    this.#journal = journal
    for (const tile of journal?.found ?? []) this.#repaired.set(keyOf(tile), tile)
    this.#levels = levels
    const number = Number.parseInt(background.slice(1), 16)
    this.#background = [number >> 16, (number >> 8) & 255, number & 255]
  }

  /** Each tile once, in order of level, row and column; those of a killed run too. */
  get repaired(): RepairedTile[] {
    return [...this.#repaired.values()].sort((a, b) => a.level - b.level || a.row - b.row || a.column - b.column)
  }

  /** Fills `into`, of the tile's full size, and notes it. Passes on what is no fault of the tile. */
  async mend(level: number, tile: SourceTile, into: PixelWindow, reason: unknown): Promise<void> {
    if (!(reason instanceof TileDamaged)) throw reason
    const { column, row } = tile
    this.#fillBackground(into)
    const mended = await this.#fromSmaller(level, column, row, into)
    const how = mended ? 'from a smaller level' : 'background'
    this.#note({ level, column, row, how, reason: tile.stored ? reasonOf(reason.reason) : 'not stored' })
  }

  #note(tile: RepairedTile): void {
    if (!this.#repaired.has(keyOf(tile))) this.#journal?.note(tile)
    this.#repaired.set(keyOf(tile), tile)
  }

  async #fromSmaller(level: number, column: number, row: number, into: PixelWindow): Promise<boolean> {
    const fine = this.#levels[level]
    if (!fine) return false
    const target = visiblePart(fine, column, row, into)
    for (let index = level + 1; index < this.#levels.length; index++)
      if (await this.#tryFrom(index, fine, column, row, target)) return true
    return false
  }

  async #tryFrom(index: number, fine: SourceLevel, column: number, row: number, target: PixelWindow): Promise<boolean> {
    const coarse = this.#levels[index]
    if (!coarse) return false
    const place = {
      xPx: (column * fine.tileWidthPx * coarse.widthPx) / fine.widthPx,
      yPx: (row * fine.tileHeightPx * coarse.heightPx) / fine.heightPx,
      widthPx: (target.widthPx * coarse.widthPx) / fine.widthPx,
      heightPx: (target.heightPx * coarse.heightPx) / fine.heightPx
    }
    try {
      await upscaledPart(this.#reader(index, coarse), place, target)
      return true
    } catch (error) {
      if (error instanceof TileDamaged) return false
      throw error
    }
  }

  #reader(index: number, level: SourceLevel): TileReader {
    const reader = this.#readers.get(index) ?? new TileReader(strictCells(level))
    this.#readers.set(index, reader)
    return reader
  }

  #fillBackground({ data, offset, strideBytes, widthPx, heightPx }: PixelWindow): void {
    const line = Buffer.alloc(widthPx * 3, Buffer.from(this.#background))
    for (let y = 0; y < heightPx; y++) line.copy(data, offset + y * strideBytes)
  }
}

const keyOf = ({ level, column, row }: RepairedTile) => `${level}/${column}/${row}`

/** A level whose damaged tiles are an error: no damage is mended with damage. */
function strictCells(level: SourceLevel) {
  const { columns, rows } = gridOf(level)
  const { widthPx, heightPx, tileWidthPx: cellWidthPx, tileHeightPx: cellHeightPx } = level
  return {
    widthPx,
    heightPx,
    cellWidthPx,
    cellHeightPx,
    overlapPx: 0,
    decode: async (column: number, row: number) => {
      const [tile] = column < columns && row < rows ? await level.readTiles(row, column, column + 1) : []
      if (!tile) throw new TileDamaged('there is no such tile')
      const window = newPixels(cellWidthPx, cellHeightPx)
      await level.decode(tile, window, 1)
      return window
    }
  }
}
