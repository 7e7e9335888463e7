import { endsInEoi } from './jpeg-header.ts'
import { scanLooksSoundFrom, scanStart } from './jpeg-scan.ts'

/**
 * The bytes before the pixels, which a scanner writes alike into all tiles of a level: a tile that has them is known by one
 * comparison, where taking it apart would take longer than copying it.
 */
export class SameHead {
  #head: Buffer | undefined

  /** Where the coded pixels begin in tiles that have this head; 0 where none is known. */
  get lengthBytes(): number {
    return this.#head?.length ?? 0
  }

  /** Whether a tile begins like the one that was kept and has an end; `checkScan`: and coded pixels that look sound. */
  isOf(tile: Buffer, checkScan = true): boolean {
    return this.isAt(tile, 0, tile.length, checkScan)
  }

  /** The same for a tile that lies from `start` to `end` among others. */
  isAt(bytes: Buffer, start: number, end: number, checkScan = true): boolean {
    const head = this.#head
    const scan = start + (head?.length ?? 0)
    if (!head || end <= scan || bytes.compare(head, 0, head.length, start, scan) !== 0) return false
    return endsInEoi(bytes, start, end) && (!checkScan || scanLooksSoundFrom(scan, bytes, end))
  }

  /** From now on none is known. */
  forget(): void {
    this.#head = undefined
  }

  /** Keeps the head of a tile that was found good; of one with several scans nothing. */
  keep(tile: Buffer): void {
    const start = scanStart(tile)
    this.#head = start === undefined ? undefined : Buffer.from(tile.subarray(0, start))
  }
}
