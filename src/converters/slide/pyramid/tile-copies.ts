import { withoutWords } from '../deidentify/without-words.ts'
import { endsInEoi, jpegHeader } from '../pixels/jpeg-header.ts'
import { scanLooksSound, scanStart } from '../pixels/jpeg-scan.ts'
import { SameHead } from '../pixels/same-head.ts'
import type { SourceLevel, SourceTile } from '../source.ts'

/**
 * Makes the JPEGs that are copied from one level of the source: tables merged, words cut out. Tiles whose heads are alike get
 * the same head again without being taken apart.
 */
export class TileCopies {
  readonly #source: SourceLevel
  readonly #checkScan: boolean
  readonly #sameHead = new SameHead()
  /** What stands before the pixels of a tile with that head. */
  #prefix: Buffer = Buffer.alloc(0)

  /**
   * `areDecoded`: a level is going to be made of the tiles. That shows whether their pixels are sound, which is looked at here
   * otherwise; and each is given away for it, so that it needs memory of its own.
   */
  constructor(source: SourceLevel, areDecoded: boolean) {
    this.#source = source
    this.#checkScan = !areDecoded
  }

  /** Undefined where its head, end or look shows that it can't be copied. Its memory is not the source's. */
  copyOf({ bytes, stored }: SourceTile): Buffer | undefined {
    if (!stored || !bytes || !this.#source.jpeg) return undefined
    if (this.#sameHead.isOf(bytes, this.#checkScan)) return this.#likeBefore(bytes)
    const complete = withoutWords(this.#source.jpeg.complete(bytes))
    const whole = complete.buffer === bytes.buffer ? Buffer.from(complete) : complete
    const isSound =
      endsInEoi(whole) && isShownByViewers(whole, this.#source) && (!this.#checkScan || scanLooksSound(whole))
    if (!isSound) return undefined
    this.#learn(bytes, whole)
    return whole
  }

  #likeBefore(bytes: Buffer): Buffer {
    const from = this.#sameHead.lengthBytes
    const sizeBytes = this.#prefix.length + bytes.length - from
    const whole = this.#checkScan ? Buffer.allocUnsafe(sizeBytes) : Buffer.allocUnsafeSlow(sizeBytes)
    this.#prefix.copy(whole)
    bytes.copy(whole, this.#prefix.length, from)
    return whole
  }

  /** Only where nothing but the head was changed. */
  #learn(bytes: Buffer, whole: Buffer): void {
    this.#sameHead.keep(bytes)
    const [from, start] = [this.#sameHead.lengthBytes, scanStart(whole)]
    if (start !== undefined && whole.length - start === bytes.length - from)
      this.#prefix = Buffer.from(whole.subarray(0, start))
    else this.#sameHead.forget()
  }
}

/** A baseline, extended or progressive JPEG of 8 bits, grey or of three colours, as large as the level's tiles are. */
function isShownByViewers(jpeg: Buffer, { tileWidthPx, tileHeightPx }: SourceLevel): boolean {
  const head = jpegHeader(jpeg)
  return (
    head?.widthPx === tileWidthPx &&
    head.heightPx === tileHeightPx &&
    head.process <= 2 &&
    head.bits === 8 &&
    (head.components === 1 || head.components === 3)
  )
}
