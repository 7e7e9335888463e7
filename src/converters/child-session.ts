import { type FromChild, toChild } from '../shared/converter-protocol.ts'
import { MicrotomeError, toJobError } from '../shared/errors.ts'
import { cancelled, engineGone, stalled } from './failures.ts'
import { ProgressReporter } from './progress-reporter.ts'
import { discardUnlessTakenUp, runRequest, type WorkRequest } from './run-request.ts'
import { withoutPaths } from './without-paths.ts'

/** What a session needs from its process. `send` resolves once the message is handed over. */
export interface Channel {
  send(message: FromChild): Promise<void>
  /** Ends the process at once; grandchildren go with it. */
  exit(code: number): void
}

interface Running {
  request: WorkRequest
  controller: AbortController
  answered: boolean
}

/** What a library can't stop within this is ended with the process; the engine asks for 2 s. */
const stopWithinMs = 1500

/** Runs one request at a time and answers each exactly once. */
export class ChildSession {
  readonly #channel: Channel
  #running: Running | undefined
  #closing = false

  constructor(channel: Channel) {
    this.#channel = channel
  }

  /** Takes whatever came over the channel. */
  async receive(raw: unknown): Promise<void> {
    const parsed = toChild.safeParse(raw)
    if (!parsed.success) return this.#refuse(raw, 'The message is not one of the protocol.')
    const message = parsed.data
    if (message.type === 'cancel') this.#cancel(message.id)
    else if (this.#running) await this.#refuse(message, 'Another request is still running.')
    else await this.#run(message)
  }

  /** Stops what runs and ends the process within 2 s: the engine is gone or wants it so. */
  close(): void {
    this.#closing = true
    if (this.#running) this.#stop(this.#running, engineGone())
    else this.#channel.exit(0)
  }

  async #run(request: WorkRequest): Promise<void> {
    const running: Running = { request, controller: new AbortController(), answered: false }
    this.#running = running
    const reporter = new ProgressReporter(
      (progress) => this.#tell({ type: 'progress', id: request.id, progress }),
      () => performance.now(),
      () => this.#stop(running, stalled())
    )
    if (request.type === 'convert') reporter.start()
    const answer = await this.#answer(running, reporter)
    reporter.stop()
    this.#running = undefined
    if (this.#closing) return this.#channel.exit(0)
    if (running.answered) return
    running.answered = true
    await this.#channel.send(answer)
  }

  async #answer({ request, controller }: Running, reporter: ProgressReporter): Promise<FromChild> {
    const { id, tools } = request
    const log = (level: 'debug' | 'info' | 'warn', message: string) => this.#tell({ type: 'log', id, level, message })
    try {
      const answer = await runRequest(request, { tools, signal: controller.signal, log }, reporter)
      return { ...answer, id }
    } catch (error) {
      const failure = toJobError(controller.signal.aborted ? controller.signal.reason : error)
      return { type: 'failed', id, error: withoutPaths(failure, request) }
    }
  }

  #cancel(id: string): void {
    if (this.#running?.request.id === id) this.#stop(this.#running, cancelled())
  }

  #stop(running: Running, reason: MicrotomeError): void {
    if (running.controller.signal.aborted) return
    running.controller.abort(reason)
    setTimeout(() => void this.#abandon(running), stopWithinMs).unref()
  }

  /** Answers for a request whose library goes on and on, and ends the process with it. */
  async #abandon(running: Running): Promise<void> {
    if (running.answered || this.#running !== running) return
    running.answered = true
    const { request } = running
    try {
      if (request.type === 'convert') await discardUnlessTakenUp(request, running.controller.signal)
      await this.#channel.send({ type: 'failed', id: request.id, error: toJobError(running.controller.signal.reason) })
    } finally {
      this.#channel.exit(0)
    }
  }

  #tell(message: FromChild): void {
    void this.#channel.send(message)
  }

  async #refuse(raw: unknown, message: string): Promise<void> {
    const id = typeof raw === 'object' && raw !== null && 'id' in raw ? String(raw.id) : ''
    const error = new MicrotomeError({ code: 'bad-request', class: 'bug', message })
    await this.#channel.send({ type: 'failed', id, error: error.toJSON() })
  }
}
