import type { PixelWindow } from './pixels/pixel-window.ts'

/** A slide that is open for reading. Levels from the full size down, each smaller than the one before. */
export interface SlideSource {
  readonly levels: readonly SourceLevel[]
  /** What shows where the slide holds nothing, `#rrggbb`; white where the source doesn't say. */
  readonly background: string
  close(): Promise<void>
}

/**
 * One level as a grid of tiles, the last of each row and column padded to the full tile size. Readers of formats
 * without tiles choose a grid that suits them.
 */
export interface SourceLevel {
  readonly widthPx: number
  readonly heightPx: number
  readonly tileWidthPx: number
  readonly tileHeightPx: number
  /** Present where every tile is a baseline JPEG of 8 bits, so that its bytes can be copied. */
  readonly jpeg?: JpegTiles
  /** Reads the tiles `from` up to (without) `to` of a row, in order; a tile that is not stored has no bytes. */
  readTiles(row: number, from: number, to: number): Promise<SourceTile[]>
  /**
   * The stored tiles from number `first` on, row by row, that follow each other in the source, to be read in one piece;
   * undefined where they are few. Tens of thousands of tiles take less time so than one by one.
   */
  runAt?(first: number): TileRun | undefined
  /** The bytes of these tiles, all that one `readTiles` gave, are needed no more: the next reads may take their memory. */
  release?(tiles: SourceTile[]): void
  /**
   * Decodes a tile to RGB into `into`, whose size is the tile's full size over `scale`, rounded up. Any number may run
   * at once. Throws {@link TileDamaged}, also for a tile without bytes (unless the reader draws those itself).
   */
  decode(tile: SourceTile, into: PixelWindow, scale: 1 | 2): Promise<void>
}

/** A tile as it lies in the source. Readers that decode straight from the source give no bytes and mark it `stored`. */
export interface SourceTile {
  column: number
  row: number
  /** The compressed bytes; those of a JPEG tile may lack the tables that all tiles share. */
  bytes?: Buffer | undefined
  /** False where the source stores nothing for this tile. */
  stored: boolean
}

/** Tiles that follow each other in the source, with three bytes at most between two of them. */
export interface TileRun {
  /** Where each begins and ends in the piece. */
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  read(): Promise<Buffer>
  /** The piece is needed no more: the next reads may take its memory. */
  release(piece: Buffer): void
}

/** How the JPEG tiles of a level become files of their own. */
export interface JpegTiles {
  /** A JPEG stream of the tables that all tiles share (TIFF's JPEGTables); absent where tiles carry their own. */
  readonly tables?: Buffer
  /** The three components are red, green and blue as they stand, not YCbCr. */
  readonly rgb: boolean
  /** The whole JPEG that any viewer shows right: tables merged, Adobe APP14 with transform 0 where `rgb`. */
  complete(bytes: Buffer): Buffer
  /** The tiles were encoded just now from a picture without tiles: copying them is encoding. */
  readonly fresh?: boolean
}

/** One tile of the source can't be used; `reason` is one clause without names of files. */
export class TileDamaged extends Error {
  readonly reason: string
  constructor(reason: string, options?: ErrorOptions) {
    super(`A tile is damaged: ${reason}.`, options)
    this.name = 'TileDamaged'
    this.reason = reason
  }
}

/** Columns and rows of a level's grid. */
export function gridOf({ widthPx, heightPx, tileWidthPx, tileHeightPx }: SourceLevel): {
  columns: number
  rows: number
} {
  return { columns: Math.ceil(widthPx / tileWidthPx), rows: Math.ceil(heightPx / tileHeightPx) }
}
