import { scanStart } from './jpeg-scan.ts'

/** Width and height in pixels. */
export type JpegSize = readonly [widthPx: number, heightPx: number]

/** Tiles of a few levels come in turns, and those of a level have one head. */
const mostKnown = 4

/** What heads of JPEGs say, so that the thousands of tiles that have the same need not be taken apart. */
export class KnownHeads {
  /** What came last is in front. */
  readonly #known: { head: Buffer; size: JpegSize }[] = []

  /** The size of a JPEG that begins like one that was kept; undefined of any other. */
  sizeOf(jpeg: Buffer): JpegSize | undefined {
    const beginsWith = (head: Buffer) =>
      head.length < jpeg.length && jpeg.compare(head, 0, head.length, 0, head.length) === 0
    return this.#known.find(({ head }) => beginsWith(head))?.size
  }

  /** From now on JPEGs with this one's head have its size. One of several scans has heads between them, and is not kept. */
  keep(jpeg: Buffer, size: JpegSize): void {
    const start = scanStart(jpeg)
    if (start === undefined) return
    this.#known.unshift({ head: Buffer.from(jpeg.subarray(0, start)), size })
    this.#known.splice(mostKnown)
  }
}
