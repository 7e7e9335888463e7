import type { Geometry } from './geometry.ts'

/** A finished tile in its compressed form. `head`: what stands in front of `jpeg`, which is but the rest then. */
export interface WaitingTile {
  head?: Buffer
  jpeg: Buffer
  /** To be called when its memory is needed no more, where that was lent. */
  release?: () => void
}

/** A tile with the up to four tiles of the level above that it is made of, in reading order. */
export interface Family {
  column: number
  row: number
  children: (WaitingTile | undefined)[]
}

/** Gathers finished tiles until the four that make one of the next level are together. */
export class Families {
  readonly #geometry: Geometry
  readonly #incomplete: Map<number, Family & { lacking: number }>[]

  constructor(geometry: Geometry) {
    this.#geometry = geometry
    this.#incomplete = geometry.levels.map(() => new Map())
  }

  /** Takes a tile of level `index`, or word that it is there; answers the family that it completes, undefined as long as others lack. */
  add(index: number, column: number, row: number, tile: WaitingTile | undefined): Family | undefined {
    const parent = this.#geometry.levels[index + 1]
    const [parentColumn, parentRow] = [column >> 1, row >> 1]
    // A level whose size is rounded down may have no tile for the last pixel of the one above.
    if (!parent || parentColumn >= parent.columns || parentRow >= parent.rows) {
      tile?.release?.()
      return undefined
    }
    const families = this.#incomplete[index]
    const key = parentRow * parent.columns + parentColumn
    const family = families?.get(key) ?? this.#newFamily(index, parentColumn, parentRow)
    family.children[(row & 1) * 2 + (column & 1)] = tile
    family.lacking--
    if (family.lacking > 0) families?.set(key, family)
    else families?.delete(key)
    return family.lacking > 0 ? undefined : family
  }

  #newFamily(index: number, column: number, row: number): Family & { lacking: number } {
    const level = this.#geometry.levels[index]
    const lacking = Math.min(2, (level?.columns ?? 0) - 2 * column) * Math.min(2, (level?.rows ?? 0) - 2 * row)
    return { column, row, children: [undefined, undefined, undefined, undefined], lacking }
  }
}
