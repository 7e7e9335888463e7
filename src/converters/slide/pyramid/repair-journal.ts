import { appendFileSync, readFileSync, rmSync } from 'node:fs'
import { type RepairedTile, repairedTile } from './repaired-tile.ts'

/**
 * The tiles that were mended, one line of JSON each, in a file that outlives a killed child: the run that takes its place
 * finds those tiles finished and would not know. A line is there before the tile that it tells of; it is of no use after
 * a loss of power, and then scratch is gone.
 */
export class RepairJournal {
  readonly #path: string
  /** What a killed run noted, in its order; a line that was cut short is left out. */
  readonly found: RepairedTile[]

  private constructor(path: string, found: RepairedTile[]) {
    this.#path = path
    this.found = found
  }

  /** Takes up what a killed run noted, or drops what there is of another task. The file is made with the first note. */
  static open(path: string, resume: boolean): RepairJournal {
    if (!resume) rmSync(path, { force: true })
    return new RepairJournal(path, resume ? linesOf(path).flatMap(tileOf) : [])
  }

  note(tile: RepairedTile): void {
    // In front of the line too: the last one may be cut short.
    appendFileSync(this.#path, `\n${JSON.stringify(tile)}\n`)
  }
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

function tileOf(line: string): RepairedTile[] {
  try {
    const { success, data } = repairedTile.safeParse(JSON.parse(line))
    return success ? [data] : []
  } catch {
    return []
  }
}
