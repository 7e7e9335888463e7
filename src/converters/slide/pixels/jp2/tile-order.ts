/** What a decoding thread is asked for: RGB of one tile. */
export interface TileOrder {
  codestream: Uint8Array<ArrayBuffer>
  /** Full size, as the codestream's own header says it. */
  widthPx: number
  heightPx: number
  components: 1 | 3
  /** The three components are Y, Cb and Cr, and the decoder leaves them so. */
  ycbcr: boolean
  scale: 1 | 2
}

/**
 * What a decoding thread says: `ready` once, then one answer for each order, in their order. `broken`: its decoder
 * crashed, so that nothing more is to be expected of it.
 */
export type ThreadAnswer =
  | { type: 'ready' }
  | { type: 'pixels'; rgb: Uint8Array<ArrayBuffer> }
  | { type: 'damaged'; reason: string; broken: boolean }
