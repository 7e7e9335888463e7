import { constants, ftruncateSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** Small pieces are gathered to this: a system call for each tile would take longer than its bytes. */
const batchBytes = 2 << 20
/** Batches that may wait for the disk before whoever appends has to. */
const mostWaiting = 2

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
    for (let from = 0; from < bytes.length; ) {
      const copied = bytes.copy(this.#current, this.#used, from)
      from += copied
      this.#used += copied
      if (this.#used === batchBytes) this.#send()
    }
    this.#end += bytes.length
    return this.#waiting > mostWaiting ? this.#until(mostWaiting) : undefined
  }

  /** The same without a copy, for many bytes that nobody changes before the file has come that far. */
  give(bytes: Buffer): Promise<void> | undefined {
    if (this.#failure) throw this.#failure.error
    if (this.#used > 0) this.#send()
    this.#end += bytes.length
    this.#enqueue(async () => {
      await writeFully(this.#file, bytes, bytes.length, this.#written)
      return bytes.length
    })
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
