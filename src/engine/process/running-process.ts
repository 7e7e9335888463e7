import type { ChildProcess } from 'node:child_process'
import type { Clock, Timer } from '../clock.ts'
import type { Log } from '../log/index.ts'
import { CapturedOutput } from './captured-output.ts'
import { killTree } from './kill-tree.ts'
import type { LaunchRequest } from './launch-request.ts'

/** How a process ended, with the end of what it printed. */
export type ProcessEnd = { stdout: string; stderr: string } & (
  | { type: 'exited'; code: number }
  | { type: 'signalled'; signal: NodeJS.Signals }
  | { type: 'timed-out'; timeoutMs: number }
  | { type: 'cancelled' }
  | { type: 'not-started'; cause: Error }
)
type Reason = 'timed-out' | 'cancelled' | undefined

/** A pipe that a detached grandchild of Windows keeps open must not keep us. */
const pipesAfterExitMs = 1000

/** A child that was started; {@link ended} always comes, and by then its whole process group is gone. */
export class RunningProcess {
  readonly pid: number | undefined
  /** Never rejects. */
  readonly ended: Promise<ProcessEnd>
  readonly #child: ChildProcess | undefined
  readonly #request: LaunchRequest
  readonly #around: { clock: Clock; log: Log; platform: NodeJS.Platform }
  readonly #stdout: CapturedOutput
  readonly #stderr: CapturedOutput
  #reason: Reason
  #alive: boolean
  #timers: Timer[] = []
  readonly #end = Promise.withResolvers<ProcessEnd>()

  constructor(
    child: ChildProcess | Error,
    request: LaunchRequest,
    around: { clock: Clock; log: Log; platform: NodeJS.Platform }
  ) {
    this.#request = request
    this.#around = around
    this.#stdout = new CapturedOutput(request.maxOutputBytes ?? 2 ** 20)
    this.#stderr = new CapturedOutput(request.maxOutputBytes ?? 2 ** 20)
    this.#child = child instanceof Error ? undefined : child
    this.pid = this.#child?.pid
    this.#alive = this.pid !== undefined
    this.ended = this.#end.promise
    if (child instanceof Error) this.#finish({ type: 'not-started', cause: child, stdout: '', stderr: '' })
    else this.#watch(child)
  }

  /** False where the channel is closed already; the child's end tells the rest. */
  send(message: object): boolean {
    const child = this.#child
    if (!child?.connected) return false
    return child.send(message, (error) => {
      if (error) this.#around.log.debug('a message did not reach a child', { pid: this.pid }, error)
    })
  }

  /** Every message of the IPC channel, unparsed. */
  onMessage(listener: (message: unknown) => void): void {
    this.#child?.on('message', listener)
  }

  /** Ends the whole tree: politely, then hard after `graceMs` (0: hard at once). Resolves once it is gone. */
  async kill(graceMs = this.#request.graceMs ?? 2000): Promise<ProcessEnd> {
    if (this.#alive && this.pid !== undefined) {
      if (graceMs > 0) this.#after(graceMs, () => this.#signal('SIGKILL'))
      this.#signal(graceMs > 0 ? 'SIGTERM' : 'SIGKILL')
    }
    return this.ended
  }

  #watch(child: ChildProcess): void {
    const { timeoutMs, signal } = this.#request
    child.stdout?.on('data', (chunk: Buffer) => this.#stdout.add(chunk))
    child.stderr?.on('data', (chunk: Buffer) => this.#stderr.add(chunk))
    const stop = (reason: Reason) => {
      this.#reason ??= reason
      void this.kill()
    }
    const cancel = () => stop('cancelled')
    if (timeoutMs !== undefined) this.#after(timeoutMs, () => stop('timed-out'))
    if (signal?.aborted) cancel()
    else signal?.addEventListener('abort', cancel)
    child.once('error', (cause) => this.#onError(cause))
    child.on('error', (cause) => this.#around.log.debug('a child reported an error', { pid: this.pid }, cause))
    child.once('exit', (code, killedBy) => {
      signal?.removeEventListener('abort', cancel)
      this.#onExit(child, code, killedBy)
    })
  }

  #onError(cause: Error): void {
    // With a pid it is a failed message or signal, and `exit` still comes.
    if (this.pid === undefined) this.#finish({ type: 'not-started', cause, ...this.#output() })
  }

  #onExit(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    this.#clearTimers()
    // What the child itself had started goes with it, however the child ended. On Windows its pid may be another's by now.
    if (this.#around.platform !== 'win32') this.#signal('SIGKILL')
    this.#alive = false
    const finish = () => this.#finish(this.#endOf(code, signal))
    child.once('close', finish)
    this.#after(pipesAfterExitMs, () => {
      child.stdout?.destroy()
      child.stderr?.destroy()
      finish()
    })
  }

  #endOf(code: number | null, signal: NodeJS.Signals | null): ProcessEnd {
    const output = this.#output()
    if (this.#reason === 'timed-out') return { type: 'timed-out', timeoutMs: this.#request.timeoutMs ?? 0, ...output }
    if (this.#reason === 'cancelled') return { type: 'cancelled', ...output }
    if (signal) return { type: 'signalled', signal, ...output }
    return { type: 'exited', code: code ?? 0, ...output }
  }

  #finish(end: ProcessEnd): void {
    this.#clearTimers()
    this.#end.resolve(end)
  }

  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (!this.#alive || this.pid === undefined) return
    killTree(this.#around.platform, this.pid, signal).catch((error: unknown) =>
      this.#around.log.warn('could not end a process', { pid: this.pid }, error)
    )
  }

  #output() {
    return { stdout: this.#stdout.text(), stderr: this.#stderr.text() }
  }

  #after(ms: number, run: () => void): void {
    this.#timers.push(this.#around.clock.after(ms, run))
  }

  #clearTimers(): void {
    for (const timer of this.#timers) timer.cancel()
    this.#timers = []
  }
}
