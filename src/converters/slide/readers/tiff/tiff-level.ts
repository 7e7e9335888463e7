import type { PixelWindow } from '../../pixels/pixel-window.ts'
import { type JpegTiles, type SourceLevel, type SourceTile, TileDamaged, type TileRun } from '../../source.ts'
import type { ByteSource } from './byte-source.ts'
import { ReadMemory } from './read-memory.ts'
import type { LevelPage } from './slide-pages.ts'
import type { TileTable } from './tile-table.ts'

/** Decodes a tile of a level to RGB; `into` has its size over `scale`, rounded up. Throws TileDamaged. */
export type DecodeTile = (bytes: Buffer, into: PixelWindow, scale: 1 | 2) => Promise<void>

/** Neighbouring tiles are read together up to this. */
const runBytes = 8 << 20
/** What may lie between two tiles that are read together. */
const gapBytes = 4096
/** Tiles of one piece: so many bytes, what lies between two for their alignment included. */
const pieceBytes = 2 << 20
const alignmentBytes = 3
const fewestOfPiece = 8

interface Run {
  offset: number
  end: number
  tiles: { tile: SourceTile; offset: number; sizeBytes: number }[]
}

/** A tiled page as a level of a slide. */
export class TiffLevel implements SourceLevel {
  readonly widthPx: number
  readonly heightPx: number
  readonly tileWidthPx: number
  readonly tileHeightPx: number
  readonly jpeg?: JpegTiles
  readonly #source: ByteSource
  readonly #table: TileTable
  readonly #decode: DecodeTile
  readonly #memory: ReadMemory

  constructor(
    source: ByteSource,
    { page, widthPx, heightPx }: LevelPage,
    table: TileTable,
    { decode, jpeg, memory = new ReadMemory() }: { decode: DecodeTile; jpeg?: JpegTiles; memory?: ReadMemory }
  ) {
    this.widthPx = widthPx
    this.heightPx = heightPx
    this.tileWidthPx = page.tile?.widthPx ?? 0
    this.tileHeightPx = page.tile?.heightPx ?? 0
    if (jpeg) this.jpeg = jpeg
    this.#source = source
    this.#table = table
    this.#decode = decode
    this.#memory = memory
  }

  async readTiles(row: number, from: number, to: number): Promise<SourceTile[]> {
    const tiles: SourceTile[] = []
    const runs: Run[] = []
    for (let column = from; column < to; column++) {
      const tile: SourceTile = { column, row, stored: false }
      tiles.push(tile)
      this.#plan(tile, runs)
    }
    for (const run of runs) await this.#read(run)
    return tiles
  }

  /** Adds a tile to the run that it lies behind, or to one of its own. */
  #plan(tile: SourceTile, runs: Run[]): void {
    const index = tile.row * this.#table.columns + tile.column
    const [offset, sizeBytes] = [this.#table.offsets[index] ?? 0, this.#table.sizes[index] ?? 0]
    tile.stored = offset > 0 && sizeBytes > 0
    // What lies beyond the end, or can't be a tile for its size, has no bytes and is damaged.
    if (!tile.stored || !this.#canBeRead(offset, sizeBytes)) return
    const last = runs.at(-1)
    const end = offset + sizeBytes
    const follows = last && offset >= last.end && offset - last.end <= gapBytes && end - last.offset <= runBytes
    const run = follows ? last : { offset, end, tiles: [] }
    run.end = end
    run.tiles.push({ tile, offset, sizeBytes })
    if (!follows) runs.push(run)
  }

  #canBeRead(offset: number, sizeBytes: number): boolean {
    // Twice the pixels' own size: more than any encoder makes of noise.
    const mostBytes = this.tileWidthPx * this.tileHeightPx * 6 + (64 << 10)
    return sizeBytes <= Math.min(mostBytes, 60 << 20) && offset + sizeBytes <= this.#source.sizeBytes
  }

  async #read({ offset, end, tiles }: Run): Promise<void> {
    const bytes = await this.#bytes(offset, end - offset)
    for (const { tile, offset: at, sizeBytes } of tiles)
      tile.bytes = bytes.subarray(at - offset, at - offset + sizeBytes)
  }

  runAt(first: number): TileRun | undefined {
    const { offsets, sizes } = this.#table
    const [begin, count] = [offsets[first] ?? 0, this.#following(first)]
    if (count < fewestOfPiece) return undefined
    const [starts, ends] = [new Uint32Array(count), new Uint32Array(count)]
    for (let i = 0; i < count; i++) {
      const start = (offsets[first + i] ?? 0) - begin
      starts[i] = start
      ends[i] = start + (sizes[first + i] ?? 0)
    }
    const lengthBytes = ends[count - 1] ?? 0
    return {
      starts,
      ends,
      read: () => this.#bytes(begin, lengthBytes),
      release: (piece) => this.#memory.giveBack(piece)
    }
  }

  /** How many tiles from `first` on lie one behind the other, of one piece at most. */
  #following(first: number): number {
    const { offsets, sizes } = this.#table
    const begin = offsets[first] ?? 0
    let end = begin
    let at = first
    for (; at < offsets.length; at++) {
      const offset = offsets[at] ?? 0
      const sizeBytes = sizes[at] ?? 0
      const follows = offset > 0 && sizeBytes > 0 && offset >= end && offset - end <= alignmentBytes
      if (!follows || offset + sizeBytes - begin > pieceBytes || !this.#canBeRead(offset, sizeBytes)) break
      end = offset + sizeBytes
    }
    return at - first
  }

  async #bytes(offset: number, lengthBytes: number): Promise<Buffer> {
    const memory = this.#source.readInto && this.#memory.take(lengthBytes)?.subarray(0, lengthBytes)
    if (!memory) return this.#source.read(offset, lengthBytes)
    await this.#source.readInto?.(offset, memory)
    return memory
  }

  release(tiles: SourceTile[]): void {
    for (const tile of tiles) {
      if (tile.bytes) this.#memory.giveBack(tile.bytes)
      tile.bytes = undefined
    }
  }

  async decode(tile: SourceTile, into: PixelWindow, scale: 1 | 2): Promise<void> {
    if (!tile.stored) throw new TileDamaged('the slide stores nothing for it')
    if (!tile.bytes) throw new TileDamaged('its bytes lie beyond the end of the file')
    await this.#decode(tile.bytes, into, scale)
  }
}
