import type { Clock, Timer } from '../clock.ts'
import type { EventHub } from '../events/index.ts'
import type { LiveTasks } from './live-tasks.ts'

const everyMs = 400

/**
 * Tells of every running job at least twice a second, whatever its worker says: who follows one sees that it is looked after while
 * a child starts or a library is deep in its work. Nothing ticks while nothing runs.
 */
export class Pulse {
  readonly #clock: Clock
  readonly #events: EventHub
  readonly #live: LiveTasks
  #timer: Timer | undefined

  constructor({ clock, events, live }: { clock: Clock; events: EventHub; live: LiveTasks }) {
    this.#clock = clock
    this.#events = events
    this.#live = live
  }

  /** Something runs. May be called any time. */
  start(): void {
    this.#timer ??= this.#clock.after(everyMs, () => this.#beat())
  }

  stop(): void {
    this.#timer?.cancel()
  }

  #beat(): void {
    this.#timer = undefined
    const running = this.#live.ofNodes()
    for (const { jobId } of running) this.#events.emit('job', jobId)
    if (running.length > 0) this.start()
  }
}
