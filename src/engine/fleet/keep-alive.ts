import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Clock } from '../clock.ts'

const PING_EVERY_MS = 2_000
const DEAD_AFTER_MS = 10_000
const PROBE_MS = 2_000

/** Pings, and ends a socket from which nothing came for too long. Every byte counts: a pong waits behind a big message. */
export class KeepAlive {
  readonly #socket: WebSocket
  readonly #connection: Pick<Socket, 'bytesRead'>
  readonly #clock: Clock
  #bytesRead = 0
  #heardAtMs: number

  /** `onTick` runs after every ping. */
  constructor(socket: WebSocket, connection: Pick<Socket, 'bytesRead'>, clock: Clock, onTick: () => void) {
    this.#socket = socket
    this.#connection = connection
    this.#clock = clock
    this.#heardAtMs = clock.monotonicMs()
    const timer = clock.every(PING_EVERY_MS, () => {
      this.#check(DEAD_AFTER_MS)
      onTick()
    })
    socket.once('close', timer.cancel)
  }

  /** Somebody doubts that the other end is there: it has 2 s to show. */
  probe(): void {
    this.#listen()
    this.#socket.ping()
    const askedAtMs = this.#clock.monotonicMs()
    const timer = this.#clock.after(PROBE_MS, () => {
      this.#listen()
      if (this.#heardAtMs <= askedAtMs) this.#socket.terminate()
    })
    this.#socket.once('close', timer.cancel)
  }

  #check(deadAfterMs: number): void {
    this.#listen()
    if (this.#clock.monotonicMs() - this.#heardAtMs >= deadAfterMs) this.#socket.terminate()
    else if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping()
  }

  #listen(): void {
    if (this.#connection.bytesRead === this.#bytesRead) return
    this.#bytesRead = this.#connection.bytesRead
    this.#heardAtMs = this.#clock.monotonicMs()
  }
}
