import type { Geometry } from './geometry.ts'

/** Which tiles of a result are there, and how many bytes each has. 4 bytes a tile. */
export class Presence {
  readonly #columns: number[]
  readonly #sizes: Uint32Array[]
  #count = 0

  constructor(geometry: Geometry) {
    this.#columns = geometry.levels.map(({ columns }) => columns)
    this.#sizes = geometry.levels.map(({ columns, rows }) => new Uint32Array(columns * rows))
  }

  get count(): number {
    return this.#count
  }

  has(level: number, column: number, row: number): boolean {
    return this.sizeBytes(level, column, row) > 0
  }

  /** 0 where there is none. */
  sizeBytes(level: number, column: number, row: number): number {
    return this.#sizes[level]?.[this.#at(level, column, row)] ?? 0
  }

  add(level: number, column: number, row: number, sizeBytes: number): void {
    const sizes = this.#sizes[level]
    const at = this.#at(level, column, row)
    if (!sizes || at >= sizes.length) return
    if (sizes[at] === 0) this.#count++
    sizes[at] = sizeBytes
  }

  #at(level: number, column: number, row: number): number {
    return row * (this.#columns[level] ?? 0) + column
  }
}
