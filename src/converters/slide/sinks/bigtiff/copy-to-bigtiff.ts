import { verifyFailed } from '../../../failures.ts'
import { endsInEoi, jpegHeader } from '../../pixels/jpeg-header.ts'
import { scanLooksSound } from '../../pixels/jpeg-scan.ts'
import { SameHead } from '../../pixels/same-head.ts'
import type { NamedBytes, ResultFacts, TilePlace } from '../../sink.ts'
import { gridOf, type SlideSource, type SourceLevel, type SourceTile } from '../../source.ts'
import type { FilePlace } from '../single-file.ts'
import { recode } from './planar-jpeg.ts'
import { TiffPagesFile } from './tiff-pages-file.ts'
import { isSameColour, type PageColour, type TileStream, tableSegments, tileStream } from './tile-stream.ts'

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
/** Tiles of one read. */
const tilesAtOnce = 128

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
  readonly #unwritten: { level: SourceLevel; tiles: SourceTile[]; end: number }[] = []
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
      for (const row of spread(rows))
        for (const column of spread(columns)) await this.#compare(index, level, column, row)
    }
  }

  async #compare(index: number, level: SourceLevel, column: number, row: number): Promise<void> {
    const [tile] = await level.readTiles(row, column, column + 1)
    const [stream, colour] = [tile && usable(level, tile), this.#pages.colour(index)]
    // What was mended or coded anew for its page is not the source's any more.
    if (!stream || !colour || !isSameColour(stream.colour, colour)) return
    const written = await this.#pages.read({ level: index, column, row })
    if (!written?.equals(Buffer.concat(stream.parts(undefined))))
      throw verifyFailed(
        `Tile ${column}, ${row} of level ${index} was not written as the source has it.`,
        'Retry; check the disk if it happens again.'
      )
  }

  /** The next run of tiles is read while this one is written. */
  async #level(index: number, level: SourceLevel): Promise<void> {
    if (!this.#pages.colour(index)) await this.#findColour(index, level)
    this.#sameHead = new SameHead()
    const runs = runsOf(level)
    let next = runs.next()
    let reading = next.done ? undefined : read(level, next.value)
    while (reading) {
      const tiles: SourceTile[] = await reading
      next = runs.next()
      reading = next.done ? undefined : read(level, next.value)
      this.#order.signal.throwIfAborted()
      for (const tile of tiles) {
        const wait = this.#take(index, level, tile)
        if (wait) await wait
      }
      this.#release(level, tiles)
      this.#order.progress(this.#tilesDone, this.#pixelsDone)
    }
  }

  /** A page's tiles are all coded alike: as the first that can be used. */
  async #findColour(index: number, level: SourceLevel): Promise<void> {
    for (const run of runsOf(level))
      for (const tile of await level.readTiles(run.row, run.from, run.to)) {
        const stream = usable(level, tile)
        if (!stream) continue
        this.#pages.setColour(index, { ...stream.colour, tables: tableSegments(level.jpeg?.tables) })
        return
      }
  }

  /** Gives the memory of tiles back once they are in the file. */
  #release(level: SourceLevel, tiles: SourceTile[]): void {
    this.#unwritten.push({ level, tiles, end: this.#pages.progress.end })
    while (this.#unwritten[0] && this.#unwritten[0].end <= this.#pages.progress.written) {
      const run = this.#unwritten.shift()
      run?.level.release?.(run.tiles)
    }
  }

  #take(index: number, level: SourceLevel, tile: SourceTile): Promise<void> | undefined {
    const { column, row } = tile
    const place = { level: index, column, row }
    this.#tilesDone++
    if (index === 0) this.#pixelsDone += visiblePixels(level, tile)
    if (this.done.resumed > 0 && this.#pages.has(place)) return undefined
    if (tile.stored && tile.bytes && this.#sameHead.isOf(tile.bytes)) {
      this.done.copied++
      return this.#pages.give(place, tile.bytes)
    }
    const stream = usable(level, tile)
    return stream ? this.#copy(place, level, tile, stream) : this.#replace(place, level, tile)
  }

  #copy(place: TilePlace, level: SourceLevel, tile: SourceTile, stream: TileStream): Promise<void> | undefined {
    this.done.copied++
    const colour = this.#pages.colour(place.level)
    if (!colour || isSameColour(stream.colour, colour)) {
      const [whole, ...rest] = stream.parts(undefined)
      if (!whole || rest.length > 0) return this.#pages.append(place, stream.parts(undefined))
      this.#sameHead.keep(whole)
      return this.#pages.give(place, whole)
    }
    return this.#recoded(place, level.jpeg?.complete(tile.bytes ?? Buffer.alloc(0)) ?? Buffer.alloc(0), colour)
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

interface Run {
  row: number
  from: number
  to: number
}

function* runsOf(level: SourceLevel): Generator<Run, void> {
  const { columns, rows } = gridOf(level)
  for (let row = 0; row < rows; row++)
    for (let from = 0; from < columns; from += tilesAtOnce)
      yield { row, from, to: Math.min(columns, from + tilesAtOnce) }
}

function read(level: SourceLevel, { row, from, to }: Run): Promise<SourceTile[]> {
  const tiles = level.readTiles(row, from, to)
  // A failure surfaces when it is this run's turn.
  tiles.catch(() => undefined)
  return tiles
}

function usable(level: SourceLevel, { bytes, stored }: SourceTile): TileStream | undefined {
  if (!stored || !bytes || !endsInEoi(bytes)) return undefined
  const stream = tileStream(bytes, level.jpeg?.rgb ? 2 : 6)
  return stream && hasSizeOf(level, stream) && scanLooksSound(bytes) ? stream : undefined
}

function hasSizeOf(level: SourceLevel, stream: TileStream): boolean {
  return stream.widthPx === level.tileWidthPx && stream.heightPx === level.tileHeightPx
}

function faultOf(level: SourceLevel, { bytes, stored }: SourceTile): string {
  if (!stored) return 'not stored'
  if (!bytes) return 'its bytes are not in the file'
  if (!endsInEoi(bytes)) return 'its JPEG is cut short'
  const size = jpegHeader(bytes)
  if (!size) return 'its JPEG has no head'
  if (size.widthPx === level.tileWidthPx && size.heightPx === level.tileHeightPx)
    return 'its JPEG is of a kind that viewers do not show, or its coded pixels are overwritten'
  return `its JPEG has ${size.widthPx} x ${size.heightPx} pixels instead of ${level.tileWidthPx} x ${level.tileHeightPx}`
}

function visiblePixels(level: SourceLevel, { column, row }: SourceTile): number {
  const widthPx = Math.min(level.tileWidthPx, level.widthPx - column * level.tileWidthPx)
  return widthPx * Math.min(level.tileHeightPx, level.heightPx - row * level.tileHeightPx)
}
