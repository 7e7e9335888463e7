import type { LocalEvent, NodeStatus } from '../../shared/contract/local.ts'
import type { Submission } from '../../shared/domain/jobs.ts'
import type { Settings } from '../../shared/settings.ts'
import type { Timers } from '../timers.ts'
import type { EngineDoor } from './engine-door.ts'
import type { LocalClient, LocalConnection } from './local-client.ts'

/** What the shell wants to hear of the engine. */
export interface EngineListener {
  /** With every change; undefined while it can't be reached. */
  status(status: NodeStatus | undefined): void
  submission(submission: Submission): void
  /** After the connection, and within two seconds of a change. */
  settings(settings: Settings): void
}

export interface WatchOptions {
  open(door: EngineDoor): Promise<LocalConnection>
  listener: EngineListener
  timers: Timers
}

const redialMs = 1_000
const settingsMs = 2_000

/** Listens to one engine after the other; the tray speaks for what it hears. */
export class EngineWatch {
  readonly #options: WatchOptions
  #stop = new AbortController()
  #connection: LocalConnection | undefined

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** The client of the engine that is listened to, while there is one. */
  get client(): LocalClient | undefined {
    return this.#connection?.client
  }

  /** Listens to the engine behind this door, and to no other any more; undefined: to none. */
  follow(door: EngineDoor | undefined): void {
    this.#stop.abort()
    this.#connection?.close()
    this.#connection = undefined
    this.#options.listener.status(undefined)
    this.#stop = new AbortController()
    if (door) void this.#listen(door, this.#stop.signal)
  }

  async #listen(door: EngineDoor, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // A connection that fails or breaks is dialled again; why, the supervisor finds out and tells.
      await this.#hear(door, signal).catch(() => undefined)
      if (!signal.aborted) this.#options.listener.status(undefined)
      await this.#pause(redialMs, signal)
    }
  }

  async #hear(door: EngineDoor, signal: AbortSignal): Promise<void> {
    const connection = await this.#options.open(door)
    if (signal.aborted) return connection.close()
    this.#connection = connection
    const settings = this.#settingsReader(connection.client, signal)
    try {
      // Ended by closing the connection: oRPC throws past everybody when a signal is aborted after its socket has gone.
      for await (const event of await connection.client.events()) this.#take(event, settings.read)
    } finally {
      settings.stop()
      connection.close()
    }
  }

  #take(event: LocalEvent, readSettings: () => void): void {
    switch (event.type) {
      case 'status':
        this.#options.listener.status(event.status)
        readSettings()
        break
      case 'submission':
        this.#options.listener.submission(event.submission)
        break
      case 'jobs':
      case 'jobs-removed':
      case 'nodes':
      case 'nearby':
        break
    }
  }

  /** Settings have no event of their own: they are read with a change of status, but not with each of a burst. */
  #settingsReader(client: LocalClient, signal: AbortSignal): { read: () => void; stop: () => void } {
    let callOff: (() => void) | undefined
    let isStale = false
    const read = (): void => {
      isStale = callOff !== undefined
      if (isStale) return
      callOff = this.#options.timers.after(settingsMs, () => {
        callOff = undefined
        if (isStale) read()
      })
      const answered = ({ values }: { values: Settings }) => {
        if (!signal.aborted) this.#options.listener.settings(values)
      }
      // The connection broke: the next one reads them again.
      client.settings.get().then(answered, () => undefined)
    }
    return { read, stop: () => callOff?.() }
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const callOff = this.#options.timers.after(ms, resolve)
      signal.addEventListener('abort', () => {
        callOff()
        resolve()
      })
    })
  }
}
