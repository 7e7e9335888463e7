import { constants, ftruncateSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** Small pieces are gathered to this: a system call for each tile would take longer than its bytes. */
const batchBytes = 2 << 20
/** Batches that may wait for the disk before whoever appends has to. */
const mostWaiting = 2
/** What lies between two given pieces, for their alignment, may go with them. */
const gapBytes = 3

/** Memory that was given, of tiles that follow each other. */
interface Piece {
  memory: ArrayBufferLike
  offset: number
  lengthBytes: number
}

/**
 * A file that grows at its end by many small pieces, written in large batches beside the caller's work, in order. A
 * failure of the disk is thrown by the next call. Memory: a few batches of 2 MB.
 */
export class AppendFile {
  readonly #file: FileHandle
  readonly #free: Buffer[] = []
  readonly #onWritten: (upTo: number) => void
  #current: Buffer = Buffer.allocUnsafeSlow(batchBytes)
  #used = 0
  #given: Piece[] = []
  #givenBytes = 0
  #end: number
  #written: number
  #waiting = 0
  #chain: Promise<void> = Promise.resolve()
  #failure: { error: unknown } | undefined

  private constructor(file: FileHandle, end: number, onWritten: (upTo: number) => void) {
    this.#file = file
    this.#end = end
    this.#written = end
    this.#onWritten = onWritten
  }

  /** Opens a file, made where missing, and goes on at its end. `onWritten` is told in order how far the file has come. */
  static async open(path: string, onWritten: (upTo: number) => void = () => {}): Promise<AppendFile> {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT)
    return new AppendFile(file, (await file.stat()).size, onWritten)
  }

  /** Where the next piece will lie. */
  get end(): number {
    return this.#end
  }

  /** How far the file itself has come. */
  get written(): number {
    return this.#written
  }

  /** Takes the bytes at once; what it returns is to be awaited before more is appended, else memory grows. */
  append(bytes: Buffer): Promise<void> | undefined {
    if (this.#failure) throw this.#failure.error
    if (this.#given.length > 0) this.#sendGiven()
    for (let from = 0; from < bytes.length; ) {
      const copied = bytes.copy(this.#current, this.#used, from)
      from += copied
      this.#used += copied
      if (this.#used === batchBytes) this.#send()
    }
    this.#end += bytes.length
    return this.#waiting > mostWaiting ? this.#until(mostWaiting) : undefined
  }

  /**
   * The same without a copy, for bytes that nobody changes any more. Pieces that follow each other in memory are written as
   * one, with the few bytes between them; the piece itself ends at `end`.
   */
  give(bytes: Buffer): Promise<void> | undefined {
    if (this.#failure) throw this.#failure.error
    if (this.#used > 0) this.#send()
    const last = this.#given.at(-1)
    const gap = last?.memory === bytes.buffer ? bytes.byteOffset - (last.offset + last.lengthBytes) : -1
    const joins = last !== undefined && gap >= 0 && gap <= gapBytes
    const grownBytes = joins ? gap + bytes.length : bytes.length
    if (joins) last.lengthBytes += grownBytes
    else this.#given.push({ memory: bytes.buffer, offset: bytes.byteOffset, lengthBytes: bytes.length })
    this.#givenBytes += grownBytes
    this.#end += grownBytes
    if (this.#givenBytes >= batchBytes) this.#sendGiven()
    return this.#waiting > mostWaiting ? this.#until(mostWaiting) : undefined
  }

  /** Reads what was appended, up to `end`. */
  async read(offset: number, lengthBytes: number): Promise<Buffer> {
    if (offset + lengthBytes > this.#written) await this.flush()
    const bytes = Buffer.allocUnsafe(lengthBytes)
    for (let done = 0; done < lengthBytes; ) {
      const { bytesRead } = await this.#file.read(bytes, done, lengthBytes - done, offset + done)
      if (bytesRead === 0) throw new Error(`a read of ${lengthBytes} bytes at ${offset} ends after ${done}`)
      done += bytesRead
    }
    return bytes
  }

  /** Writes over bytes that were appended before. */
  async patch(offset: number, bytes: Buffer): Promise<void> {
    await this.flush()
    await writeFully(this.#file, bytes, bytes.length, offset)
  }

  /** Drops everything from `end` on. */
  async truncate(end: number): Promise<void> {
    await this.flush()
    await this.#file.truncate(end)
    this.#end = end
    this.#written = end
  }

  /** The same at once, for a file that nothing was appended to yet. */
  restart(end: number): void {
    ftruncateSync(this.#file.fd, end)
    this.#end = end
    this.#written = end
  }

  /** Hands everything to the operating system. */
  async flush(): Promise<void> {
    if (this.#used > 0) this.#send()
    if (this.#given.length > 0) this.#sendGiven()
    await this.#until(0)
  }

  /** Closes; what was not flushed is lost. */
  async close(): Promise<void> {
    await this.#chain
    await this.#file.close()
  }

  async #until(waiting: number): Promise<void> {
    while (this.#waiting > waiting && !this.#failure) await this.#chain
    if (this.#failure) throw this.#failure.error
  }

  #send(): void {
    const [batch, used] = [this.#current, this.#used]
    this.#current = this.#free.pop() ?? Buffer.allocUnsafeSlow(batchBytes)
    this.#used = 0
    this.#enqueue(async () => {
      await writeFully(this.#file, batch, used, this.#written)
      if (this.#free.length < mostWaiting) this.#free.push(batch)
      return used
    })
  }

  #sendGiven(): void {
    const [pieces, bytes] = [this.#given, this.#givenBytes]
    this.#given = []
    this.#givenBytes = 0
    this.#enqueue(async () => {
      let position = this.#written
      for (const { memory, offset, lengthBytes } of pieces) {
        await writeFully(this.#file, Buffer.from(memory, offset, lengthBytes), lengthBytes, position)
        position += lengthBytes
      }
      return bytes
    })
  }

  /** `write` answers how many bytes it wrote. */
  #enqueue(write: () => Promise<number>): void {
    this.#waiting++
    this.#chain = this.#chain.then(async () => {
      try {
        if (this.#failure) return
        this.#written += await write()
        this.#onWritten(this.#written)
      } catch (error) {
        this.#failure = { error }
      } finally {
        this.#waiting--
      }
    })
  }
}

async function writeFully(file: FileHandle, bytes: Buffer, lengthBytes: number, position: number): Promise<void> {
  for (let done = 0; done < lengthBytes; ) {
    const { bytesWritten } = await file.write(bytes, done, lengthBytes - done, position + done)
    done += bytesWritten
  }
}
