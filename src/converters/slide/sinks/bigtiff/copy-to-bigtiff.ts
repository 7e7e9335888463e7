import { verifyFailed } from '../../../failures.ts'
import { SameHead } from '../../pixels/same-head.ts'
import type { NamedBytes, ResultFacts, TilePlace } from '../../sink.ts'
import { gridOf, type SlideSource, type SourceLevel, type SourceTile, type TileRun } from '../../source.ts'
import type { FilePlace } from '../single-file.ts'
import { levelPieces, type PieceOfRun, tileOf } from './level-pieces.ts'
import { recode } from './planar-jpeg.ts'
import { TiffPagesFile, type TilesInMemory } from './tiff-pages-file.ts'
import { isSameColour, type PageColour, tableSegments, tileStream } from './tile-stream.ts'
import { faultOf, hasSizeOf, usableTile } from './usable-tile.ts'

/** What {@link copyToBigTiff} is given besides source and place. */
export interface CopyOrder {
  facts: ResultFacts
  /** Own folder that outlives a killed child. */
  scratchDir: string
  /** Go on with what a killed run left. */
  resume: boolean
  /**
   * Makes the JPEG, of the level's full tile size, that stands in for a tile that can't be copied as it is; `reason` is one
   * clause. Levels count as in the source.
   */
  standIn(level: number, tile: SourceTile, reason: string): Promise<StandIn>
  /** Files that travel in the same zip, once it is known what became of the tiles. */
  beside?: (done: CopiedTiles) => Promise<NamedBytes[]>
  signal: AbortSignal
  /** Gets tiles done of all levels together, and pixels done of the full size. */
  progress(tilesDone: number, pixelsDone: number): void
}

/** `mended`: the tile itself can't be shown; else its own pixels were encoded anew. */
export interface StandIn {
  jpeg: Buffer
  mended: boolean
}

/** Tiles by what became of them. */
export interface CopiedTiles {
  copied: number
  /** Their own pixels, in a JPEG that viewers show. */
  encoded: number
  repaired: TilePlace[]
  /** Found where a killed run left them. */
  resumed: number
}

/** A viewer shows a whole level of this size at once without help. */
const smallestLevelPx = 4096
/** TIFF wants tile sizes in these steps. */
const tileStepPx = 16

/** Whether all levels are JPEG tiles that TIFF can hold, down to one that a viewer can show at once. */
export function canCopyToBigTiff({ levels }: Pick<SlideSource, 'levels'>): boolean {
  const last = levels.at(-1)
  return (
    last !== undefined &&
    Math.max(last.widthPx, last.heightPx) <= smallestLevelPx &&
    levels.every(
      ({ jpeg, tileWidthPx, tileHeightPx }) => jpeg && tileWidthPx % tileStepPx === 0 && tileHeightPx % tileStepPx === 0
    )
  )
}

/**
 * Copies all levels of a source as they are into a BigTIFF, each tile byte for byte after a look at its head and end,
 * tables once a level. Nothing of them is decoded. For what can't be copied `standIn` is asked.
 */
export async function copyToBigTiff(source: SlideSource, place: FilePlace, order: CopyOrder): Promise<CopiedTiles> {
  const pages = await TiffPagesFile.open(place, source.levels, order.scratchDir)
  try {
    const copy = new BigTiffCopy(pages, order)
    await copy.run(source.levels)
    await copy.compareSample(source.levels)
    await pages.finish(order.facts, await order.beside?.(copy.done))
    return copy.done
  } finally {
    await pages.close()
  }
}

class BigTiffCopy {
  readonly done: CopiedTiles = { copied: 0, encoded: 0, repaired: [], resumed: 0 }
  readonly #pages: TiffPagesFile
  readonly #order: CopyOrder
  readonly #unwritten: { run: TileRun; bytes: Buffer; end: number }[] = []
  /** Of the level that is being copied. */
  #sameHead = new SameHead()
  #tilesDone = 0
  #pixelsDone = 0

  constructor(pages: TiffPagesFile, order: CopyOrder) {
    this.#pages = pages
    this.#order = order
  }

  async run(levels: readonly SourceLevel[]): Promise<void> {
    if (this.#order.resume) await this.#pages.resume(() => this.done.resumed++)
    for (const [index, level] of levels.entries()) await this.#level(index, level)
  }

  /**
   * Reads tiles from all over every level back from the file and compares them with the source's, byte for byte: the
   * same bytes decode to the same pixels. Throws `verify-failed`.
   */
  async compareSample(levels: readonly SourceLevel[]): Promise<void> {
    for (const [index, level] of levels.entries()) {
      const { columns, rows } = gridOf(level)
      const places = [...spread(rows)].flatMap((row) => [...spread(columns)].map((column) => ({ column, row })))
      await Promise.all(places.map(({ column, row }) => this.#compare(index, level, column, row)))
    }
  }

  async #compare(index: number, level: SourceLevel, column: number, row: number): Promise<void> {
    const [tile] = await level.readTiles(row, column, column + 1)
    const [stream, colour] = [tile && usableTile(level, tile), this.#pages.colour(index)]
    // What was mended or coded anew for its page is not the source's any more.
    if (!stream || !colour || !isSameColour(stream.colour, colour)) return
    const written = await this.#pages.read({ level: index, column, row })
    if (!written?.equals(Buffer.concat(stream.parts(undefined))))
      throw verifyFailed(
        `Tile ${column}, ${row} of level ${index} was not written as the source has it.`,
        'Retry; check the disk if it happens again.'
      )
  }

  /** The next piece is read while this one is looked at and written. */
  async #level(index: number, level: SourceLevel): Promise<void> {
    if (!this.#pages.colour(index)) await this.#findColour(index, level)
    this.#sameHead = new SameHead()
    const pieces = levelPieces(level)
    for (let next = pieces.next(); !next.done; ) {
      const piece = await next.value
      next = pieces.next()
      this.#order.signal.throwIfAborted()
      if ('run' in piece) await this.#takeRun(index, level, piece)
      else await this.#takeTiles(index, level, piece.tiles)
      this.#order.progress(this.#tilesDone, this.#pixelsDone)
    }
  }

  /** A page's tiles are all coded alike: as the first that can be used. */
  async #findColour(index: number, level: SourceLevel): Promise<void> {
    const { columns, rows } = gridOf(level)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        for (const tile of await level.readTiles(row, column, column + 1)) {
          const stream = usableTile(level, tile)
          if (!stream) continue
          this.#pages.setColour(index, { ...stream.colour, tables: tableSegments(level.jpeg?.tables) })
          return
        }
  }

  /** What needs no change goes into the file as it lies in memory, up to the next tile that does. */
  async #takeRun(index: number, level: SourceLevel, piece: PieceOfRun): Promise<void> {
    const { first, run, bytes } = piece
    const { starts, ends } = run
    let from = 0
    for (let at = 0; at < starts.length; at++) {
      if (this.done.resumed === 0 && this.#sameHead.isAt(bytes, starts[at] ?? 0, ends[at] ?? 0)) continue
      const tile = tileOf(level, piece, at)
      if (!this.#isThere(index, tile) && this.#isPlain(index, level, tile)) continue
      await this.#give(index, first, { bytes, starts: starts.subarray(from, at), ends: ends.subarray(from, at) }, from)
      if (!this.#isThere(index, tile)) await this.#change(index, level, tile)
      from = at + 1
    }
    await this.#give(index, first, { bytes, starts: starts.subarray(from), ends: ends.subarray(from) }, from)
    this.#count(index, level, first, starts.length)
    this.#release(run, bytes)
  }

  #give(index: number, first: number, tiles: TilesInMemory, from: number): Promise<void> | undefined {
    this.done.copied += tiles.starts.length
    return tiles.starts.length > 0 ? this.#pages.give(index, first + from, tiles) : undefined
  }

  /** Gives the memory of pieces back once they are in the file. */
  #release(run: TileRun, bytes: Buffer): void {
    this.#unwritten.push({ run, bytes, end: this.#pages.progress.end })
    while (this.#unwritten[0] && this.#unwritten[0].end <= this.#pages.progress.written) {
      const { run, bytes } = this.#unwritten.shift() ?? {}
      if (bytes) run?.release(bytes)
    }
  }

  async #takeTiles(index: number, level: SourceLevel, tiles: SourceTile[]): Promise<void> {
    for (const tile of tiles) {
      this.#count(index, level, tile.row * gridOf(level).columns + tile.column, 1)
      if (this.#isThere(index, tile)) continue
      const { column, row, bytes } = tile
      if (tile.stored && bytes && (this.#sameHead.isOf(bytes) || this.#isPlain(index, level, tile))) {
        this.done.copied++
        await this.#pages.append({ level: index, column, row }, [bytes])
      } else await this.#change(index, level, tile)
    }
    level.release?.(tiles)
  }

  /** Left by a killed run. */
  #isThere(level: number, { column, row }: SourceTile): boolean {
    return this.done.resumed > 0 && this.#pages.has({ level, column, row })
  }

  /** Whether a tile is good as it is, which then goes for all with its head. */
  #isPlain(index: number, level: SourceLevel, tile: SourceTile): boolean {
    const [stream, colour] = [usableTile(level, tile), this.#pages.colour(index)]
    if (!stream || !colour || !isSameColour(stream.colour, colour)) return false
    const [whole, ...rest] = stream.parts(undefined)
    if (!whole || rest.length > 0) return false
    this.#sameHead.keep(whole)
    return true
  }

  /** For a tile that is not good as it is. */
  async #change(index: number, level: SourceLevel, tile: SourceTile): Promise<void> {
    const place = { level: index, column: tile.column, row: tile.row }
    const stream = usableTile(level, tile)
    if (!stream) return this.#replace(place, level, tile)
    this.done.copied++
    const colour = this.#pages.colour(index)
    if (!colour || isSameColour(stream.colour, colour)) await this.#pages.append(place, stream.parts(undefined))
    else await this.#recoded(place, level.jpeg?.complete(tile.bytes ?? Buffer.alloc(0)) ?? Buffer.alloc(0), colour)
  }

  #count(index: number, level: SourceLevel, first: number, tiles: number): void {
    this.#tilesDone += tiles
    if (index > 0) return
    for (let number = first; number < first + tiles; number++) this.#pixelsDone += visiblePixels(level, number)
  }

  async #replace(place: TilePlace, level: SourceLevel, tile: SourceTile): Promise<void> {
    const { jpeg, mended } = await this.#order.standIn(place.level, tile, faultOf(level, tile))
    const stream = tileStream(jpeg)
    if (!stream || !hasSizeOf(level, stream)) throw new Error('what stands in for a tile has not its size')
    if (mended) this.done.repaired.push(place)
    else this.done.encoded++
    const colour = this.#pages.colour(place.level)
    if (!colour) this.#pages.setColour(place.level, { ...stream.colour, tables: Buffer.alloc(0) })
    if (!colour || isSameColour(stream.colour, colour)) await this.#pages.append(place, stream.parts(undefined))
    else await this.#recoded(place, jpeg, colour)
  }

  async #recoded(place: TilePlace, jpeg: Buffer, colour: PageColour): Promise<void> {
    await this.#pages.append(place, [await recode(jpeg, colour)])
  }
}

const samplesPerSide = 3

function spread(count: number): Set<number> {
  return new Set(Array.from({ length: samplesPerSide }, (_, i) => Math.round(((count - 1) * i) / (samplesPerSide - 1))))
}

function visiblePixels(level: SourceLevel, number: number): number {
  const columns = Math.ceil(level.widthPx / level.tileWidthPx)
  const [column, row] = [number % columns, Math.floor(number / columns)]
  const widthPx = Math.min(level.tileWidthPx, level.widthPx - column * level.tileWidthPx)
  return widthPx * Math.min(level.tileHeightPx, level.heightPx - row * level.tileHeightPx)
}
