import { verifyFailed } from '../../failures.ts'
import { halve } from '../pixels/box-filter.ts'
import { ChildDamaged, type JpegCodec, type ReducedChild } from '../pixels/codec.ts'
import { jpegHeader } from '../pixels/jpeg-header.ts'
import { extended, freePixels, newPixels, type PixelWindow, partOf } from '../pixels/pixel-window.ts'
import type { TileSink } from '../sink.ts'
import { type SlideSource, type SourceLevel, type SourceTile, TileDamaged } from '../source.ts'
import { Families, type Family } from './families.ts'
import { type Geometry, onLevel, type PyramidLevel, type Rect, tileRect } from './geometry.ts'
import type { LevelPlan } from './plan.ts'
import { Presence } from './presence.ts'
import { Repair } from './repair.ts'
import type { RepairJournal } from './repair-journal.ts'
import type { RepairedTile } from './repaired-tile.ts'
import { decodeTile, type Mend, type Recolour, sourceCells, visiblePart } from './source-pixels.ts'
import { TileCopies } from './tile-copies.ts'
import { TileReader } from './tile-reader.ts'
import { Work } from './work.ts'

/** What a pyramid is made of and how. `progress` gets tiles done of `geometry.tiles`, and full-size pixels done. */
export interface BuildOrder {
  geometry: Geometry
  plan: LevelPlan[]
  source: SlideSource
  sink: TileSink
  codec: JpegCodec
  quality: number
  background: string
  /** Where tiles that are mended are noted, for a run that takes the place of this one. */
  journal?: RepairJournal
  recolour: Recolour
  /** Puts what an encoded tile should carry (a profile) into it. */
  dress: (jpeg: Buffer) => Buffer
  /** True where a killed run may have left tiles in the sink. */
  resume: boolean
  signal: AbortSignal
  progress: (tilesDone: number, pixelsDone: number) => void
}

/** What became of the tiles, in tiles of the result; `repaired` in tiles of the source. */
export interface Built {
  copied: number
  encoded: number
  resumed: number
  repaired: RepairedTile[]
  presence: Presence
}

/** Tiles that are read ahead in one go. */
const chunkTiles = 64
const smallLevelQuality = 98
const qualityStep = 3
/** Pictures of tiles that may be in memory at once. */
const picturesBytes = 64 << 20

/** Writes every tile that the geometry promises to the sink. */
export async function buildPyramid(order: BuildOrder): Promise<Built> {
  return new PyramidBuild(order).run()
}

/**
 * Walks the source levels that the plan names from the top, row by row. Each finished tile goes to the sink and, while
 * its family gathers, stays in memory in its compressed form: two rows of tiles a level, whatever the slide's size.
 */
class PyramidBuild {
  readonly #order: BuildOrder
  readonly #work: Work
  readonly #families: Families
  readonly #presence: Presence
  readonly #repair: Repair
  #copied = 0
  #encoded = 0
  #resumed = 0
  #pixels = 0
  /** Tiles of a killed run that were read again. */
  readonly #takenUp = new Set<string>()

  constructor(order: BuildOrder) {
    this.#order = order
    this.#work = new Work(mostJobs(order))
    this.#families = new Families(order.geometry)
    this.#presence = new Presence(order.geometry)
    this.#repair = new Repair(order.source.levels, order.background, order.journal)
  }

  async run(): Promise<Built> {
    const { plan, sink, resume } = this.#order
    if (resume) await sink.resume((level, column, row, size) => this.#presence.add(level, column, row, size))
    this.#resumed = this.#presence.count
    try {
      for (const [index, level] of plan.entries()) await this.#level(index, level)
    } finally {
      // Nothing may still read or write when the caller closes source and sink.
      await this.#work.idle()
    }
    const [copied, encoded, resumed] = [this.#copied, this.#encoded, this.#resumed]
    return { copied, encoded, resumed, repaired: this.#repair.repaired, presence: this.#presence }
  }

  #level(index: number, plan: LevelPlan): Promise<void> {
    const level = this.#geometry(index)
    switch (plan.kind) {
      case 'copy':
        return this.#copyLevel(level, plan.source)
      case 'encode':
        return this.#encodeLevel(level, this.#sourceReader(plan.source, plan.scale), (rect) => rect)
      case 'resample':
        return this.#resampleLevel(level)
      case 'reduce':
        return Promise.resolve()
    }
  }

  /** Interior tiles are written as they are; those at the edge are cut, and damaged ones mended, beside the walk. */
  async #copyLevel(level: PyramidLevel, source: SourceLevel): Promise<void> {
    const isDecoded = this.#order.plan[level.index + 1]?.kind === 'reduce' && !source.jpeg?.fresh
    const copies = new TileCopies(source, isDecoded)
    for (let row = 0; row < level.rows; row++) {
      if (this.#isPresentRow(level, row)) {
        await this.#takeUpRow(level, row)
        continue
      }
      let next = source.readTiles(row, 0, Math.min(level.columns, chunkTiles))
      for (let from = 0; from < level.columns; from += chunkTiles) {
        const tiles = await next
        const end = from + tiles.length
        if (end < level.columns) next = source.readTiles(row, end, Math.min(level.columns, end + chunkTiles))
        next.catch(() => undefined)
        if (await this.#takeTiles(level, source, tiles, copies)) source.release?.(tiles)
      }
    }
  }

  /** Answers whether nobody needs the tiles' bytes any more. A promise for each of a million tiles would take its time. */
  async #takeTiles(
    level: PyramidLevel,
    source: SourceLevel,
    tiles: SourceTile[],
    copies: TileCopies
  ): Promise<boolean> {
    let isFree = true
    for (const tile of tiles) {
      this.#order.signal.throwIfAborted()
      const room = this.#work.room()
      if (room) await room
      const { column, row } = tile
      if (this.#presence.has(level.index, column, row)) {
        this.#work.add(() => this.#takeUp(level, column, row))
        continue
      }
      const copy = this.#isWhole(level, source, tile) ? copies.copyOf(tile) : undefined
      if (copy) {
        const wait = this.#writeCopy(level, source, tile, copy)
        if (wait) await wait
      } else {
        isFree = false
        this.#work.add(() => this.#encodeSourceTile(level, source, tile))
      }
    }
    return isFree
  }

  #writeCopy(
    level: PyramidLevel,
    source: SourceLevel,
    { column, row }: SourceTile,
    copy: Buffer
  ): Promise<void> | void {
    this.#presence.add(level.index, column, row, copy.length)
    this.#count(level, column, row)
    // Its head was compared with the tile size of its level already.
    const wait = this.#order.sink.write(level.index, column, row, copy)
    if (source.jpeg?.fresh) this.#encoded++
    else this.#copied++
    if (wait) return wait.then(() => this.#settle(level, column, row, copy))
    this.#settle(level, column, row, copy)
  }

  #isWhole(level: PyramidLevel, source: SourceLevel, { column, row }: SourceTile): boolean {
    if (this.#order.geometry.paddedEdges) return true
    return (column + 1) * source.tileWidthPx <= level.widthPx && (row + 1) * source.tileHeightPx <= level.heightPx
  }

  async #encodeSourceTile(level: PyramidLevel, source: SourceLevel, tile: SourceTile): Promise<void> {
    const window = await decodeTile(source, tile, 1, this.#mend(source))
    const { column, row } = tile
    await this.#encode(level, column, row, visiblePart(source, column, row, window))
  }

  /** Bands of columns whose cells fit into memory; even bands, so that families complete within one. */
  async #encodeLevel(level: PyramidLevel, reader: TileReader, place: (rect: Rect) => Rect): Promise<void> {
    const { tileSizePx } = this.#order.geometry
    const band = Math.max(4, Math.floor(reader.bandWidthPx / tileSizePx) & ~3)
    for (let from = 0; from < level.columns; from += band)
      for (let row = 0; row < level.rows; row++)
        for (let column = from; column < Math.min(level.columns, from + band); column++) {
          this.#order.signal.throwIfAborted()
          await this.#work.room()
          this.#work.add(() => this.#encodeTile(level, column, row, reader, place))
        }
  }

  async #encodeTile(
    level: PyramidLevel,
    column: number,
    row: number,
    reader: TileReader,
    place: (rect: Rect) => Rect
  ): Promise<void> {
    if (this.#presence.has(level.index, column, row)) return this.#takeUp(level, column, row)
    const rect = this.#visibleRect(level, column, row)
    const pixels = await reader.read(place(rect))
    const doubled = pixels.widthPx > rect.widthPx || pixels.heightPx > rect.heightPx
    const tile = doubled ? halved(pixels, rect) : pixels
    await this.#encode(level, column, row, tile)
    freePixels(pixels)
  }

  async #resampleLevel(level: PyramidLevel): Promise<void> {
    await this.#work.idle()
    const above = this.#geometry(level.index - 1)
    const twice = ({ xPx, yPx, widthPx, heightPx }: Rect): Rect => ({
      xPx: 2 * xPx,
      yPx: 2 * yPx,
      widthPx: Math.min(2 * widthPx, above.widthPx - 2 * xPx),
      heightPx: Math.min(2 * heightPx, above.heightPx - 2 * yPx)
    })
    await this.#encodeLevel(level, this.#resultReader(above), twice)
  }

  #resultReader(level: PyramidLevel): TileReader {
    const { tileSizePx, overlapPx } = this.#order.geometry
    return new TileReader({
      widthPx: level.widthPx,
      heightPx: level.heightPx,
      cellWidthPx: tileSizePx,
      cellHeightPx: tileSizePx,
      overlapPx,
      decode: async (column, row) => {
        const { widthPx, heightPx } = tileRect(this.#order.geometry, level, column, row)
        const window = newPixels(widthPx, heightPx)
        await this.#decodeWritten(level, column, row, window)
        return window
      }
    })
  }

  async #decodeWritten(level: PyramidLevel, column: number, row: number, into: PixelWindow): Promise<void> {
    const { codec } = this.#order
    try {
      await codec.decode(await this.#written(level, column, row), into, 1)
    } catch (error) {
      if (!(error instanceof TileDamaged)) throw error
      await codec.decode(await this.#replace(level, column, row, error), into, 1)
    }
  }

  #sourceReader(source: SourceLevel, scale: 1 | 2): TileReader {
    return new TileReader(sourceCells(source, scale, this.#mend(source), this.#order.recolour))
  }

  /** A tile that an earlier run left: its bytes are read again only where something is still to be made of them. */
  async #takeUp(level: PyramidLevel, column: number, row: number): Promise<void> {
    this.#count(level, column, row)
    if (!this.#isNeeded(level.index, column, row)) return this.#settle(level, column, row, undefined)
    const jpeg = await this.#written(level, column, row)
    this.#takenUp.add(`${level.index}/${column}_${row}`)
    this.#settle(level, column, row, jpeg)
  }

  async #takeUpRow(level: PyramidLevel, row: number): Promise<void> {
    for (let column = 0; column < level.columns; column++) {
      this.#order.signal.throwIfAborted()
      await this.#work.room()
      this.#work.add(() => this.#takeUp(level, column, row))
    }
  }

  async #written(level: PyramidLevel, column: number, row: number): Promise<Buffer> {
    const jpeg = await this.#order.sink.read(level.index, column, row)
    if (!jpeg) throw new Error(`tile ${level.index}/${column}_${row} is gone`)
    return jpeg
  }

  async #encode(level: PyramidLevel, column: number, row: number, pixels: PixelWindow): Promise<void> {
    const jpeg = await this.#pictureOf(pixels, this.#qualityOf(level))
    await this.#write(level, column, row, jpeg)
    this.#encoded++
    this.#settle(level, column, row, jpeg)
  }

  /** Each level is made of the one above, so losses would add up; from the third on (1/16 of the pixels) better costs little. */
  #qualityOf({ index, columns, rows }: PyramidLevel): number {
    const { quality } = this.#order
    const raised =
      index > 0 && columns * rows === 1 ? smallLevelQuality : quality + qualityStep * Math.max(0, index - 1)
    return Math.max(quality, Math.min(raised, smallLevelQuality))
  }

  async #pictureOf(pixels: PixelWindow, quality: number): Promise<Buffer> {
    const { paddedEdges, tileSizePx } = this.#order.geometry
    const picture = paddedEdges ? extended(pixels, tileSizePx, tileSizePx) : pixels
    return this.#order.dress(await this.#order.codec.encode(picture, quality))
  }

  #write(level: PyramidLevel, column: number, row: number, jpeg: Buffer): Promise<void> | void {
    this.#presence.add(level.index, column, row, jpeg.length)
    this.#count(level, column, row)
    return this.#hand(level, column, row, jpeg)
  }

  /** Nothing reaches the result whose head says another size than its place has. */
  #hand(level: PyramidLevel, column: number, row: number, jpeg: Buffer): Promise<void> | void {
    const { geometry, sink } = this.#order
    const { widthPx, heightPx } = tileRect(geometry, level, column, row)
    const head = jpegHeader(jpeg)
    if (head?.widthPx !== widthPx || head.heightPx !== heightPx)
      throw verifyFailed(
        `Tile ${column}, ${row} of level ${level.index} has ${head?.widthPx ?? 0} x ${head?.heightPx ?? 0} instead of ${widthPx} x ${heightPx} pixels.`,
        'Report it; the slide can be converted with another tile size meanwhile.'
      )
    return sink.write(level.index, column, row, jpeg)
  }

  #count(level: PyramidLevel, column: number, row: number): void {
    const { tileSizePx } = this.#order.geometry
    const widthPx = Math.min(tileSizePx, level.widthPx - column * tileSizePx)
    const heightPx = Math.min(tileSizePx, level.heightPx - row * tileSizePx)
    if (level.index === 0) this.#pixels += widthPx * heightPx
    this.#order.progress(this.#presence.count, this.#pixels)
  }

  /** `jpeg` may be missing where the tile that it is a part of is there already. */
  #settle(level: PyramidLevel, column: number, row: number, jpeg: Buffer | undefined): void {
    if (this.#order.plan[level.index + 1]?.kind !== 'reduce') return
    const family = this.#families.add(level.index, column, row, jpeg)
    if (family) this.#work.add(() => this.#reduce(level, family))
  }

  async #reduce(above: PyramidLevel, family: Family): Promise<void> {
    const level = this.#geometry(above.index + 1)
    const { column, row } = family
    if (this.#presence.has(level.index, column, row)) return this.#takeUp(level, column, row)
    const jpeg = await this.#reduced(above, level, family)
    await this.#write(level, column, row, this.#order.dress(jpeg))
    this.#encoded++
    this.#settle(level, column, row, jpeg)
  }

  /** The new tile; a copied one among the four that turns out to be damaged is replaced first, in the sink as well. */
  async #reduced(above: PyramidLevel, level: PyramidLevel, family: Family): Promise<Buffer> {
    const { tileSizePx, paddedEdges } = this.#order.geometry
    const { widthPx, heightPx } = this.#visibleRect(level, family.column, family.row)
    const children = family.children.flatMap((jpeg, at) => (jpeg ? [this.#child(above, family, at, jpeg)] : []))
    const quality = this.#qualityOf(level)
    try {
      return await this.#order.codec.reduce({
        children,
        widthPx,
        heightPx,
        quality,
        ...(paddedEdges && { paddedPx: tileSizePx })
      })
    } catch (error) {
      if (!(error instanceof ChildDamaged)) throw error
      const at = family.children.map((jpeg, index) => (jpeg ? index : -1)).filter((index) => index >= 0)[error.at] ?? 0
      const children = await this.#withReplaced(above, family, at, error)
      return this.#reduced(above, level, { ...family, children })
    }
  }

  #child(above: PyramidLevel, family: Family, at: number, jpeg: Buffer): ReducedChild {
    const [right, below] = [at & 1, at >> 1]
    const half = this.#order.geometry.tileSizePx / 2
    const { widthPx, heightPx } = this.#visibleRect(above, family.column * 2 + right, family.row * 2 + below)
    return { jpeg, xPx: right * half, yPx: below * half, widthPx, heightPx }
  }

  /** The family again from the sink, for its memory was given away, with tile `damaged` mended. */
  async #withReplaced(above: PyramidLevel, family: Family, damaged: number, { reason }: ChildDamaged) {
    return Promise.all(
      family.children.map(async (jpeg, at) => {
        const [column, row] = [family.column * 2 + (at & 1), family.row * 2 + (at >> 1)]
        if (at === damaged) return this.#replace(above, column, row, new TileDamaged(reason))
        return jpeg && this.#written(above, column, row)
      })
    )
  }

  /**
   * A copied tile turned out to be damaged when it was decoded: what mends it is written in its place, and read again.
   * So it is there before anything is made of it, else a killed run could leave damage that nobody decodes any more.
   */
  async #replace(level: PyramidLevel, column: number, row: number, damage: TileDamaged): Promise<Buffer> {
    const plan = this.#order.plan[level.index]
    if (plan?.kind !== 'copy') throw damage
    const whole = newPixels(plan.source.tileWidthPx, plan.source.tileHeightPx)
    await this.#mend(plan.source)({ column, row, stored: true }, whole, damage)
    const jpeg = await this.#pictureOf(visiblePart(plan.source, column, row, whole), this.#qualityOf(level))
    await this.#hand(level, column, row, jpeg)
    this.#presence.add(level.index, column, row, jpeg.length)
    if (this.#takenUp.has(`${level.index}/${column}_${row}`)) this.#resumed--
    else this.#copied--
    this.#encoded++
    return this.#written(level, column, row)
  }

  #mend(source: SourceLevel): Mend {
    const index = this.#order.source.levels.indexOf(source)
    return (tile, into, reason) => this.#repair.mend(index, tile, into, reason)
  }

  /** Nothing of such a row is asked of the source again. */
  #isPresentRow(level: PyramidLevel, row: number): boolean {
    if (this.#resumed === 0) return false
    for (let column = 0; column < level.columns; column++)
      if (!this.#presence.has(level.index, column, row)) return false
    return true
  }

  /** Whether a tile of the next level is still to be made of this one. */
  #isNeeded(index: number, column: number, row: number): boolean {
    const next = this.#order.geometry.levels[index + 1]
    if (!next || this.#order.plan[index + 1]?.kind !== 'reduce') return false
    const [c, r] = [column >> 1, row >> 1]
    return c < next.columns && r < next.rows && !this.#presence.has(index + 1, c, r)
  }

  #visibleRect(level: PyramidLevel, column: number, row: number): Rect {
    return onLevel(tileRect(this.#order.geometry, level, column, row), level)
  }

  #geometry(index: number): PyramidLevel {
    const level = this.#order.geometry.levels[index]
    if (!level) throw new Error(`the pyramid has no level ${index}`)
    return level
  }
}

function halved(pixels: PixelWindow, { widthPx, heightPx }: Rect): PixelWindow {
  const small = newPixels(Math.ceil(pixels.widthPx / 2), Math.ceil(pixels.heightPx / 2))
  halve(pixels, small)
  return partOf(small, 0, 0, widthPx, heightPx)
}

/** Four for each thread, or fewer of tiles so large that their pictures would fill the memory. */
function mostJobs({ codec, geometry }: BuildOrder): number {
  const tileBytes = geometry.tileSizePx ** 2 * 3
  return Math.max(2, Math.min(codec.threads * 4, Math.floor(picturesBytes / tileBytes)))
}
