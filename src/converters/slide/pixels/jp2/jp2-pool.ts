import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { cancelled, toolFailed } from '../../../failures.ts'
import { TileDamaged } from '../../source.ts'
import type { PixelWindow } from '../pixel-window.ts'
import { openCodestream } from './codestream.ts'
import { type DecodeJob, DecodeThread, type ThreadSetup } from './decode-thread.ts'

/** From the module that runs: TypeScript in tests, JavaScript when built. */
const entry = new URL(import.meta.url.endsWith('.ts') ? './jp2-worker.ts' : './jp2-worker.js', import.meta.url)
const tileTimeoutMs = 10_000

/** Measured per thread: 17 MB for tiles of 240 x 240, 30 for 512 x 512, 50 for 1024 x 1024, 165 for 2048 x 2048. */
const threadBytes = (pixels: number) => 15e6 + pixels * 36
/** What all threads together may take. */
const budgetBytes = 150e6

/**
 * Decodes JPEG 2000 tiles on threads of its own, with OpenJPEG as WebAssembly. Threads start as tiles come, as many as
 * memory allows for tiles of their size.
 */
export class Jp2Pool {
  readonly #setup: ThreadSetup
  readonly #most: number
  readonly #threads = new Set<DecodeThread>()
  readonly #queue: DecodeJob[] = []
  readonly #started = Promise.withResolvers<void>()
  #closed = false

  private constructor(threads: number, setup: ThreadSetup) {
    this.#most = threads
    this.#setup = setup
  }

  /** Resolves once a first thread is ready. Throws `tool-failed`. `setup` is for tests. */
  static async start(threads: number, setup: Partial<ThreadSetup> = {}): Promise<Jp2Pool> {
    const program = setup.program ?? (await compiled())
    const pool = new Jp2Pool(Math.max(1, threads), { entry, tileTimeoutMs, program, ...setup })
    pool.#addThread()
    await pool.#started.promise
    return pool
  }

  /**
   * Decodes a tile to RGB into `into`, whose size is the tile's over `scale`, rounded up; half a size is averaged from
   * the full one. `ycbcr`: the container says that the components are Y, Cb, Cr (a transform inside of the codestream
   * is undone in any case). Throws TileDamaged; `cancelled` when the pool closes.
   */
  async decode(bytes: Buffer, into: PixelWindow, scale: 1 | 2, options: { ycbcr: boolean }): Promise<void> {
    if (this.#closed) throw cancelled()
    const { bytes: codestream, subsampled, ...size } = openCodestream(bytes)
    if (Math.ceil(size.widthPx / scale) !== into.widthPx || Math.ceil(size.heightPx / scale) !== into.heightPx)
      throw new TileDamaged(`it is ${size.widthPx} x ${size.heightPx} pixels, which is not the size of a tile`)
    const ycbcr = options.ycbcr && size.components === 3 && !subsampled
    const settle = Promise.withResolvers<void>()
    this.#queue.push({ bytes: codestream, order: { ...size, ycbcr, scale }, into, isSuspect: false, settle })
    this.#deal()
    return settle.promise
  }

  /** Ends all threads; what was not decoded rejects. May be called twice. */
  async close(): Promise<void> {
    this.#closed = true
    this.#rejectQueue(cancelled())
    await Promise.all([...this.#threads].map((thread) => thread.end(cancelled())))
  }

  #deal(): void {
    for (let job = this.#queue[0]; job; job = this.#queue[0]) {
      const next = job
      const [idlest] = [...this.#threads].filter((thread) => thread.canTake(next)).sort((a, b) => a.jobs - b.jobs)
      const isAllBusy = idlest === undefined || idlest.jobs > 0
      if (isAllBusy && this.#threads.size < this.#mostFor(job)) this.#addThread()
      if (!idlest) return
      this.#queue.shift()
      idlest.give(job)
    }
  }

  #mostFor({ order }: DecodeJob): number {
    const fitting = Math.floor(budgetBytes / threadBytes(order.widthPx * order.heightPx))
    return Math.max(1, Math.min(this.#most, fitting))
  }

  #addThread(): void {
    const thread: DecodeThread = new DecodeThread(this.#setup, {
      ready: () => {
        this.#started.resolve()
        this.#deal()
      },
      free: () => this.#deal(),
      lost: (rest) => this.#replace(thread, rest)
    })
    this.#threads.add(thread)
  }

  /** Its other jobs go on elsewhere; a thread that could not even start is not tried again while there is no other. */
  #replace(thread: DecodeThread, rest: DecodeJob[]): void {
    this.#threads.delete(thread)
    this.#queue.unshift(...rest)
    if (this.#closed) this.#rejectQueue(cancelled())
    else if (thread.isReady || this.#threads.size > 0) this.#deal()
    else {
      const failure = toolFailed('The JPEG 2000 decoder did not start.', 'Close other programs, then retry.')
      this.#started.reject(failure)
      this.#rejectQueue(failure)
    }
  }

  #rejectQueue(reason: Error): void {
    for (const { settle } of this.#queue.splice(0)) settle.reject(reason)
  }
}

async function compiled(): Promise<WebAssembly.Module> {
  const file = createRequire(import.meta.url).resolve('@cornerstonejs/codec-openjpeg/decodewasm')
  return WebAssembly.compile(await readFile(file))
}
