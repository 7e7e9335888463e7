import { createWriteStream, type WriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { type ByteSink, writeError } from './byte-sink.ts'

const highWaterMark = 4 * 2 ** 20

/** Writes one new file; never over an existing one. */
export class FileSink implements ByteSink {
  readonly #path: string
  #stream: WriteStream | undefined
  #error: Error | undefined

  constructor(path: string) {
    this.#path = path
  }

  async write(chunk: Buffer): Promise<void> {
    const stream = this.#open()
    if (this.#error) throw writeError(this.#error)
    if (!stream.write(chunk)) await this.#settled(stream, 'drain')
  }

  async finish(): Promise<void> {
    const stream = this.#open()
    stream.end()
    if (!stream.closed) await this.#settled(stream, 'close')
    if (this.#error) throw writeError(this.#error)
  }

  async discard(): Promise<void> {
    const stream = this.#stream
    if (!stream) return
    // What was still to be written fails with ERR_STREAM_DESTROYED, as it should.
    stream.destroy()
    if (!stream.closed) await new Promise<void>((resolve) => stream.once('close', () => resolve()))
    // Something else that was there before is not ours to remove.
    if (!(this.#error && 'code' in this.#error && this.#error.code === 'EEXIST')) await rm(this.#path, { force: true })
  }

  #open(): WriteStream {
    if (this.#stream) return this.#stream
    const stream = createWriteStream(this.#path, { flags: 'wx', highWaterMark })
    stream.on('error', (error) => {
      this.#error = error
    })
    this.#stream = stream
    return stream
  }

  #settled(stream: WriteStream, event: 'drain' | 'close'): Promise<void> {
    if (this.#error) return Promise.reject(writeError(this.#error))
    return new Promise((resolve, reject) => {
      const done = () => {
        stream.off(event, done).off('error', failed)
        resolve()
      }
      const failed = (error: Error) => {
        stream.off(event, done)
        reject(writeError(error))
      }
      stream.once(event, done).once('error', failed)
    })
  }
}
