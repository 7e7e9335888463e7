import { endsInEoi } from '../../pixels/jpeg-header.ts'
import { scanLooksSoundFrom, scanStart } from '../../pixels/jpeg-scan.ts'

/**
 * The bytes before the pixels, which a scanner writes alike into all tiles of a level: a tile that has them is known by one
 * comparison, where taking it apart would take longer than copying it.
 */
export class SameHead {
  #head: Buffer | undefined

  /** Whether a tile begins like the one that was kept, with an end and coded pixels that look sound. */
  isOf(tile: Buffer): boolean {
    const head = this.#head
    if (!head || tile.length <= head.length || tile.compare(head, 0, head.length, 0, head.length) !== 0) return false
    return endsInEoi(tile) && scanLooksSoundFrom(head.length, tile)
  }

  /** Keeps the head of a tile that was found good. */
  keep(tile: Buffer): void {
    const start = scanStart(tile)
    this.#head = start === undefined ? undefined : Buffer.from(tile.subarray(0, start))
  }
}
