import { verifyFailed } from '../../failures.ts'
import { ChildDamaged, type ReducedChild } from '../pixels/codec.ts'
import { freeMemory } from '../pixels/pixel-window.ts'
import { TileDamaged } from '../source.ts'
import type { BuildState } from './build-state.ts'
import { Families, type Family, type WaitingTile } from './families.ts'
import type { FinishedTiles } from './finished-tiles.ts'
import type { PyramidLevel } from './geometry.ts'

/** Gathers finished tiles, and makes one of the next level as soon as its four are together. */
export class Reductions {
  readonly #state: BuildState
  readonly #tiles: FinishedTiles
  readonly #families: Families

  constructor(state: BuildState, tiles: FinishedTiles) {
    this.#state = state
    this.#tiles = tiles
    this.#families = new Families(state.order.geometry)
  }

  /** `tile` may be missing where the tile that it is a part of is there already. */
  settle(level: PyramidLevel, column: number, row: number, tile: WaitingTile | undefined): void {
    const isPart = this.#state.isReduced(level)
    if (!isPart) tile?.release?.()
    const family = isPart ? this.#families.add(level.index, column, row, tile) : undefined
    if (family) this.#state.work.add(() => this.#reduce(level, family))
  }

  /** A tile that an earlier run left: its bytes are read again only where something is still to be made of them. */
  async takeUp(level: PyramidLevel, column: number, row: number): Promise<void> {
    this.#tiles.count(level, column, row)
    if (!this.#isNeeded(level, column, row)) return this.settle(level, column, row, undefined)
    const jpeg = await this.#tiles.read(level, column, row)
    this.#state.takenUp.add(`${level.index}/${column}_${row}`)
    this.settle(level, column, row, { jpeg })
  }

  async takeUpRow(level: PyramidLevel, row: number): Promise<void> {
    const { order, work, mostPictures } = this.#state
    for (let column = 0; column < level.columns; column++) {
      order.signal.throwIfAborted()
      await work.room(mostPictures)
      work.add(() => this.takeUp(level, column, row))
    }
  }

  async #reduce(above: PyramidLevel, family: Family): Promise<void> {
    const { presence, order } = this.#state
    const level = this.#state.level(above.index + 1)
    const { column, row } = family
    if (presence.has(level.index, column, row)) {
      release(family)
      return this.takeUp(level, column, row)
    }
    const jpeg = await this.#reduced(above, level, family)
    release(family)
    await this.#tiles.write(level, column, row, order.dress(jpeg))
    this.#state.encoded++
    if (this.#isNeeded(level, column, row)) this.settle(level, column, row, { jpeg })
    else {
      freeMemory(jpeg)
      this.settle(level, column, row, undefined)
    }
  }

  /** The new tile; a copied one among the four that turns out to be damaged is replaced first, in the sink as well. */
  async #reduced(
    above: PyramidLevel,
    level: PyramidLevel,
    family: Family,
    replaced: readonly number[] = []
  ): Promise<Buffer> {
    const { codec, geometry } = this.#state.order
    const { widthPx, heightPx } = this.#state.visibleRect(level, family.column, family.row)
    const padded = geometry.paddedEdges && { paddedPx: geometry.tileSizePx }
    const children = family.children.flatMap((tile, at) => (tile ? [this.#child(above, family, at, tile)] : []))
    try {
      return await codec.reduce({ children, widthPx, heightPx, quality: this.#tiles.qualityOf(level), ...padded })
    } catch (error) {
      if (!(error instanceof ChildDamaged)) throw error
      const at = family.children.map((tile, index) => (tile ? index : -1)).filter((index) => index >= 0)[error.at] ?? 0
      if (replaced.includes(at)) throw mendedInVain(level, family, error)
      const children = await this.#withReplaced(above, family, at, error)
      return this.#reduced(above, level, { ...family, children }, [...replaced, at])
    }
  }

  #child(above: PyramidLevel, family: Family, at: number, { head, jpeg }: WaitingTile): ReducedChild {
    const [right, below] = [at & 1, at >> 1]
    const half = this.#state.order.geometry.tileSizePx / 2
    const { widthPx, heightPx } = this.#state.visibleRect(above, family.column * 2 + right, family.row * 2 + below)
    return { head, jpeg, xPx: right * half, yPx: below * half, widthPx, heightPx }
  }

  /** The family again from the sink, for its memory was given away, with tile `damaged` mended. */
  async #withReplaced(
    above: PyramidLevel,
    family: Family,
    damaged: number,
    { reason }: ChildDamaged
  ): Promise<Family['children']> {
    return Promise.all(
      family.children.map(async (tile, at) => {
        const [column, row] = [family.column * 2 + (at & 1), family.row * 2 + (at >> 1)]
        if (at === damaged) return { jpeg: await this.#tiles.replace(above, column, row, new TileDamaged(reason)) }
        return tile && { jpeg: await this.#tiles.read(above, column, row) }
      })
    )
  }

  /** Whether a tile of the next level is still to be made of this one. */
  #isNeeded(level: PyramidLevel, column: number, row: number): boolean {
    const { order, presence } = this.#state
    const next = order.geometry.levels[level.index + 1]
    if (!next || !this.#state.isReduced(level)) return false
    const [c, r] = [column >> 1, row >> 1]
    return c < next.columns && r < next.rows && !presence.has(next.index, c, r)
  }
}

function release({ children }: Family): void {
  for (const tile of children) tile?.release?.()
}

/** What was encoded here and can't be decoded will not get better. */
function mendedInVain(level: PyramidLevel, { column, row }: Family, { reason }: ChildDamaged): Error {
  return verifyFailed(
    `What tile ${column}, ${row} of level ${level.index} is made of was mended and still can't be decoded: ${reason}.`,
    'Retry; check the disk and the memory of this computer.'
  )
}
