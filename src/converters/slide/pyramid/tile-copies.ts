import { withoutWords } from '../deidentify/without-words.ts'
import { JoinMemory } from '../pixels/join-memory.ts'
import { endsInEoi, jpegHeader } from '../pixels/jpeg-header.ts'
import { scanLooksSound, scanStart } from '../pixels/jpeg-scan.ts'
import { SameHead } from '../pixels/same-head.ts'
import type { SourceLevel, SourceTile } from '../source.ts'
import type { WaitingTile } from './families.ts'

/** The JPEG to be written, whose memory the next copy may take; `waiting`: what a tile of the next level is made of, if asked for. */
export interface TileCopy {
  whole: Buffer
  /** Lies in the memory of the source where it has a head of its own. */
  waiting?: Pick<WaitingTile, 'head' | 'jpeg'>
}

/**
 * Makes the JPEGs that are copied from one level of the source: tables merged, words cut out. Tiles whose heads are alike get
 * the same head again without being taken apart.
 */
export class TileCopies {
  readonly #source: SourceLevel
  readonly #areDecoded: boolean
  readonly #sameHead = new SameHead()
  /** What stands before the pixels of a tile with that head. */
  #prefix: Buffer = Buffer.alloc(0)
  /** Where copies are put together one after the other: memory for each would keep the garbage collector busy. */
  readonly #scratch = new JoinMemory()

  /**
   * `areDecoded`: a level is going to be made of the tiles. That shows whether their pixels are sound, which is looked at here
   * otherwise; and what it is made of stays until then.
   */
  constructor(source: SourceLevel, areDecoded: boolean) {
    this.#source = source
    this.#areDecoded = areDecoded
  }

  /** Undefined where its head, end or look shows that it can't be copied. */
  copyOf({ bytes, stored }: SourceTile): TileCopy | undefined {
    if (!stored || !bytes || !this.#source.jpeg) return undefined
    if (this.#sameHead.isOf(bytes, !this.#areDecoded)) return this.#likeBefore(bytes)
    const complete = withoutWords(this.#source.jpeg.complete(bytes))
    const whole = complete.buffer === bytes.buffer ? Buffer.from(complete) : complete
    const isSound =
      endsInEoi(whole) && isShownByViewers(whole, this.#source) && (this.#areDecoded || scanLooksSound(whole))
    if (!isSound) return undefined
    this.#learn(bytes, whole)
    return this.#areDecoded ? { whole, waiting: { jpeg: whole } } : { whole }
  }

  #likeBefore(bytes: Buffer): TileCopy {
    const rest = bytes.subarray(this.#sameHead.lengthBytes)
    // Only shared memory can be read by threads where it lies, any other is given to them.
    const isLent = bytes.buffer instanceof SharedArrayBuffer
    const isKept = this.#areDecoded && !isLent
    const whole = isKept ? Buffer.concat([this.#prefix, rest]) : this.#scratch.join(this.#prefix, rest)
    if (!this.#areDecoded) return { whole }
    return { whole, waiting: isLent ? { head: this.#prefix, jpeg: rest } : { jpeg: whole } }
  }

  /** Only where nothing but the head was changed. */
  #learn(bytes: Buffer, whole: Buffer): void {
    this.#sameHead.keep(bytes)
    const [from, start] = [this.#sameHead.lengthBytes, scanStart(whole)]
    if (start !== undefined && whole.length - start === bytes.length - from)
      this.#prefix = ownCopy(whole.subarray(0, start))
    else this.#sameHead.forget()
  }
}

/** Not in memory that it shares with others, all of which would travel with it to threads. */
function ownCopy(bytes: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(own)
  return own
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
