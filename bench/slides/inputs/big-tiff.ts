import { type FileHandle, open } from 'node:fs/promises'

/** One entry of a page's directory, as it stands in the file: 20 bytes. */
type Entry = Buffer

/** A page's directory by tag. */
export type Page = Map<number, Entry>

/** Gives a little-endian BigTIFF (as libvips and the slide maker write them) other pages, without touching its pixels. */
export class BigTiffPages implements AsyncDisposable {
  readonly #file: FileHandle

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** Opens the file for changing it in place. Throws for any other kind of file. */
  static async open(path: string): Promise<BigTiffPages> {
    const file = await open(path, 'r+')
    const pages = new BigTiffPages(file)
    const head = await pages.#bytes(0, 8)
    if (head.toString('latin1', 0, 2) === 'II' && head.readUInt16LE(2) === 43) return pages
    await file.close()
    throw new Error('the slide is not a little-endian BigTIFF')
  }

  async pages(): Promise<Page[]> {
    const pages: Page[] = []
    for (let at = await this.#offset(8); at !== 0; ) {
      const count = await this.#offset(at)
      const table = await this.#bytes(at + 8, count * 20 + 8)
      const entries = Array.from({ length: count }, (_, i) => table.subarray(i * 20, i * 20 + 20))
      pages.push(new Map(entries.map((entry) => [entry.readUInt16LE(0), entry])))
      at = Number(table.readBigUInt64LE(count * 20))
    }
    return pages
  }

  /** Makes these the file's pages. */
  async replace(pages: Page[]): Promise<void> {
    let linkAt = 8
    for (const page of pages) {
      const entries = [...page].sort(([a], [b]) => a - b).map(([, entry]) => entry)
      const head = Buffer.alloc(8)
      head.writeBigUInt64LE(BigInt(entries.length))
      const at = await this.#append(Buffer.concat([head, ...entries, Buffer.alloc(8)]))
      await this.#put(linkAt, at)
      linkAt = at + 8 + entries.length * 20
    }
  }

  /** The numbers of an entry. */
  async numbers(page: Page, tag: number): Promise<number[]> {
    const entry = page.get(tag)
    if (!entry) throw new Error(`the slide has no tag ${tag}`)
    const widths: Record<number, number> = { 3: 2, 4: 4, 16: 8 }
    const width = widths[entry.readUInt16LE(2)] ?? 1
    const count = Number(entry.readBigUInt64LE(4))
    const inside = count * width <= 8
    const bytes = inside ? entry.subarray(12) : await this.#bytes(Number(entry.readBigUInt64LE(12)), count * width)
    return Array.from({ length: count }, (_, i) =>
      width === 8 ? Number(bytes.readBigUInt64LE(i * 8)) : bytes.readUIntLE(i * width, width)
    )
  }

  /** An entry of 64-bit numbers; what it points to is written at once. */
  async entryOf(tag: number, values: readonly number[]): Promise<Entry> {
    const bytes = Buffer.alloc(values.length * 8)
    for (const [i, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), i * 8)
    return this.#entry(tag, 16, values.length, bytes)
  }

  /** An entry of one 16-bit number. */
  shortEntry(tag: number, value: number): Promise<Entry> {
    const bytes = Buffer.alloc(8)
    bytes.writeUInt16LE(value)
    return this.#entry(tag, 3, 1, bytes)
  }

  /** An entry of text. */
  textEntry(tag: number, text: string): Promise<Entry> {
    const bytes = Buffer.from(`${text}\0`, 'latin1')
    return this.#entry(tag, 2, bytes.length, bytes)
  }

  async #entry(tag: number, type: number, count: number, bytes: Buffer): Promise<Entry> {
    const entry = Buffer.alloc(20)
    entry.writeUInt16LE(tag, 0)
    entry.writeUInt16LE(type, 2)
    entry.writeBigUInt64LE(BigInt(count), 4)
    if (bytes.length <= 8) bytes.copy(entry, 12)
    else entry.writeBigUInt64LE(BigInt(await this.#append(bytes)), 12)
    return entry
  }

  async #append(bytes: Buffer): Promise<number> {
    const { size } = await this.#file.stat()
    const at = size + (size % 2)
    await this.#file.write(bytes, 0, bytes.length, at)
    return at
  }

  async #put(at: number, value: number): Promise<void> {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(BigInt(value))
    await this.#file.write(bytes, 0, 8, at)
  }

  async #offset(at: number): Promise<number> {
    return Number((await this.#bytes(at, 8)).readBigUInt64LE())
  }

  async #bytes(at: number, length: number): Promise<Buffer> {
    const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(length), 0, length, at)
    if (bytesRead < length) throw new Error('the slide is cut off')
    return buffer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
  }
}
