import type { Clock, Timer } from '../clock.ts'
import type { ChildAnswer, ChildRequest, ChildWatch } from './child-request.ts'
import type { ConverterChild } from './converter-child.ts'

/** What a pool takes from outside. */
export interface PoolOptions {
  start: () => ConverterChild
  clock: Clock
  /** Children at once; further requests wait. */
  atOnce: number
  /** A child is kept for the next request for so long; 0 ends it after each. */
  keepMs: number
  /** Whether a child that gave this answer, to the last of so many requests, may get another one; always if absent. */
  mayGoOn?: (answer: ChildAnswer, requests: number) => boolean
}

interface Resting {
  child: ConverterChild
  timer: Timer
}

/** Converter children, each running one request at a time; where they are kept, the next request saves their start. */
export class ConverterPool {
  readonly #options: PoolOptions
  readonly #running = new Set<ConverterChild>()
  readonly #resting: Resting[] = []
  readonly #waiting: (() => void)[] = []
  #taken = 0
  #closed = false

  constructor(options: PoolOptions) {
    this.#options = options
  }

  get running(): number {
    return this.#running.size
  }

  /** Never rejects. */
  async run(request: ChildRequest, watch: ChildWatch = {}): Promise<ChildAnswer> {
    await this.#turn()
    if (watch.signal?.aborted || this.#closed) {
      this.#giveTurn()
      return { type: 'cancelled' }
    }
    const child = this.#take()
    this.#running.add(child)
    const answer = await child.run(request, watch)
    this.#running.delete(child)
    await this.#giveBack(child, answer)
    this.#giveTurn()
    return answer
  }

  /** Kills every child; what runs answers as failed. */
  async close(): Promise<void> {
    this.#closed = true
    const resting = this.#resting.splice(0)
    for (const { timer } of resting) timer.cancel()
    await Promise.all([...this.#running, ...resting.map(({ child }) => child)].map((child) => child.end()))
  }

  #take(): ConverterChild {
    for (let kept = this.#resting.pop(); kept; kept = this.#resting.pop()) {
      kept.timer.cancel()
      if (kept.child.usable) return kept.child
    }
    return this.#options.start()
  }

  async #giveBack(child: ConverterChild, answer: ChildAnswer): Promise<void> {
    const { clock, keepMs, mayGoOn = () => true } = this.#options
    if (keepMs === 0 || !child.usable || this.#closed || !mayGoOn(answer, child.requests)) {
      await child.end()
      return
    }
    const resting: Resting = { child, timer: clock.after(keepMs, () => this.#drop(resting)) }
    this.#resting.push(resting)
  }

  #drop(resting: Resting): void {
    const at = this.#resting.indexOf(resting)
    if (at >= 0) this.#resting.splice(at, 1)
    void resting.child.end()
  }

  async #turn(): Promise<void> {
    if (this.#taken >= this.#options.atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#taken++
  }

  #giveTurn(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#taken--
  }
}
