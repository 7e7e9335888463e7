import type { JpegSegment } from './jpeg-header.ts'

/** Codes up to this length are found by one look. */
const shortBits = 8
/** No code of a JPEG is longer. */
export const longestBits = 16

/** A code of a JPEG's scan (ITU T.81, annex C): the shortest codes count up from 0, the next ones from where those ended, doubled. */
export class HuffmanCode {
  /** By the next 8 bits: length of the code in the upper byte, its symbol in the lower; 0 for longer codes. */
  readonly #short = new Uint16Array(1 << shortBits)
  /** By length: the first number behind its codes, and what leads from a number to its symbol. */
  readonly #end = new Int32Array(longestBits + 1)
  readonly #shift = new Int32Array(longestBits + 1)
  readonly #symbols: Buffer

  /** `counts` of codes by length, from 1 on; their symbols in order. */
  constructor(counts: Buffer, symbols: Buffer) {
    this.#symbols = symbols
    let [code, index] = [0, 0]
    for (let length = 1; length <= longestBits; length++, code <<= 1) {
      this.#shift[length] = index - code
      for (const last = index + (counts[length - 1] ?? 0); index < last; index++, code++)
        if (length <= shortBits) this.#fillShort(code, length, symbols[index] ?? 0)
      this.#end[length] = code
    }
  }

  /** What the upper bits of a number of 16 bits mean: the code's length above its symbol (8 bits); 0 if no code begins so. */
  find(bits: number): number {
    const found = this.#short[bits >> (longestBits - shortBits)] ?? 0
    return found === 0 ? this.#findLong(bits) : found
  }

  #findLong(bits: number): number {
    for (let length = shortBits + 1; length <= longestBits; length++) {
      const code = bits >> (longestBits - length)
      if (code < (this.#end[length] ?? 0))
        return (length << 8) | (this.#symbols[code + (this.#shift[length] ?? 0)] ?? 0)
    }
    return 0
  }

  #fillShort(code: number, length: number, symbol: number): void {
    const from = code << (shortBits - length)
    this.#short.fill((length << 8) | symbol, from, from + (1 << (shortBits - length)))
  }
}

/** The codes of a DHT segment by class (0 DC, 16 AC) plus number. */
export function* codesOf(jpeg: Buffer, { offset, lengthBytes }: JpegSegment): Generator<[number, HuffmanCode], void> {
  const end = offset + lengthBytes
  for (let at = offset + 4; at + 17 <= end; ) {
    const counts = jpeg.subarray(at + 1, at + 17)
    const symbolsEnd = counts.reduce((sum, count) => sum + count, at + 17)
    if (symbolsEnd > end) return
    yield [jpeg[at] ?? 0, new HuffmanCode(counts, jpeg.subarray(at + 17, symbolsEnd))]
    at = symbolsEnd
  }
}
