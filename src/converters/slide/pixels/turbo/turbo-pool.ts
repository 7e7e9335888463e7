import { Worker } from 'node:worker_threads'
import { toolFailed } from '../../../failures.ts'
import { TileDamaged } from '../../source.ts'
import { ChildDamaged, type JpegCodec, type ReduceOrder } from '../codec.ts'
import { copyPixels, freePixels, type PixelWindow, packed } from '../pixel-window.ts'
import type { TurboAnswer, TurboRequest } from './messages.ts'

/** From the module that runs: TypeScript in tests, JavaScript when built. */
const entry = new URL(import.meta.url.endsWith('.ts') ? './turbo-worker.ts' : './turbo-worker.js', import.meta.url)
/** Of one at work and some that wait beside it, so that no thread idles while the main thread is busy. */
const messagesPerThread = 4
/** Tiles that are reduced in one message: to wake a thread takes longer than what a tile of four is told by. */
const reducedPerMessage = 4

type Bytes = Uint8Array<ArrayBuffer>
type WithoutId<T> = T extends { id: number } ? Omit<T, 'id'> : never
type Call = WithoutId<TurboRequest>

interface Thread {
  worker: Worker
  messages: number
}
interface Waiting {
  call: Call
  transfer: ArrayBuffer[]
  settle: PromiseWithResolvers<Bytes>
}
interface Running extends Waiting {
  thread: Thread
}

/**
 * libjpeg-turbo on threads: the calls block, so that one message makes a whole tile of four. Threads start when they are
 * asked for, at the latest with the first call, and never keep the process alive.
 */
export class TurboPool implements JpegCodec {
  readonly threads: number
  readonly #threads: Thread[] = []
  readonly #queue: Waiting[] = []
  readonly #running = new Map<number, Running>()
  readonly #program: URL
  #lastId = 0
  #dealsSoon = false

  /** `program`, what threads run, is for tests. */
  constructor(threads: number, program = entry) {
    this.threads = threads
    this.#program = program
  }

  warmUp(): void {
    while (this.#threads.length < this.threads) this.#start()
  }

  async decode(jpeg: Buffer, into: PixelWindow, scale: 1 | 2): Promise<void> {
    const { widthPx, heightPx } = into
    const bytes = new Uint8Array(jpeg)
    const pixels = await this.#call({ op: 'decode', jpeg: bytes, widthPx, heightPx, scale }, [bytes.buffer])
    const data = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.length)
    const decoded = { data, offset: 0, strideBytes: widthPx * 3, widthPx, heightPx }
    copyPixels(decoded, into)
    freePixels(decoded)
  }

  async encode(from: PixelWindow, quality: number): Promise<Buffer> {
    const { widthPx, heightPx } = from
    const pixels = new Uint8Array(packed(from))
    return asBuffer(await this.#call({ op: 'encode', pixels, widthPx, heightPx, quality }, [pixels.buffer]))
  }

  async reduce({ children, ...order }: ReduceOrder): Promise<Buffer> {
    const transfer: ArrayBuffer[] = []
    const crossing = children.map((child) => ({ ...child, jpeg: crossingBytes(child.jpeg, transfer) }))
    return asBuffer(await this.#call({ op: 'reduce', ...order, children: crossing }, transfer))
  }

  #call(call: Call, transfer: ArrayBuffer[]): Promise<Bytes> {
    const settle = Promise.withResolvers<Bytes>()
    this.#queue.push({ call, transfer, settle })
    this.#dealSoon()
    return settle.promise
  }

  /** Once whoever calls just now has called for all that it has: what comes together goes together. */
  #dealSoon(): void {
    if (this.#dealsSoon) return
    this.#dealsSoon = true
    queueMicrotask(() => {
      this.#dealsSoon = false
      this.#deal()
    })
  }

  #deal(): void {
    while (this.#queue.length > 0) {
      const thread = this.#idlest()
      if (!thread) return
      this.#give(thread, this.#nextMessage())
    }
  }

  #idlest(): Thread | undefined {
    const [idlest] = [...this.#threads].sort((a, b) => a.messages - b.messages)
    if (idlest?.messages !== 0 && this.#threads.length < this.threads) return this.#start()
    return idlest && idlest.messages < messagesPerThread ? idlest : undefined
  }

  /** Pictures go one at a time, for their memory; of the rest no thread gets more than its share. */
  #nextMessage(): Waiting[] {
    const most = Math.min(reducedPerMessage, Math.ceil(this.#queue.length / this.threads))
    const single = this.#queue.findIndex(({ call }) => call.op !== 'reduce')
    return this.#queue.splice(0, single < 0 ? most : Math.max(1, Math.min(single, most)))
  }

  #give(thread: Thread, message: Waiting[]): void {
    const requests = message.map(({ call }): TurboRequest => ({ ...call, id: ++this.#lastId }))
    try {
      thread.worker.postMessage(
        requests,
        message.flatMap(({ transfer }) => transfer)
      )
    } catch (error) {
      // One whose memory is gone must not take others with it.
      if (message.length > 1) for (const waiting of message) this.#give(thread, [waiting])
      else message[0]?.settle.reject(error)
      return
    }
    for (const [i, { id }] of requests.entries()) {
      const waiting = message[i]
      if (waiting) this.#running.set(id, { ...waiting, thread })
    }
    // A process that waits for nothing but a tile must not end before it.
    if (thread.messages++ === 0) thread.worker.ref()
  }

  #start(): Thread {
    const thread: Thread = { worker: new Worker(this.#program), messages: 0 }
    thread.worker.on('message', (answers: TurboAnswer[]) => this.#take(thread, answers))
    thread.worker.on('error', (error) => this.#lose(thread, error))
    // A thread that ends by itself throws nothing, and what it held would be waited for for ever.
    thread.worker.on('exit', () => this.#lose(thread))
    // Behind the listeners: one for messages keeps the process alive again.
    thread.worker.unref()
    this.#threads.push(thread)
    return thread
  }

  #take(thread: Thread, answers: TurboAnswer[]): void {
    if (--thread.messages === 0) thread.worker.unref()
    this.#deal()
    for (const answer of answers) this.#settle(answer)
  }

  #settle(answer: TurboAnswer): void {
    const waiting = this.#running.get(answer.id)
    this.#running.delete(answer.id)
    if (!waiting) return
    if ('bytes' in answer) waiting.settle.resolve(answer.bytes)
    else waiting.settle.reject(failureOf(answer, waiting.call))
  }

  /** A thread that could not start or broke takes its calls with it, whose tiles are gone; others go on without it. */
  #lose(thread: Thread, cause?: unknown): void {
    const at = this.#threads.indexOf(thread)
    if (at < 0) return
    this.#threads.splice(at, 1)
    const failure = toolFailed(
      'A thread that decodes and encodes tiles ended.',
      'Close other programs, then retry.',
      cause
    )
    for (const [id, running] of this.#running)
      if (running.thread === thread) {
        this.#running.delete(id)
        running.settle.reject(failure)
      }
    this.#deal()
  }
}

function failureOf(answer: Exclude<TurboAnswer, { bytes: Bytes }>, call: Call): Error {
  if ('failed' in answer) return new Error(answer.failed)
  return call.op === 'reduce' ? new ChildDamaged(answer.at, answer.damaged) : new TileDamaged(answer.damaged)
}

const asBuffer = (bytes: Bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

/** Shared memory stays, memory that belongs to these bytes alone is handed over, a part of something larger is copied. */
function crossingBytes(jpeg: Buffer, transfer: ArrayBuffer[]): Uint8Array {
  const { buffer, byteLength } = jpeg
  if (buffer instanceof SharedArrayBuffer) return jpeg
  const own =
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? new Uint8Array(buffer) : new Uint8Array(jpeg)
  transfer.push(own.buffer)
  return own
}
