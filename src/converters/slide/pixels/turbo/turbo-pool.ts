import { Worker } from 'node:worker_threads'
import { toolFailed } from '../../../failures.ts'
import { TileDamaged } from '../../source.ts'
import { ChildDamaged, type JpegCodec, type ReduceOrder } from '../codec.ts'
import { copyPixels, freePixels, type PixelWindow, packed } from '../pixel-window.ts'
import type { TurboAnswer, TurboRequest } from './messages.ts'

/** From the module that runs: TypeScript in tests, JavaScript when built. */
const entry = new URL(import.meta.url.endsWith('.ts') ? './turbo-worker.ts' : './turbo-worker.js', import.meta.url)
/** Of one at work and some that wait beside it, so that no thread idles while the main thread is busy. */
const callsPerThread = 4

type Bytes = Uint8Array<ArrayBuffer>
type WithoutId<T> = T extends { id: number } ? Omit<T, 'id'> : never
type Call = WithoutId<TurboRequest>

interface Thread {
  worker: Worker
  calls: number
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
 * libjpeg-turbo on threads: the calls block, so that one message makes a whole tile of four. Threads start with the
 * first call and never keep the process alive.
 */
export class TurboPool implements JpegCodec {
  readonly threads: number
  readonly #threads: Thread[] = []
  readonly #queue: Waiting[] = []
  readonly #running = new Map<number, Running>()
  readonly #program: URL
  #lastId = 0

  /** `program`, what threads run, is for tests. */
  constructor(threads: number, program = entry) {
    this.threads = threads
    this.#program = program
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
    const owned = children.map((child) => ({ ...child, jpeg: ownBytes(child.jpeg) }))
    const call: Call = { op: 'reduce', ...order, children: owned }
    return asBuffer(
      await this.#call(
        call,
        owned.map(({ jpeg }) => jpeg.buffer)
      )
    )
  }

  #call(call: Call, transfer: ArrayBuffer[]): Promise<Bytes> {
    const settle = Promise.withResolvers<Bytes>()
    this.#queue.push({ call, transfer, settle })
    this.#deal()
    return settle.promise
  }

  #deal(): void {
    while (this.#queue.length > 0) {
      const thread = this.#idlest()
      if (!thread) return
      const waiting = this.#queue.shift()
      if (waiting) this.#give(thread, waiting)
    }
  }

  #idlest(): Thread | undefined {
    const [idlest] = [...this.#threads].sort((a, b) => a.calls - b.calls)
    if (idlest?.calls !== 0 && this.#threads.length < this.threads) return this.#start()
    return idlest && idlest.calls < callsPerThread ? idlest : undefined
  }

  #give(thread: Thread, waiting: Waiting): void {
    const id = ++this.#lastId
    try {
      thread.worker.postMessage({ ...waiting.call, id }, waiting.transfer)
    } catch (error) {
      waiting.settle.reject(error)
      return
    }
    this.#running.set(id, { ...waiting, thread })
    // A process that waits for nothing but a tile must not end before it.
    if (thread.calls++ === 0) thread.worker.ref()
  }

  #start(): Thread {
    const thread: Thread = { worker: new Worker(this.#program), calls: 0 }
    thread.worker.unref()
    thread.worker.on('message', (answer: TurboAnswer) => this.#take(thread, answer))
    thread.worker.on('error', (error) => this.#lose(thread, error))
    // A thread that ends by itself throws nothing, and what it held would be waited for for ever.
    thread.worker.on('exit', () => this.#lose(thread))
    this.#threads.push(thread)
    return thread
  }

  #take(thread: Thread, answer: TurboAnswer): void {
    const waiting = this.#running.get(answer.id)
    this.#running.delete(answer.id)
    if (--thread.calls === 0) thread.worker.unref()
    this.#deal()
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

/** Memory that belongs to these bytes alone can be handed over; a part of something larger is copied. */
function ownBytes(jpeg: Buffer): Bytes {
  const { buffer, byteLength } = jpeg
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(jpeg)
}
