const wordBytes = 8
const none = new Uint8Array(0)

/** Puts two parts of a JPEG together in memory that the next ones take again. */
export class JoinMemory {
  #memory = Buffer.alloc(0)

  /** Both behind each other, and `tail` if there is one, until the next call. */
  join(head: Uint8Array, rest: Uint8Array, tail = none): Buffer {
    // V8 copies shared memory word by word where both sides are aligned alike, else byte by byte: 12 µs for 20 kB.
    const start = (rest.byteOffset - head.length) & (wordBytes - 1)
    const tailStart = start + head.length + rest.length
    const end = tailStart + tail.length
    if (this.#memory.length < end) this.#memory = Buffer.allocUnsafeSlow(2 * end)
    this.#memory.set(head, start)
    this.#memory.set(rest, start + head.length)
    this.#memory.set(tail, tailStart)
    return this.#memory.subarray(start, end)
  }
}
