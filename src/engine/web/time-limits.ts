import type { MicrotomeError } from '../../shared/errors.ts'
import type { Clock, Timer } from '../clock.ts'
import { StallGuard } from '../transfer/index.ts'
import { cancelled, networkError, timedOut } from './web-errors.ts'

const connectMs = 10_000
const silenceMs = 60_000

/** How long one transfer may take, and why it ended early. `what` is how messages call its URL. */
export class TimeLimits {
  readonly #clock: Clock
  readonly #what: string
  readonly #ended = new AbortController()
  readonly #caller: AbortSignal
  readonly #silence: StallGuard
  readonly #whole: Timer
  #connect: Timer | undefined
  /** Aborted by a limit and by the caller. */
  readonly signal: AbortSignal

  constructor(clock: Clock, what: string, limitS: number, caller: AbortSignal) {
    this.#clock = clock
    this.#what = what
    this.#caller = caller
    this.signal = AbortSignal.any([this.#ended.signal, caller])
    this.#silence = new StallGuard(clock, silenceMs, () => this.#end(`was silent for ${silenceMs / 1000} seconds`))
    this.#whole = clock.after(limitS * 1000, () => this.#end(`took more than ${limitS} seconds`))
  }

  /** A connection is being made, its name looked up included, until {@link touch} is called. */
  connecting(): void {
    this.touch()
    this.#connect = this.#clock.after(connectMs, () =>
      this.#end(`gave no connection within ${connectMs / 1000} seconds`)
    )
  }

  /** Cheap: something moved. */
  touch(): void {
    this.#connect?.cancel()
    this.#connect = undefined
    this.#silence.touch()
  }

  stop(): void {
    this.#connect?.cancel()
    this.#silence.stop()
    this.#whole.cancel()
  }

  /** What an error of a call is really: a limit, the caller's wish, or else the network. */
  meaningOf(thrown: unknown): MicrotomeError {
    if (this.#caller.aborted) return cancelled(this.#what)
    if (this.#ended.signal.aborted) return networkError(this.#what, this.#ended.signal.reason)
    return networkError(this.#what, thrown)
  }

  #end(how: string): void {
    this.#ended.abort(timedOut(this.#what, how))
  }
}
