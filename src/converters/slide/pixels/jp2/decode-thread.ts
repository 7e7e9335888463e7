import { Worker } from 'node:worker_threads'
import { TileDamaged } from '../../source.ts'
import { copyPixels, type PixelWindow } from '../pixel-window.ts'
import type { ThreadAnswer, TileOrder } from './tile-order.ts'

type TileAnswer = Exclude<ThreadAnswer, { type: 'ready' }>

/** One tile to decode; `bytes` stay as they are until it is settled. */
export interface DecodeJob {
  bytes: Buffer
  order: Omit<TileOrder, 'codestream'>
  into: PixelWindow
  /** A thread ended by itself while it had this job: it may be why, so it is tried once more, alone. */
  isSuspect: boolean
  settle: PromiseWithResolvers<void>
}

/** What a thread runs and how long it may take for a tile. */
export interface ThreadSetup {
  entry: URL
  /** The compiled decoder. */
  program: WebAssembly.Module
  tileTimeoutMs: number
}

/** What a thread tells its pool. `lost` comes once, at its end, with the jobs that are still to be done. */
export interface ThreadEvents {
  ready(): void
  free(): void
  lost(rest: DecodeJob[]): void
}

/** A worker thread that decodes jobs one after the other, and ends itself where one crashes it or takes too long. */
export class DecodeThread {
  readonly #worker: Worker
  readonly #setup: ThreadSetup
  readonly #events: ThreadEvents
  /** The first is at work. */
  readonly #jobs: DecodeJob[] = []
  #timer: NodeJS.Timeout | undefined
  #endReason: Error | undefined
  isReady = false

  constructor(setup: ThreadSetup, events: ThreadEvents) {
    this.#setup = setup
    this.#events = events
    // JavaScript itself needs little here; without limits each thread's garbage may grow to hundreds of MB.
    const resourceLimits = { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 8 }
    this.#worker = new Worker(setup.entry, { workerData: setup.program, resourceLimits, execArgv: [] })
    this.#worker.on('message', (answer: ThreadAnswer) => this.#hear(answer))
    this.#worker.on('error', () => {
      // 'exit' follows, where the loss is dealt with; without a listener it would end the whole process.
    })
    this.#worker.on('exit', () => this.#lose())
  }

  get jobs(): number {
    return this.#jobs.length
  }

  /** One waits beside the one at work, so that no thread idles while the pool's own is busy; a suspect is alone. */
  canTake(job: DecodeJob): boolean {
    if (!this.isReady || this.#endReason) return false
    const [first] = this.#jobs
    return first === undefined || (this.#jobs.length < 2 && !first.isSuspect && !job.isSuspect)
  }

  give(job: DecodeJob): void {
    this.#jobs.push(job)
    // A copy of its own: a part of a larger buffer would be sent with all of that.
    const codestream = Uint8Array.from(job.bytes)
    this.#worker.postMessage({ ...job.order, codestream } satisfies TileOrder, [codestream.buffer])
    if (this.#jobs.length === 1) this.#watch()
  }

  /** Ends it; the job at work rejects with the reason. */
  async end(reason: Error): Promise<void> {
    this.#endReason ??= reason
    await this.#worker.terminate()
  }

  #hear(answer: ThreadAnswer): void {
    // The thread may have gone on with its next tile in the meantime; that one is decoded again elsewhere.
    if (this.#endReason) return
    if (answer.type === 'ready') {
      this.isReady = true
      this.#events.ready()
    } else if (answer.type === 'damaged' && answer.broken) void this.end(new TileDamaged(answer.reason))
    else this.#settle(answer)
  }

  #settle(answer: TileAnswer): void {
    const job = this.#jobs.shift()
    this.#watch()
    if (answer.type === 'damaged') job?.settle.reject(new TileDamaged(answer.reason))
    else if (job) {
      show(answer.rgb, job.into)
      job.settle.resolve()
    }
    this.#events.free()
  }

  #watch(): void {
    clearTimeout(this.#timer)
    if (this.#jobs.length === 0) return
    const { tileTimeoutMs } = this.#setup
    this.#timer = setTimeout(() => setImmediate(() => this.#giveUp(this.#jobs[0])), tileTimeoutMs)
  }

  /** After a turn in which an answer that came while this process was busy could be heard. */
  #giveUp(job: DecodeJob | undefined): void {
    const { tileTimeoutMs } = this.#setup
    if (job && job === this.#jobs[0])
      void this.end(new TileDamaged(`it was not decoded within ${tileTimeoutMs / 1000} s`))
  }

  #lose(): void {
    clearTimeout(this.#timer)
    const jobs = this.#jobs.splice(0)
    if (this.#endReason) jobs.shift()?.settle.reject(this.#endReason)
    else if (jobs[0]?.isSuspect) jobs.shift()?.settle.reject(new TileDamaged('its decoder ended'))
    // Answers that it gave last may be lost with it, so that any of these may be the cause.
    else for (const job of jobs) job.isSuspect = true
    this.#events.lost(jobs)
  }
}

function show(rgb: Uint8Array<ArrayBuffer>, into: PixelWindow): void {
  const { widthPx, heightPx } = into
  const data = Buffer.from(rgb.buffer)
  copyPixels({ data, offset: 0, strideBytes: widthPx * 3, widthPx, heightPx }, into)
}
