/** Where each tile lies in a file. 12 bytes a tile, so that a slide of a million tiles stays small in memory. */
export class TileTable {
  /** Of the first byte. */
  readonly offsets: Float64Array
  /** In bytes; 0 where there is no tile. */
  readonly sizes: Uint32Array
  readonly #starts: number[] = []
  readonly #columns: number[]

  constructor(levels: readonly { columns: number; rows: number }[]) {
    let tiles = 0
    for (const { columns, rows } of levels) {
      this.#starts.push(tiles)
      tiles += columns * rows
    }
    this.#columns = levels.map(({ columns }) => columns)
    this.offsets = new Float64Array(tiles)
    this.sizes = new Uint32Array(tiles)
  }

  /** A tile's number: level by level from the full size, row by row. */
  at(level: number, column: number, row: number): number {
    return (this.#starts[level] ?? 0) + row * (this.#columns[level] ?? 0) + column
  }

  set(at: number, offset: number, sizeBytes: number): void {
    this.offsets[at] = offset
    this.sizes[at] = sizeBytes
  }

  has(at: number): boolean {
    return this.sizeBytes(at) > 0
  }

  offset(at: number): number {
    return this.offsets[at] ?? 0
  }

  sizeBytes(at: number): number {
    return this.sizes[at] ?? 0
  }
}
