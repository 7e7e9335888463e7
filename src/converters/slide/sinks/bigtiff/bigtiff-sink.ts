import { verifyFailed } from '../../../failures.ts'
import type { Geometry, Layout } from '../../pyramid/geometry.ts'
import type { NamedBytes, ResultFacts, TilePlace, TileSink } from '../../sink.ts'
import type { FilePlace } from '../single-file.ts'
import { pageShapes } from './page-fields.ts'
import { recode } from './planar-jpeg.ts'
import { TiffPagesFile } from './tiff-pages-file.ts'
import { isSameColour, type PageColour, type TileStream, tileStream, withTables } from './tile-stream.ts'

/** Full tiles at the edges, as TIFF wants them; the last level is one tile. */
export const bigTiffLayout: Layout = { rounding: 'ceil', until: 'one-tile', paddedEdges: true }

/** Tiles as pages of a BigTIFF, one a level. Tables that a page's tiles share are stored once. */
export class BigTiffSink implements TileSink {
  readonly #pages: TiffPagesFile
  readonly #tileSizePx: number

  private constructor(pages: TiffPagesFile, tileSizePx: number) {
    this.#pages = pages
    this.#tileSizePx = tileSizePx
  }

  static async open(place: FilePlace, geometry: Geometry, scratchDir: string): Promise<BigTiffSink> {
    return new BigTiffSink(await TiffPagesFile.open(place, pageShapes(geometry), scratchDir), geometry.tileSizePx)
  }

  write(level: number, column: number, row: number, jpeg: Buffer): Promise<void> | undefined {
    const place = { level, column, row }
    const stream = this.#take(place, jpeg)
    const colour = this.#pages.colour(level) ?? this.#begin(level, stream.colour)
    return isSameColour(stream.colour, colour)
      ? this.#pages.append(place, stream.parts(colour.tables))
      : this.#writeRecoded(place, jpeg, colour)
  }

  async read(level: number, column: number, row: number): Promise<Buffer | undefined> {
    const tile = await this.#pages.read({ level, column, row })
    return tile && withTables(tile, this.#pages.colour(level)?.tables ?? Buffer.alloc(0))
  }

  resume(found: (level: number, column: number, row: number, sizeBytes: number) => void): Promise<void> {
    return this.#pages.resume(found)
  }

  finish(about: ResultFacts, beside?: NamedBytes[]): Promise<void> {
    return this.#pages.finish(about, beside)
  }

  close(): Promise<void> {
    return this.#pages.close()
  }

  #begin(level: number, colour: PageColour): PageColour {
    this.#pages.setColour(level, colour)
    return colour
  }

  #take({ level, column, row }: TilePlace, jpeg: Buffer): TileStream {
    const stream = tileStream(jpeg)
    if (stream?.widthPx === this.#tileSizePx && stream.heightPx === this.#tileSizePx) return stream
    const found = stream ? `${stream.widthPx} x ${stream.heightPx} pixels` : 'no JPEG of 8 bits'
    throw verifyFailed(
      `Tile ${level}/${column}_${row} has ${found} instead of ${this.#tileSizePx} x ${this.#tileSizePx}.`,
      'Report this.'
    )
  }

  async #writeRecoded(place: TilePlace, jpeg: Buffer, colour: PageColour): Promise<void> {
    const recoded = await recode(jpeg, colour)
    await this.#pages.append(place, this.#take(place, recoded).parts(colour.tables))
  }
}
