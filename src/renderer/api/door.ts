import { RPCLink } from '@orpc/client/websocket'
import { connectionLost } from './problem.ts'

/** `refused`: the engine answers, but no longer accepts this page (it was restarted with a new token). */
export type DoorState = 'connecting' | 'live' | 'lost' | 'refused'

export interface DoorOptions {
  /** Where to dial; asked again before every try, because a restarted engine has another port and token. */
  endpoint(): Promise<{ url: string; protocols: string[] }>
  /** Asked after a failed try: does the engine answer and refuse this page? */
  refused(): Promise<boolean>
  /** Milliseconds until try number `tries` (1 for the first repeat). */
  backoffMs(tries: number): number
}

interface Dial {
  link: RPCLink<Record<never, never>>
  opened: Promise<void>
}

/**
 * One WebSocket to the engine, dialled again whenever it is cut. Calls made while it dials wait for that one try;
 * calls under way when it is cut fail, and whoever made them decides whether to repeat.
 */
export class Door {
  readonly #options: DoorOptions
  readonly #listeners = new Set<(state: DoorState) => void>()
  #dial: Promise<Dial> | undefined
  #tries = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #state: DoorState = 'connecting'
  #closed = false
  #socket: WebSocket | undefined

  constructor(options: DoorOptions) {
    this.#options = options
  }

  /** The link to call through; rejects with `connection-lost` while there is none. */
  async link(): Promise<RPCLink<Record<never, never>>> {
    if (!this.#dial) throw connectionLost()
    const dial = await this.#dial
    await dial.opened
    return dial.link
  }

  /** Calls back at every change of state, and once now; answers how to stop. */
  onState(listener: (state: DoorState) => void): () => void {
    this.#listeners.add(listener)
    listener(this.#state)
    return () => this.#listeners.delete(listener)
  }

  /** Dials now, whatever the backoff says. Does nothing while a dial is under way or stands. */
  dialNow(): void {
    clearTimeout(this.#timer)
    if (this.#dial || this.#closed) return
    const dial = this.#open()
    this.#dial = dial
    dial.then((standing) => standing.opened).then(this.#live, () => this.#cut())
  }

  /** Hangs up for good. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#dial = undefined
    this.#socket?.close()
  }

  async #open(): Promise<Dial> {
    const { url, protocols } = await this.#options.endpoint()
    const websocket = new WebSocket(url, protocols)
    this.#socket = websocket
    // Before our own listeners: its calls must be over when we tell of a cut, or whoever aborts them then sends into a closed socket.
    const link = new RPCLink({ websocket })
    const opened = new Promise<void>((resolve, reject) => {
      websocket.addEventListener('open', () => resolve(), { once: true })
      websocket.addEventListener('close', (event) => reject(connectionLost(event)), { once: true })
    })
    websocket.addEventListener('close', () => {
      if (this.#state === 'live') this.#cut()
    })
    return { link, opened }
  }

  readonly #live = (): void => {
    this.#tries = 0
    this.#become('live')
  }

  #cut(): void {
    if (this.#closed) return
    this.#dial = undefined
    this.#tries += 1
    if (this.#state !== 'refused') this.#become('lost')
    this.#timer = setTimeout(() => this.dialNow(), this.#options.backoffMs(this.#tries))
    void this.#options.refused().then((refused) => {
      if (!this.#dial && refused) this.#become('refused')
    })
  }

  #become(state: DoorState): void {
    if (state === this.#state) return
    this.#state = state
    for (const listener of this.#listeners) listener(state)
  }
}
