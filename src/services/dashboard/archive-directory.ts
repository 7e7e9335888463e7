import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import yauzl, { type Entry, type ZipFile } from 'yauzl'

/** Where the bytes of one file in an archive begin and how they are kept. */
export interface ArchivedFile {
  headerOffset: number
  storedBytes: number
  sizeBytes: number
  isDeflated: boolean
}

/** Reads are answered from blocks of this size: yauzl asks three times per entry for a few bytes. */
const blockBytes = 1 << 20

/** Files of an archive under the names that `nameOf` gives them; those without one, and encrypted ones, are left out. */
export async function readDirectory(
  path: string,
  nameOf: (fileName: string) => string | undefined
): Promise<Map<string, ArchivedFile>> {
  const file = await open(path)
  try {
    const zip = await openZip(new BlockReader(file), (await file.stat()).size)
    return await filesOf(zip, nameOf)
  } finally {
    await file.close()
  }
}

function openZip(reader: BlockReader, sizeBytes: number): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.fromRandomAccessReader(reader, sizeBytes, { autoClose: false, lazyEntries: false }, (error, opened) =>
      error ? reject(error) : resolve(opened)
    )
  })
}

/** Keeps four numbers of each entry: a slide has hundreds of thousands. */
function filesOf(zip: ZipFile, nameOf: (fileName: string) => string | undefined): Promise<Map<string, ArchivedFile>> {
  const files = new Map<string, ArchivedFile>()
  return new Promise((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      const name = nameOf(entry.fileName)
      if (name === undefined || entry.isEncrypted()) return
      files.set(name, {
        headerOffset: entry.relativeOffsetOfLocalHeader,
        storedBytes: entry.compressedSize,
        sizeBytes: entry.uncompressedSize,
        isDeflated: entry.isCompressed()
      })
    })
    zip.on('end', () => resolve(files))
    zip.on('error', reject)
  })
}

/** yauzl's way into a file, a block at a time. */
class BlockReader extends yauzl.RandomAccessReader {
  readonly #file: FileHandle
  #block = Buffer.alloc(0)
  #blockStart = 0

  constructor(file: FileHandle) {
    super()
    this.#file = file
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void
  ): void {
    this.#fill(position, length).then(
      () => {
        const from = position - this.#blockStart
        const copied = this.#block.copy(buffer, offset, from, from + length)
        callback(copied === length ? null : new Error('the archive ends too early'))
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)))
    )
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#stream(start, end))
  }

  async #fill(position: number, length: number): Promise<void> {
    const end = this.#blockStart + this.#block.length
    if (position >= this.#blockStart && position + length <= end) return
    const block = Buffer.alloc(Math.max(blockBytes, length))
    const { bytesRead } = await this.#file.read(block, 0, block.length, position)
    this.#block = block.subarray(0, bytesRead)
    this.#blockStart = position
  }

  async *#stream(start: number, end: number): AsyncGenerator<Buffer> {
    for (let position = start; position < end; position += blockBytes) {
      const block = Buffer.alloc(Math.min(blockBytes, end - position))
      await this.#file.read(block, 0, block.length, position)
      yield block
    }
  }
}
