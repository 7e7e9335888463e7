import { Worker } from 'node:worker_threads'
import type { WriteAnswer, WriteRequest } from './write-messages.ts'

/** From the module that runs: TypeScript in tests, JavaScript when built. */
const entry = new URL(import.meta.url.endsWith('.ts') ? './write-worker.ts' : './write-worker.js', import.meta.url)
const batchBytes = 1 << 20
const batchFiles = 128
/** Batches on their way; then whoever writes has to wait. */
const mostUnderWay = 3

interface Batch extends Omit<WriteRequest, 'bytes'> {
  bytes: Buffer<ArrayBuffer>
  used: number
}

/**
 * A thread that makes small files in the order in which they are given: creating them takes as long as preparing them, so both
 * go on side by side. Files travel by the hundred; a message for each would cost more than the file.
 */
export class WriteThread {
  readonly #worker = new Worker(entry)
  readonly #onWritten: (files: number, tookMs: number) => void
  readonly #spare: ArrayBuffer[] = []
  readonly #underWay: { files: number; settle: PromiseWithResolvers<void> }[] = []
  #batch: Batch | undefined
  #failure: Error | undefined

  /** `onWritten` hears of each batch. */
  constructor(onWritten: (files: number, tookMs: number) => void) {
    this.#onWritten = onWritten
    this.#worker.unref()
    this.#worker.on('message', (answer: WriteAnswer) => this.#take(answer))
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error('the thread that writes files ended')))
  }

  /** Takes the bytes at once; what it returns is to be awaited before more is given. Throws what failed before. */
  write(path: string, bytes: Buffer, makeFolder: boolean): Promise<void> | undefined {
    if (this.#failure) throw this.#failure
    if (this.#batch && (this.#batch.used + bytes.length > this.#batch.bytes.length || this.#isFull(this.#batch)))
      this.#send()
    this.#batch ??= this.#newBatch(bytes.length)
    const { paths, sizes } = this.#batch
    bytes.copy(this.#batch.bytes, this.#batch.used)
    this.#batch.used += bytes.length
    paths.push(path)
    sizes.push(bytes.length)
    this.#batch.makeFolders ||= makeFolder
    return this.#underWay.length > mostUnderWay ? this.#underWay[0]?.settle.promise : undefined
  }

  /** Resolves when all that was given is written; throws what failed. */
  async idle(): Promise<void> {
    if (this.#failure) throw this.#failure
    if (this.#batch) this.#send()
    await this.#underWay.at(-1)?.settle.promise
    if (this.#failure) throw this.#failure
  }

  /** What failed, once it is known. */
  get failure(): Error | undefined {
    return this.#failure
  }

  get isIdle(): boolean {
    return this.#underWay.length === 0 && !this.#batch
  }

  async close(): Promise<void> {
    this.#failure ??= new Error('the thread that writes files was closed')
    await this.#worker.terminate()
  }

  #isFull({ paths, used }: Batch): boolean {
    return paths.length >= batchFiles || used >= batchBytes
  }

  #newBatch(leastBytes: number): Batch {
    const spare = this.#spare.pop()
    const memory = spare && spare.byteLength >= leastBytes ? spare : new ArrayBuffer(Math.max(batchBytes, leastBytes))
    return { paths: [], sizes: [], makeFolders: false, bytes: Buffer.from(memory), used: 0 }
  }

  #send(): void {
    const batch = this.#batch
    if (!batch) return
    this.#batch = undefined
    const { paths, sizes, makeFolders } = batch
    const settle = Promise.withResolvers<void>()
    // Whoever writes or waits next is told; nobody may be waiting now.
    settle.promise.catch(() => undefined)
    if (this.#underWay.push({ files: paths.length, settle }) === 1) this.#worker.ref()
    const request: WriteRequest = { paths, sizes, makeFolders, bytes: batch.bytes.buffer }
    this.#worker.postMessage(request, [request.bytes])
  }

  #take({ bytes, tookMs, error }: WriteAnswer): void {
    this.#spare.push(bytes)
    const batch = this.#underWay.shift()
    if (this.#underWay.length === 0) this.#worker.unref()
    if (error) this.#fail(Object.assign(new Error(error.message), error.code !== undefined && { code: error.code }))
    if (!batch) return
    this.#onWritten(batch.files, tookMs)
    if (this.#failure) batch.settle.reject(this.#failure)
    else batch.settle.resolve()
  }

  #fail(error: Error): void {
    this.#failure ??= error
    for (const { settle } of this.#underWay.splice(0)) settle.reject(this.#failure)
    this.#worker.unref()
  }
}
