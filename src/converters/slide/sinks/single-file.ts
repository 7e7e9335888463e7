import { stat } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { verifyFailed } from '../../failures.ts'
import { AppendFile } from '../../output/append-file.ts'
import { type ByteRange, entryRange, listZip } from '../../output/zip-listing.ts'
import { directoryRecord, endOfDirectory, localHeader, type ZipRecord } from '../../output/zip-records.ts'
import type { NamedBytes } from '../sink.ts'

/** A file of a result: on its own, or as the entry `entry` of the stored zip that travels to another node. */
export interface FilePlace {
  path: string
  entry?: string
}

const pieceBytes = 4 << 20

/**
 * A result that is one file. Inside a zip it begins behind the entry's header, which is completed at the end: the bytes
 * are written once, and read once more for their CRC.
 */
export class SingleFile {
  readonly file: AppendFile
  /** Where the result's own first byte lies in the file. */
  readonly baseOffset: number
  readonly #name: Buffer | undefined

  private constructor(file: AppendFile, name: Buffer | undefined, baseOffset: number) {
    this.file = file
    this.#name = name
    this.baseOffset = baseOffset
  }

  /** Opens what an earlier run left, or makes the file. `onWritten` as in AppendFile. */
  static async open({ path, entry }: FilePlace, onWritten?: (upTo: number) => void): Promise<SingleFile> {
    const file = await AppendFile.open(path, onWritten)
    if (entry === undefined) return new SingleFile(file, undefined, 0)
    const name = Buffer.from(entry)
    const header = localHeader({ name, crc: 0, sizeBytes: 0 }, true)
    if (!(await beginsWith(file, header, name))) {
      file.restart(0)
      file.append(header)
      await file.flush()
    }
    return new SingleFile(file, name, header.length)
  }

  /** Length of the result's own bytes so far. */
  get sizeBytes(): number {
    return this.file.end - this.baseOffset
  }

  /** Drops what an earlier run left, before anything is written. */
  clear(): void {
    this.file.restart(this.baseOffset)
  }

  /** True for an entry of a zip that travels. */
  get isEntry(): boolean {
    return this.#name !== undefined
  }

  /** Completes the zip around the result, if there is one, with the files `beside` it, and flushes. */
  async seal(beside: NamedBytes[] = []): Promise<void> {
    await this.file.flush()
    if (!this.#name) return
    const record = { name: this.#name, crc: await this.#crc(), sizeBytes: this.sizeBytes, offset: 0 }
    await this.file.patch(0, localHeader(record, true))
    const records = [record, ...beside.map((file) => this.#append(file))]
    const start = this.file.end
    for (const one of records) await this.file.append(directoryRecord(one))
    await this.file.append(endOfDirectory(records.length, start, this.file.end - start))
    await this.file.flush()
  }

  #append({ path, bytes }: NamedBytes): ZipRecord {
    const record = { name: Buffer.from(path), crc: crc32(bytes), sizeBytes: bytes.length, offset: this.file.end }
    this.file.append(localHeader(record))
    this.file.append(bytes)
    return record
  }

  async #crc(): Promise<number> {
    let crc = 0
    for (let at = this.baseOffset; at < this.file.end; at += pieceBytes)
      crc = crc32(await this.file.read(at, Math.min(pieceBytes, this.file.end - at)), crc)
    return crc
  }
}

/** Size and CRC in a header may be of a run that came to its end; signature and name tell. */
async function beginsWith(file: AppendFile, header: Buffer, name: Buffer): Promise<boolean> {
  if (file.end < header.length) return false
  const found = await file.read(0, header.length)
  return found.readUInt32LE(0) === header.readUInt32LE(0) && found.subarray(30, 30 + name.length).equals(name)
}

/** Where a finished result lies in its file. Throws `verify-failed` where the zip around it lacks it. */
export async function rangeOf({ path, entry }: FilePlace): Promise<ByteRange> {
  if (entry === undefined) return { start: 0, end: (await stat(path)).size }
  for await (const entries of listZip(path)) {
    const found = entries.find(({ name }) => name === entry)
    if (found) return entryRange(path, found)
  }
  throw verifyFailed('The packed result lacks its main file.', 'Retry; report it if it happens again.')
}
