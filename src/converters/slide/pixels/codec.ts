import type { PixelWindow } from './pixel-window.ts'

/** Decodes and encodes JPEG tiles beside the main thread; any number of calls may be under way. */
export interface JpegCodec {
  readonly threads: number
  /** Starts its threads where there are any, so that the first tiles don't wait for that. */
  warmUp?(): void
  /**
   * Decodes a baseline or progressive JPEG of 8 bits to RGB; `into` has the JPEG's size over `scale`, rounded up.
   * An embedded profile changes nothing. Throws TileDamaged.
   */
  decode(jpeg: Buffer, into: PixelWindow, scale: 1 | 2): Promise<void>
  /** Encodes without subsampling of colours from quality 90 up, 4:2:0 below; no metadata at all. */
  encode(from: PixelWindow, quality: number): Promise<Buffer>
  /**
   * One tile from up to four at half their size. The memory of `order.children` is given away and may be empty afterwards,
   * unless it is shared: that is only read, until this settles. Throws {@link ChildDamaged}.
   */
  reduce(order: ReduceOrder): Promise<Buffer>
}

/** What {@link JpegCodec.reduce} makes: a JPEG of `widthPx` x `heightPx`, its last pixels repeated up to `paddedPx` if given. */
export interface ReduceOrder {
  children: ReducedChild[]
  widthPx: number
  heightPx: number
  paddedPx?: number
  quality: number
}

/**
 * A JPEG whose upper left `widthPx` x `heightPx` pixels, halved, come to `xPx`, `yPx` of the new tile. `head`: what stands in
 * front of `jpeg`, which is but the rest then.
 */
export interface ReducedChild {
  head?: Buffer | undefined
  jpeg: Buffer
  xPx: number
  yPx: number
  widthPx: number
  heightPx: number
}

/** One of the tiles to be reduced can't be decoded; `at` is its index. */
export class ChildDamaged extends Error {
  readonly at: number
  readonly reason: string
  constructor(at: number, reason: string) {
    super(`Tile ${at} of a family is damaged: ${reason}.`)
    this.name = 'ChildDamaged'
    this.at = at
    this.reason = reason
  }
}
