import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'

/** A tile that lies whole in the file: its number, offset in the result, size. */
export interface JournalTile {
  at: number
  offset: number
  sizeBytes: number
}

interface Pending {
  /** The lines count once the file has come this far. */
  end: number
  lines: string
}

/**
 * What lies where in a TIFF whose directories are not written yet, one line each, appended once the tile's bytes are with
 * the operating system: a killed run is taken up from it. It is of no use after a loss of power, and then scratch is gone.
 */
export class TileJournal {
  readonly #file: number
  #pending: Pending[] = []

  private constructor(file: number) {
    this.#file = file
  }

  /** Begins a new journal; `title` tells what it is of. */
  static begin(path: string, title: string): TileJournal {
    const file = openSync(path, 'w')
    writeSync(file, `${title}\n`)
    return new TileJournal(file)
  }

  /** Takes up a journal; undefined where there is none with this title. `line` is told each whole line. */
  static takeUp(path: string, title: string, line: (words: string[]) => void): TileJournal | undefined {
    const text = textOf(path)
    const end = text.lastIndexOf('\n') + 1
    const [first, ...lines] = text.slice(0, end).split('\n')
    if (first !== title) return undefined
    for (const one of lines) if (one !== '') line(one.split(' '))
    const file = openSync(path, 'a')
    ftruncateSync(file, end)
    return new TileJournal(file)
  }

  /** Notes one or more lines of words, parted by blanks, that count once the file has come to `end`. */
  note(end: number, lines: string): void {
    this.#pending.push({ end, lines: `${lines}\n` })
  }

  /** The file has come to `end`. */
  written(end: number): void {
    const settled = this.#pending.findIndex((noted) => noted.end > end)
    const noted = this.#pending.splice(0, settled < 0 ? this.#pending.length : settled)
    if (noted.length > 0) writeSync(this.#file, noted.map(({ lines }) => lines).join(''))
  }

  close(): void {
    closeSync(this.#file)
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
