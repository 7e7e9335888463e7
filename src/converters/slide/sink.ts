import type { PyramidLevel } from './pyramid/geometry.ts'

/**
 * Takes the finished tiles of a pyramid in any order and puts them where its format wants them. Levels count from the
 * full size (0) down, as in `Geometry.levels`.
 */
export interface TileSink {
  /**
   * Writes one tile: a whole JPEG in one or more parts that follow each other. Returns once the memory may be reused;
   * a sink may wait here for the disk. Writing a tile that is there already replaces it.
   */
  write(level: number, column: number, row: number, jpeg: Buffer): Promise<void> | void
  /** Reads back a tile that was written, in this run or in one that was killed; undefined if there is none. */
  read(level: number, column: number, row: number): Promise<Buffer | undefined>
  /**
   * What a killed run left, called once before the first `write`: each tile found whole is told to `found`. A tile that
   * is cut short is not told and is overwritten later.
   */
  resume(found: (level: number, column: number, row: number, sizeBytes: number) => void): Promise<void>
  /**
   * Writes what stands beside or behind the tiles (descriptor, directory) and flushes; `write` is over. `beside`: files
   * that travel in the same zip, where the sink writes one.
   */
  finish(about: ResultFacts, beside?: NamedBytes[]): Promise<void>
  /** Gives up what is open without finishing; what was written stays for {@link resume}. */
  close(): Promise<void>
}

/** A file of a result; `path` is relative with `/`. */
export interface NamedBytes {
  path: string
  bytes: Buffer
}

/** What a descriptor may say of the slide: never who or when. */
export interface ResultFacts {
  mpp?: number
  mppY?: number
  magnification?: number
  icc?: Buffer
}

/** A tile's place, for reports. `level` counts as in the sink. */
export interface TilePlace {
  level: number
  column: number
  row: number
}

export type { PyramidLevel }
