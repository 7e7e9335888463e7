/** Reads come in many lengths; memory is asked for in these steps so that one fits the next. */
const stepBytes = 1 << 20
/** Small reads are rare and cheap. */
const leastBytes = 256 << 10
/** As many as are lent at once for a wide slide: what is dropped waits for the collector, and another is asked for meanwhile. */
const mostSpare = 64

/**
 * Memory of large reads, used again: that of every read anew costs more than the read, for the pages that the system clears
 * and for the collector that hurries because of them. It is shared, so that threads read tiles where they lie.
 */
export class ReadMemory {
  readonly #lent = new WeakSet<SharedArrayBuffer>()
  readonly #spare: SharedArrayBuffer[] = []

  /** At least `lengthBytes`; undefined for a read that is too small to matter. */
  take(lengthBytes: number): Buffer<SharedArrayBuffer> | undefined {
    if (lengthBytes < leastBytes) return undefined
    const fitting = this.#spare.findIndex((memory) => memory.byteLength >= lengthBytes)
    const [spare] = fitting < 0 ? [] : this.#spare.splice(fitting, 1)
    const memory = spare ?? new SharedArrayBuffer(Math.ceil(lengthBytes / stepBytes) * stepBytes)
    this.#lent.add(memory)
    return Buffer.from(memory)
  }

  /** Takes back what a piece lies in; a second piece of the same does nothing. */
  giveBack({ buffer }: Buffer): void {
    if (!(buffer instanceof SharedArrayBuffer) || !this.#lent.delete(buffer)) return
    this.#spare.push(buffer)
    if (this.#spare.length > mostSpare) this.#spare.shift()
  }
}
