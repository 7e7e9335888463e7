import type { Geometry } from '../pyramid/geometry.ts'
import type { NamedBytes, ResultFacts, TilePlace } from '../sink.ts'

/** How a format that is many files names them; a folder and a zip hold the same names. */
export interface TileNames {
  /** Folders that hold the tiles, to be made before the first; absent where each tile has one of its own (IIIF). */
  readonly folders?: readonly string[]
  /** Where a tile lies in the result, relative with `/`. */
  path(level: number, column: number, row: number): string
  /** The tile that a path is for; undefined if it is none of this geometry. */
  place(path: string): TilePlace | undefined
  /** The tile that has this one's name and picture, where a format can't tell them apart; it is the one to keep. */
  twin?(level: number, column: number, row: number): TilePlace | undefined
  /** What stands beside the tiles. `read` gives a finished tile. */
  descriptors(
    about: ResultFacts,
    read: (level: number, column: number, row: number) => Promise<Buffer>
  ): Promise<NamedBytes[]>
}

/** Every tile of a geometry, level by level from the full size, row by row. */
export function* placesOf({ levels }: Geometry): Generator<TilePlace> {
  for (const { index, columns, rows } of levels)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) yield { level: index, column, row }
}

/** The place if the geometry has it. */
export function placeIn({ levels }: Geometry, level: number, column: number, row: number): TilePlace | undefined {
  const found = levels[level]
  return found && column < found.columns && row < found.rows ? { level, column, row } : undefined
}
