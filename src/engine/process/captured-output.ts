/** Keeps the last `maxBytes` of a stream: the end of what a program said tells why it failed. */
export class CapturedOutput {
  #chunks: Buffer[] = []
  #sizeBytes = 0
  readonly #maxBytes: number

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#sizeBytes += chunk.length
    // Trimming only at twice the cap keeps adding cheap.
    if (this.#sizeBytes > 2 * this.#maxBytes) this.#trim()
  }

  text(): string {
    this.#trim()
    return Buffer.concat(this.#chunks).toString('utf8')
  }

  #trim(): void {
    if (this.#sizeBytes <= this.#maxBytes) return
    const all = Buffer.concat(this.#chunks)
    this.#chunks = [Buffer.from(all.subarray(all.length - this.#maxBytes))]
    this.#sizeBytes = this.#maxBytes
  }
}
