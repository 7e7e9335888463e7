import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { AppendFile } from './append-file.ts'
import { directoryRecord, endOfDirectory, localHeader, type ZipRecord } from './zip-records.ts'

/** A file is read in pieces of this. */
const pieceBytes = 1 << 20

/**
 * Writes a zip of stored entries one after the other, with sizes and CRC in the local headers, so that a receiver can
 * expand it while it streams in. Zip64 where counts, sizes or offsets need it. Memory: one entry's directory record each;
 * the tiles of a pyramid have a writer that needs less (slide/sinks/zip).
 *
 * Own code because yazl keeps every buffer and scans all entries per entry, fflate has no zip64, and zip-stream brings
 * ten packages for these hundred lines.
 */
export class StoredZip {
  readonly #file: AppendFile
  readonly #entries: ZipRecord[] = []

  private constructor(file: AppendFile) {
    this.#file = file
  }

  /** Makes or replaces the file. */
  static async create(path: string): Promise<StoredZip> {
    await rm(path, { force: true })
    return new StoredZip(await AppendFile.open(path))
  }

  async addBuffer(name: string, data: Buffer): Promise<void> {
    this.#file.append(localHeader(this.#begin(name, crc32(data), data.length)))
    await this.#file.append(data)
  }

  /** Streams a file of any size; its header is completed afterwards, so it is read once. */
  async addFile(name: string, path: string, sizeBytes: number): Promise<void> {
    const entry = this.#begin(name, 0, sizeBytes)
    this.#file.append(localHeader(entry))
    let written = 0
    for await (const chunk of createReadStream(path, { highWaterMark: pieceBytes })) {
      entry.crc = crc32(chunk, entry.crc)
      written += chunk.length
      await this.#file.append(chunk)
    }
    if (written !== sizeBytes)
      throw new Error(`a file changed from ${sizeBytes} to ${written} bytes while it was packed`)
    await this.#file.patch(entry.offset, localHeader(entry))
  }

  /** Writes the directory and closes; answers the size in bytes. */
  async finish(): Promise<number> {
    const start = this.#file.end
    for (const entry of this.#entries) await this.#file.append(directoryRecord(entry))
    await this.#file.append(endOfDirectory(this.#entries.length, start, this.#file.end - start))
    await this.#file.flush()
    await this.#file.close()
    return this.#file.end
  }

  /** Closes without a directory; what was written is no zip. */
  async abandon(): Promise<void> {
    await this.#file.close()
  }

  #begin(name: string, crc: number, sizeBytes: number): ZipRecord {
    const entry = { name: Buffer.from(name), crc, sizeBytes, offset: this.#file.end }
    this.#entries.push(entry)
    return entry
  }
}
