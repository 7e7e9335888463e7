import type { ServersConfig } from './config/schema.ts'
import type { ServiceLog } from './service.ts'

/** Timers of a host. */
export interface Ticking {
  every(ms: number, run: () => void): { cancel(): void }
}

export const ordinaryTicking: Ticking = {
  every: (ms, run) => {
    const timer = setInterval(run, ms)
    return { cancel: () => clearInterval(timer) }
  }
}

type Wish = ServersConfig['global']['keepAlive']

/** An answer that takes longer is none. */
const patienceMs = 20_000

/**
 * Asks an address again and again, the public one of this host itself: hosting that puts a program to sleep which nobody asks is kept
 * awake so. What comes of it is logged where it is no success, and has no other effect.
 */
export class KeepAlive {
  readonly #ticking: Ticking
  readonly #log: ServiceLog
  #wish: Wish
  #timer: { cancel(): void } | undefined
  #asking: AbortController | undefined

  constructor(ticking: Ticking, log: ServiceLog) {
    this.#ticking = ticking
    this.#log = log
  }

  /** Goes on as the configuration says now; an unchanged wish keeps its pace. */
  follow(wish: Wish): void {
    if (wish?.url === this.#wish?.url && wish?.everyS === this.#wish?.everyS) return
    this.close()
    this.#wish = wish
    if (wish) this.#timer = this.#ticking.every(wish.everyS * 1000, () => void this.#ask(wish.url))
  }

  close(): void {
    this.#timer?.cancel()
    this.#asking?.abort()
    this.#wish = undefined
  }

  async #ask(url: string): Promise<void> {
    const asking = new AbortController()
    this.#asking = asking
    try {
      const signal = AbortSignal.any([asking.signal, AbortSignal.timeout(patienceMs)])
      // On a connection of its own: one that is kept alive would hold the end up.
      const { ok, status, body } = await fetch(url, { signal, headers: { connection: 'close' } })
      await body?.cancel()
      if (!ok) this.#log.warn('the keep-alive address answered no success', { code: `http-${status}` })
    } catch {
      if (!asking.signal.aborted) this.#log.warn('the keep-alive address did not answer', { code: 'no-answer' })
    }
  }
}
