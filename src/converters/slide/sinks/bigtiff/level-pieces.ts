import { gridOf, type SourceLevel, type SourceTile, type TileRun } from '../../source.ts'

/** Tiles of a level in one piece of memory, from number `first` on, row by row. */
export interface PieceOfRun {
  first: number
  run: TileRun
  bytes: Buffer
}
/** What is read at once of a level: a run, or some tiles of a row. */
export type LevelPiece = PieceOfRun | { tiles: SourceTile[] }

/** Tiles of one read where they don't follow each other. */
const tilesAtOnce = 128

/** All tiles of a level in order. Asking for a piece begins to read it; a failure surfaces when it is waited for. */
export function* levelPieces(level: SourceLevel): Generator<Promise<LevelPiece>, void> {
  const { columns, rows } = gridOf(level)
  for (let first = 0, end = 0; first < columns * rows; first = end) {
    const run = level.runAt?.(first)
    const [row, from] = [Math.floor(first / columns), first % columns]
    const to = Math.min(columns, from + tilesAtOnce)
    end = first + (run ? run.starts.length : to - from)
    const piece = run ? readRun(first, run) : readRow(level, row, from, to)
    piece.catch(() => undefined)
    yield piece
  }
}

async function readRun(first: number, run: TileRun): Promise<LevelPiece> {
  return { first, run, bytes: await run.read() }
}

async function readRow(level: SourceLevel, row: number, from: number, to: number): Promise<LevelPiece> {
  return { tiles: await level.readTiles(row, from, to) }
}

/** One tile of a run. */
export function tileOf(level: SourceLevel, { first, run, bytes }: PieceOfRun, at: number): SourceTile {
  const { columns } = gridOf(level)
  const number = first + at
  const tile = bytes.subarray(run.starts[at], run.ends[at])
  return { column: number % columns, row: Math.floor(number / columns), bytes: tile, stored: true }
}
