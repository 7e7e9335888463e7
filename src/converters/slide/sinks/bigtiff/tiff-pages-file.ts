import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { NamedBytes, ResultFacts, TilePlace } from '../../sink.ts'
import { type FilePlace, SingleFile } from '../single-file.ts'
import { TileTable } from '../tile-table.ts'
import { bigTiffHeader, directoryBlock, roundUp } from './directory.ts'
import { type PageShape, pageFields } from './page-fields.ts'
import { TileJournal } from './tile-journal.ts'
import type { PageColour } from './tile-stream.ts'

/** Tiles that follow each other in memory. */
export interface TilesInMemory {
  bytes: Buffer
  starts: Uint32Array
  ends: Uint32Array
}

const headerBytes = 16
const photometric = z.union([z.literal(1), z.literal(2), z.literal(6)])

/**
 * A BigTIFF in the making: tiles one behind the other as they come, then the directories, and last the header that leads
 * to them. Offsets count from the result's own first byte.
 */
export class TiffPagesFile {
  readonly #result: SingleFile
  readonly #shapes: readonly PageShape[]
  readonly #grids: { columns: number; rows: number }[]
  readonly #table: TileTable
  readonly #colours = new Map<number, PageColour>()
  readonly #journalPath: string
  readonly #journalTitle: string
  #journal: TileJournal | undefined

  private constructor(result: SingleFile, shapes: readonly PageShape[], journalPath: string) {
    this.#result = result
    this.#shapes = shapes
    this.#grids = shapes.map((shape) => ({
      columns: Math.ceil(shape.widthPx / shape.tileWidthPx),
      rows: Math.ceil(shape.heightPx / shape.tileHeightPx)
    }))
    this.#table = new TileTable(this.#grids)
    this.#journalPath = journalPath
    this.#journalTitle = `microtome-bigtiff/2 ${shapes.map((shape) => Object.values(shape).join('x')).join(' ')}`
  }

  static async open(place: FilePlace, shapes: readonly PageShape[], scratchDir: string): Promise<TiffPagesFile> {
    let pages: TiffPagesFile | undefined
    const result = await SingleFile.open(place, (upTo) => pages?.settle(upTo))
    pages = new TiffPagesFile(result, shapes, join(scratchDir, 'bigtiff.journal'))
    return pages
  }

  /** How tiles of a page are coded, once the first was written. */
  colour(page: number): PageColour | undefined {
    return this.#colours.get(page)
  }

  setColour(page: number, colour: PageColour): void {
    this.#begin()
    this.#colours.set(page, colour)
    const { photometric, samplingX, samplingY, tables } = colour
    const words = ['page', page, photometric, samplingX, samplingY, tables.toString('base64')]
    this.#journal?.note(this.#result.file.end, words.join(' '))
  }

  /** Appends the pieces of a tile, which replaces what there was of it. */
  append(place: TilePlace, parts: readonly Buffer[]): Promise<void> | undefined {
    this.#begin()
    let wait: Promise<void> | undefined
    let sizeBytes = 0
    for (const part of parts) {
      wait = this.#result.file.append(part)
      sizeBytes += part.length
    }
    this.#note(place, sizeBytes)
    return wait
  }

  /**
   * The same for tiles of a level from number `first` on, row by row, which begin and end in `bytes` at `starts` and `ends`;
   * without a copy: nobody may change `bytes` before the file has come that far.
   */
  give(level: number, first: number, { bytes, starts, ends }: TilesInMemory): Promise<void> | undefined {
    this.#begin()
    const { file, baseOffset } = this.#result
    const from = starts[0] ?? 0
    const offset = file.end - baseOffset - from
    const wait = file.give(bytes.subarray(from, ends.at(-1)))
    const at = this.#table.at(level, 0, 0) + first
    this.#setAll(at, offset, starts, ends)
    this.#journal?.note(file.end, `tiles ${at} ${offset} ${starts.join()} ${ends.join()}`)
    return wait
  }

  // Without an iterator: a slide may have a million tiles, each of which would cost an object.
  #setAll(at: number, offset: number, starts: Uint32Array, ends: Uint32Array): void {
    for (let i = 0; i < starts.length; i++) {
      const start = starts[i] ?? 0
      this.#table.set(at + i, offset + start, (ends[i] ?? start) - start)
    }
  }

  #note({ level, column, row }: TilePlace, sizeBytes: number): void {
    const { file, baseOffset } = this.#result
    const at = this.#table.at(level, column, row)
    const offset = file.end - baseOffset - sizeBytes
    this.#table.set(at, offset, sizeBytes)
    this.#journal?.note(file.end, `tiles ${at} ${offset} 0 ${sizeBytes}`)
  }

  /** How far tiles were appended, and how far they are in the file. */
  get progress(): { end: number; written: number } {
    const { end, written } = this.#result.file
    return { end, written }
  }

  has({ level, column, row }: TilePlace): boolean {
    return this.#table.has(this.#table.at(level, column, row))
  }

  /** A tile as it lies in its page, without the page's tables. */
  async read({ level, column, row }: TilePlace): Promise<Buffer | undefined> {
    const at = this.#table.at(level, column, row)
    if (!this.#table.has(at)) return undefined
    const { file, baseOffset } = this.#result
    return file.read(baseOffset + this.#table.offset(at), this.#table.sizeBytes(at))
  }

  /** Takes up what a killed run left. */
  async resume(found: (level: number, column: number, row: number, sizeBytes: number) => void): Promise<void> {
    this.#journal = TileJournal.takeUp(this.#journalPath, this.#journalTitle, (words) => this.#takeUp(words))
    if (!this.#journal) return
    await this.#result.file.truncate(this.#result.baseOffset + Math.max(headerBytes, this.#endOfTiles()))
    for (const [level, { columns, rows }] of this.#grids.entries())
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          const sizeBytes = this.#table.sizeBytes(this.#table.at(level, column, row))
          if (sizeBytes > 0) found(level, column, row, sizeBytes)
        }
  }

  /** Writes the directories and the header. Tiles that were never written have no bytes. */
  async finish(facts: ResultFacts, beside?: NamedBytes[]): Promise<void> {
    this.#begin()
    const { file, baseOffset } = this.#result
    const first = roundUp(file.end - baseOffset)
    file.append(Buffer.alloc(first - (file.end - baseOffset)))
    for (const [index, shape] of this.#shapes.entries()) {
      const fields = pageFields(this.#page(index, shape), this.#shapes[0] ?? shape, facts)
      await file.append(directoryBlock(fields, file.end - baseOffset, index === this.#shapes.length - 1))
    }
    await file.patch(baseOffset, bigTiffHeader(first))
    await this.#result.seal(beside)
    this.#closeJournal()
    rmSync(this.#journalPath, { force: true })
  }

  async close(): Promise<void> {
    await this.#result.file.close()
    this.#closeJournal()
  }

  /** The file has come this far. */
  settle(upTo: number): void {
    this.#journal?.written(upTo)
  }

  #closeJournal(): void {
    this.#journal?.close()
    this.#journal = undefined
  }

  /** A header that leads nowhere: until the end this is no TIFF. */
  #begin(): void {
    if (this.#journal) return
    this.#result.clear()
    this.#journal = TileJournal.begin(this.#journalPath, this.#journalTitle)
    this.#result.file.append(bigTiffHeader(0))
  }

  #takeUp([kind, ...words]: string[]): void {
    if (kind === 'page') {
      const [page, ...numbers] = words.slice(0, 4).map(Number)
      const [, samplingX = 1, samplingY = 1] = numbers
      const tables = Buffer.from(words[4] ?? '', 'base64')
      this.#colours.set(page ?? 0, { photometric: photometric.parse(numbers[0]), samplingX, samplingY, tables })
    } else {
      const [at = 0, offset = 0] = words.slice(0, 2).map(Number)
      const [starts, ends] = words.slice(2).map((numbers) => Uint32Array.from(numbers.split(','), Number))
      if (starts && ends && offset + (ends.at(-1) ?? 0) <= this.#result.sizeBytes)
        this.#setAll(at, offset, starts, ends)
    }
  }

  #endOfTiles(): number {
    return this.#table.offsets.reduce((end, offset, at) => Math.max(end, offset + this.#table.sizeBytes(at)), 0)
  }

  #page(level: number, shape: PageShape) {
    const colour = this.#colours.get(level)
    if (!colour) throw new Error(`level ${level} has no tile`)
    const { columns, rows } = this.#grids[level] ?? { columns: 0, rows: 0 }
    const from = this.#table.at(level, 0, 0)
    const to = from + columns * rows
    return {
      ...shape,
      colour,
      offsets: this.#table.offsets.subarray(from, to),
      sizes: this.#table.sizes.subarray(from, to)
    }
  }
}
