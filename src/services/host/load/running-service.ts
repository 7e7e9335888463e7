import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { ServiceHandle } from '../service.ts'
import { withinMs } from './within.ts'

/** Runs a part of a service's work. */
export type RunWork = (work: () => void) => void

const statsMs = 1000

/** A service that was set up: takes requests, and ends in order. */
export class RunningService {
  readonly #app: FastifyInstance
  readonly #handle: ServiceHandle
  readonly #ending: AbortController
  readonly #onBug: (thrown: unknown) => void
  readonly #run: RunWork
  #running = 0
  #lastAnswered: (() => void) | undefined
  #retiring: Promise<void> | undefined

  constructor(parts: {
    app: FastifyInstance
    handle: ServiceHandle
    ending: AbortController
    onBug: (thrown: unknown) => void
    run: RunWork
  }) {
    this.#app = parts.app
    this.#handle = parts.handle
    this.#ending = parts.ending
    this.#onBug = parts.onBug
    this.#run = parts.run
  }

  /** It answers this path itself, which the host would answer otherwise. */
  owns(path: string): boolean {
    return this.#app.hasRoute({ method: 'GET', url: path })
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    this.#running += 1
    response.once('close', () => {
      this.#running -= 1
      if (this.#running === 0) this.#lastAnswered?.()
    })
    this.#run(() => this.#app.routing(request, response))
  }

  /** Hands a WebSocket over; false where the service has none. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const { server } = this.#app
    if (server.listenerCount('upgrade') === 0) return false
    this.#run(() => server.emit('upgrade', request, socket, head))
    return true
  }

  async stats(): Promise<Record<string, unknown> | undefined> {
    try {
      return await withinMs(Promise.resolve(this.#handle.getStats?.()), statsMs)
    } catch (thrown) {
      this.#onBug(thrown)
      return undefined
    }
  }

  /** Lets running requests finish, at most for `graceMs`, then cleans up. Nothing may be taken any more. May be called twice. */
  retire(graceMs: number): Promise<void> {
    this.#retiring ??= this.#end(graceMs)
    return this.#retiring
  }

  async #end(graceMs: number): Promise<void> {
    const deadlineMs = performance.now() + graceMs
    this.#ending.abort()
    await this.#settled(graceMs)
    // However little is left, a clean-up gets a moment.
    const restMs = Math.max(500, deadlineMs - performance.now())
    await withinMs(
      Promise.resolve().then(() => this.#handle.cleanup?.()),
      restMs
    ).catch(this.#onBug)
    await withinMs(this.#app.close(), restMs).catch(this.#onBug)
  }

  async #settled(graceMs: number): Promise<void> {
    if (this.#running === 0) return
    const answered = new Promise<void>((resolve) => {
      this.#lastAnswered = resolve
    })
    // Whoever hangs is cut off with the listener's connections.
    await withinMs(answered, graceMs).catch(() => undefined)
  }
}
