import { randomUUID } from 'node:crypto'
import { childStart, type FromChild, fromChild, toChild } from '../../shared/converter-protocol.ts'
import type { JobError } from '../../shared/errors.ts'
import type { Clock, Timer } from '../clock.ts'
import type { Log } from '../log/index.ts'
import { describeEnd, type Launcher, type ProcessEnd, type RunningProcess } from '../process/index.ts'
import type { ChildAnswer, ChildRequest, ChildWatch } from './child-request.ts'

/** What a child needs from outside. */
export interface ChildOptions {
  launcher: Launcher
  clock: Clock
  log: Log
  /** The built (or source) file of the converters' child, and the Node binary that runs it. */
  childEntry: string
  nodePath: string
  /** A child that says nothing for so long hangs; 60 s if absent. */
  hangMs?: number | undefined
}

/** A cancelled child may answer for so long before its tree is killed; with the kill it stays below the 2 s that are promised. */
const cancelGraceMs = 1500

interface Pending {
  id: string
  watch: ChildWatch
  answer: (answer: ChildAnswer) => void
  sent: boolean
  cancelled: boolean
}

/**
 * One converter process: starts at once, runs one request at a time, ends when told, when its channel closes, or when it is killed
 * for saying nothing. All it starts belongs to its process group and goes with it.
 */
export class ConverterChild {
  /** Resolves once the process and all it started are gone. */
  readonly ended: Promise<ProcessEnd>
  readonly #options: ChildOptions
  readonly #process: RunningProcess
  readonly #ready = Promise.withResolvers<boolean>()
  #pending: Pending | undefined
  #hang: Timer | undefined
  #fault: JobError | undefined
  #usable = true
  #requests = 0
  #ending = false

  constructor(options: ChildOptions) {
    this.#options = options
    this.#process = options.launcher.start({
      command: options.nodePath,
      args: [...childStart.nodeArgs, options.childEntry],
      env: childStart.env,
      ipc: true
    })
    this.#process.onMessage((message) => this.#onMessage(message))
    this.ended = this.#process.ended
    void this.ended.then((end) => this.#onEnd(end))
  }

  /** False once it was cancelled, failed its protocol, or ended. */
  get usable(): boolean {
    return this.#usable
  }

  /** How many it was given. */
  get requests(): number {
    return this.#requests
  }

  /** Never rejects. After a cancel the process has ended by the time of the answer, so nothing is written any more. */
  async run(request: ChildRequest, watch: ChildWatch = {}): Promise<ChildAnswer> {
    const answered = Promise.withResolvers<ChildAnswer>()
    const pending: Pending = { id: randomUUID(), watch, answer: answered.resolve, sent: false, cancelled: false }
    this.#pending = pending
    this.#requests++
    if (!this.#usable) void this.ended.then((end) => this.#onEnd(end))
    this.#watchForHang()
    const timer = this.#startTimeout(watch.timeoutMs)
    const cancel = () => this.#cancel(pending)
    if (watch.signal?.aborted) cancel()
    else watch.signal?.addEventListener('abort', cancel)
    const isReady = await this.#ready.promise
    if (isReady && !pending.cancelled) {
      pending.sent = true
      this.#process.send(toChild.parse({ ...request, id: pending.id }))
    }
    const answer = await answered.promise
    watch.signal?.removeEventListener('abort', cancel)
    timer?.cancel()
    this.#hang?.cancel()
    if (pending.cancelled) await this.end()
    return answer
  }

  /** Kills it with all it started; resolves once they are gone. */
  async end(): Promise<void> {
    this.#usable = false
    this.#ending = true
    await this.#process.kill(0)
  }

  #cancel(pending: Pending): void {
    pending.cancelled = true
    this.#usable = false
    const told = pending.sent && this.#process.send(toChild.parse({ type: 'cancel', id: pending.id }))
    const timer = this.#options.clock.after(told ? cancelGraceMs : 0, () => void this.end())
    void this.ended.then(() => timer.cancel())
  }

  #onMessage(raw: unknown): void {
    const parsed = fromChild.safeParse(raw)
    if (!parsed.success) {
      this.#fail(unreadableAnswer)
      return
    }
    this.#watchForHang()
    const message = parsed.data
    if (message.type === 'ready') this.#ready.resolve(true)
    else if (message.id === this.#pending?.id) this.#onAnswer(message, this.#pending.watch)
  }

  #onAnswer(message: Exclude<FromChild, { type: 'ready' }>, watch: ChildWatch): void {
    switch (message.type) {
      case 'progress':
        watch.onProgress?.(message.progress)
        break
      case 'log':
        watch.onLog?.(message.level, message.message)
        break
      case 'sampled':
      case 'failed':
      case 'converted':
      case 'probed':
        this.#answer(message)
        break
      default:
        message satisfies never
    }
  }

  #answer(answer: ChildAnswer): void {
    const pending = this.#pending
    this.#pending = undefined
    pending?.answer(pending.cancelled ? { type: 'cancelled' } : answer)
  }

  #onEnd(end: ProcessEnd): void {
    this.#usable = false
    this.#hang?.cancel()
    this.#ready.resolve(false)
    const { log } = this.#options
    log.debug('a converter ended', { pid: this.#process.pid, state: end.type, path: end.stderr || undefined })
    this.#answer(this.#answerForEnd(end))
  }

  #answerForEnd(end: ProcessEnd): ChildAnswer {
    if (this.#fault) return { type: 'failed', error: this.#fault }
    if (this.#ending) return { type: 'cancelled' }
    if (end.type === 'signalled') return { type: 'killed', signal: end.signal }
    return { type: 'failed', error: crashed(describeEnd(end)) }
  }

  /** The process is no good any more; the error becomes the answer once it is gone. */
  #fail(fault: JobError): void {
    this.#fault ??= fault
    void this.end()
  }

  #watchForHang(): void {
    const { clock, hangMs = 60_000 } = this.#options
    this.#hang?.cancel()
    if (this.#pending) this.#hang = clock.after(hangMs, () => this.#fail(hung(hangMs)))
  }

  #startTimeout(timeoutMs: number | undefined): Timer | undefined {
    if (timeoutMs === undefined) return undefined
    return this.#options.clock.after(timeoutMs, () => this.#fail(tooSlow(timeoutMs)))
  }
}

const unreadableAnswer: JobError = {
  code: 'unreadable-answer',
  class: 'bug',
  message: 'The converter answered something that the engine does not understand.',
  hint: 'Install the program again; its parts seem to be of different versions.'
}

const crashed = (how: string): JobError => ({
  code: 'converter-crashed',
  class: 'node',
  message: `The converter ${how}.`,
  hint: 'Another computer tries; the log at level debug holds what it printed.'
})

const hung = (ms: number): JobError => ({
  code: 'converter-hung',
  class: 'node',
  message: `The converter gave no sign of life for ${Math.round(ms / 1000)} s and was stopped.`,
  hint: 'Another computer tries; this one may be short of memory or its disk may be slow.'
})

const tooSlow = (ms: number): JobError => ({
  code: 'too-slow',
  class: 'input',
  message: `Looking at the file took more than ${Math.round(ms / 1000)} s.`,
  hint: 'Check that its disk or network share answers.'
})
