import { type JobError, MicrotomeError, toJobError } from '../../shared/errors.ts'
import type { Timers } from '../timers.ts'
import type { EngineDoor } from './engine-door.ts'
import type { EngineEnd, EngineProcess } from './engine-process.ts'
import type { EngineState } from './engine-state.ts'

export interface SupervisorOptions {
  /** Starts an engine. Rejects where there is nothing to start. */
  launch(): Promise<EngineProcess>
  /** Joins the one that holds the data folder already. Rejects where it can't be reached. */
  join(): Promise<EngineProcess>
  /** Asks an engine of ours over its door to end: at once (`now`), or when what runs is done. */
  askToEnd(door: EngineDoor, now: boolean): Promise<void>
  timers: Timers
}

const crashWindowMs = 60_000
const crashesInWindow = 5
const longestDelayMs = 4_000
/** An engine that was asked to end at once gives its leases back in this time, or its channel is closed. */
const patienceMs = 15_000
const lastPatienceMs = 5_000

/** Keeps one engine running: starts it, restarts it with growing delays, gives up when that is no use, ends it in order. */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #listeners = new Set<(state: EngineState) => void>()
  #state: EngineState = { kind: 'starting' }
  #process: EngineProcess | undefined
  /** The door of `#process` once it was ready; still good while it ends. */
  #door: EngineDoor | undefined
  #crashesMs: number[] = []
  #isTaken = false
  #callOff: () => void = () => undefined

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  get state(): EngineState {
    return this.#state
  }

  /** Called at every change of state, after it. */
  onState(listener: (state: EngineState) => void): void {
    this.#listeners.add(listener)
  }

  /** Starts the engine; also anew, at once, after it was given up. */
  start(): void {
    this.#crashesMs = []
    void this.#run()
  }

  /** The door of the engine as soon as it runs. Rejects when it is given up or ends. */
  door(): Promise<EngineDoor> {
    return new Promise((resolve, reject) => {
      const look = (state: EngineState): void => {
        if (state.kind === 'running') resolve(state.door)
        else if (state.kind === 'given-up') reject(new MicrotomeError(state.error))
        else if (state.kind === 'ended') reject(new MicrotomeError(endedError))
        else return
        this.#listeners.delete(look)
      }
      this.#listeners.add(look)
      look(this.#state)
    })
  }

  /**
   * Ends the engine and resolves when it is gone. `now` gives back what runs and takes 20 s at most; without it what runs is
   * finished first, and a second call with `now` cuts that short. An engine that is not ours goes on.
   */
  async end(now: boolean): Promise<void> {
    this.#callOff()
    const process = this.#process
    if (this.#state.kind === 'ended') return
    this.#become({ kind: 'ending', now })
    if (process?.isOurs) await this.#endOurs(process, now)
    else process?.disconnect()
    this.#become({ kind: 'ended' })
  }

  async #endOurs(process: EngineProcess, now: boolean): Promise<void> {
    const callOffs = now ? this.#boundEnd(process) : []
    if (this.#door) this.#options.askToEnd(this.#door, now).catch(() => process.disconnect())
    else process.disconnect()
    await process.ended
    for (const callOff of callOffs) callOff()
  }

  #boundEnd(process: EngineProcess): (() => void)[] {
    return [
      this.#options.timers.after(patienceMs, () => process.disconnect()),
      this.#options.timers.after(patienceMs + lastPatienceMs, () => process.kill())
    ]
  }

  async #run(): Promise<void> {
    this.#become({ kind: 'starting' })
    const joins = this.#isTaken
    this.#isTaken = false
    try {
      const process = await (joins ? this.#options.join() : this.#options.launch())
      await this.#follow(process)
    } catch (thrown) {
      // An engine that could not be joined may be on its way out; one that can't be started never will be.
      if (joins) this.#crashed(toJobError(thrown))
      else this.#giveUp(toJobError(thrown))
    }
  }

  async #follow(process: EngineProcess): Promise<void> {
    if (this.#isEnding()) return process.disconnect()
    this.#process = process
    this.#door = undefined
    void process.ready.then((door) => {
      if (this.#process !== process || this.#isEnding()) return
      this.#door = door
      this.#become({ kind: 'running', door, isOurs: process.isOurs })
    })
    const end = await process.ended
    this.#process = undefined
    if (this.#isEnding()) return
    this.#isTaken = end.error?.code === 'already-running'
    this.#crashed(end.error ?? crashOf(end))
  }

  #crashed(error: JobError): void {
    if (this.#isEnding()) return
    const nowMs = this.#options.timers.nowMs()
    this.#crashesMs = [...this.#crashesMs.filter((atMs) => nowMs - atMs < crashWindowMs), nowMs]
    if (this.#crashesMs.length >= crashesInWindow) this.#giveUp(error)
    else this.#runAfter(delayAfter(this.#crashesMs.length))
  }

  #runAfter(delayMs: number): void {
    this.#become({ kind: 'waiting', delayMs })
    this.#callOff = this.#options.timers.after(delayMs, () => void this.#run())
  }

  #giveUp(error: JobError): void {
    if (!this.#isEnding()) this.#become({ kind: 'given-up', error })
  }

  #isEnding(): boolean {
    return this.#state.kind === 'ending' || this.#state.kind === 'ended'
  }

  #become(state: EngineState): void {
    if (this.#state.kind === 'ended') return
    this.#state = state
    for (const listener of [...this.#listeners]) listener(state)
  }
}

/** The first restart comes at once: work is waiting, and one crash says nothing yet. */
const delayAfter = (crashes: number) => (crashes === 1 ? 0 : Math.min(longestDelayMs, 250 * 2 ** crashes))

const endedError: JobError = { code: 'ended', class: 'transport', message: 'Microtome is quitting.' }

/** Shown to the user of this computer only, hence with the engine's last line. */
function crashOf({ code, signal, lastWords }: EngineEnd): JobError {
  const lastLine = lastWords.trim().split('\n').at(-1)?.slice(0, 300)
  const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`
  return {
    code: 'engine-crashed',
    class: 'bug',
    message: `Microtome's engine ${how}.`,
    hint: ['The log tells more.', lastLine && `Its last words: ${lastLine}`].filter(Boolean).join(' ')
  }
}
