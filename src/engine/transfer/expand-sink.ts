import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type ByteSink, writeError } from './byte-sink.ts'
import { FileSink } from './file-sink.ts'
import { StoredZipReader, type ZipEvents } from './stored-zip-reader.ts'
import { WriteQueue } from './write-queue.ts'

/** Entries up to here are gathered and written in one go: a pyramid is tens of thousands of small tiles. */
const gatheredBytes = 2 ** 20
const mostEntries = 2_000_000

/** Expands a stored zip into an existing empty folder while it streams in. */
export class ExpandSink implements ByteSink, ZipEvents {
  readonly #dir: string
  readonly #reader: StoredZipReader
  readonly #queue = new WriteQueue()
  readonly #folders = new Map<string, Promise<void>>()
  readonly #topNames = new Set<string>()
  #path = ''
  #gathered: Buffer[] = []
  #large: FileSink | undefined
  #largeWrites: Promise<void> = Promise.resolve()

  constructor(dir: string, totalBytes: number, entries = mostEntries) {
    this.#dir = dir
    this.#reader = new StoredZipReader({ entries, totalBytes }, this)
  }

  async write(chunk: Buffer): Promise<void> {
    this.#reader.push(chunk)
    await this.#queue.room()
    await this.#largeWrites
  }

  async finish(): Promise<void> {
    this.#reader.end()
    await this.#largeWrites
    await this.#queue.drained()
  }

  async discard(): Promise<void> {
    await this.#queue.stop()
    // Its failure is why this is called; a stream that failed has closed its file.
    await Promise.allSettled([this.#largeWrites])
    await this.#large?.discard()
    for (const name of this.#topNames) await rm(join(this.#dir, name), { recursive: true, force: true, maxRetries: 5 })
  }

  entry(name: string, sizeBytes: number): void {
    this.#topNames.add(name.split('/')[0] ?? name)
    this.#path = join(this.#dir, ...name.split('/'))
    this.#gathered = []
    this.#large = undefined
    if (sizeBytes <= gatheredBytes) return
    const [path, large] = [this.#path, new FileSink(this.#path)]
    this.#large = large
    this.#chain(() => this.#folder(dirname(path)))
  }

  data(chunk: Buffer): void {
    const large = this.#large
    if (large) this.#chain(() => large.write(chunk))
    else this.#gathered.push(chunk)
  }

  endEntry(): void {
    const large = this.#large
    const [path, chunks] = [this.#path, this.#gathered]
    if (large) this.#chain(() => large.finish())
    else this.#queue.add(() => this.#writeWhole(path, chunks))
  }

  async #writeWhole(path: string, chunks: Buffer[]): Promise<void> {
    await this.#folder(dirname(path))
    try {
      await writeFile(path, chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks), { flag: 'wx' })
    } catch (error) {
      throw writeError(error)
    }
  }

  /** Writes of one large file follow each other; a failure surfaces at the next `write` or `finish`. */
  #chain(step: () => Promise<void>): void {
    this.#largeWrites = this.#largeWrites.then(step)
    this.#largeWrites.catch(() => {})
  }

  #folder(path: string): Promise<void> {
    if (path === this.#dir) return Promise.resolve()
    const known = this.#folders.get(path)
    if (known) return known
    const made = mkdir(path, { recursive: true }).then(
      () => {},
      (error: unknown) => Promise.reject(writeError(error))
    )
    this.#folders.set(path, made)
    return made
  }
}
