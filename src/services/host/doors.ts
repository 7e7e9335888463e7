import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import { type JobError, toJobError } from '../../shared/errors.ts'
import { type ReferencePlaces, resolveReferences } from './config/references.ts'
import type { ListenerConfig } from './config/schema.ts'
import { type OpenListener, openListener } from './listen/open-listener.ts'

/** A listener that is wanted. */
export interface Door extends ListenerConfig {
  /** Opened for the whole run; not being able to is an error of the start. */
  isFixed?: boolean | undefined
  /** The node's own door: the host answers nothing there by itself. */
  isPrivate?: boolean | undefined
}

interface OpenDoor {
  door: Door
  /** With its secrets resolved. */
  made: Door
  listener: OpenListener
}

export interface DoorHandlers {
  request(door: Door, request: IncomingMessage, response: ServerResponse): void
  upgrade(door: Door, request: IncomingMessage, socket: Duplex, head: Buffer): void
}

/** The ports that are open, brought to what is wanted at each change. */
export class Doors {
  readonly #handlers: DoorHandlers
  readonly #env: ReferencePlaces['env']
  readonly #graceMs: number
  readonly #leaving = new Set<Promise<void>>()
  #open: OpenDoor[] = []
  #failed = new Map<string, { door: Door; error: JobError }>()

  constructor(handlers: DoorHandlers, env: ReferencePlaces['env'], graceMs: number) {
    this.#handlers = handlers
    this.#env = env
    this.#graceMs = graceMs
  }

  /** Where a service answers. */
  urlsOf(name: string): string[] {
    return this.#open.filter(({ door }) => leadsTo(door, name)).map(({ listener }) => listener.url)
  }

  /** Why one of the listeners that lead to a service is closed. */
  errorOf(name: string): JobError | undefined {
    return [...this.#failed.values()].find(({ door }) => leadsTo(door, name))?.error
  }

  /** Closes what is no longer wanted and opens what is new; a fixed one that can't be opened throws. */
  async apply(wanted: readonly Door[], dir: string): Promise<void> {
    const made = await Promise.all(wanted.map((door) => this.#prepared(door, dir)))
    this.#failed = new Map()
    const leaving = [...this.#open]
    const opening: { door: Door; made: Door }[] = []
    this.#open = []
    for (const it of made) {
      const at = it.ok ? leaving.findIndex((open) => isDeepStrictEqual(open.made, it.made)) : -1
      if (!it.ok) this.#fail(it.door, it.error)
      else if (at < 0) opening.push(it)
      else this.#open.push(...leaving.splice(at, 1))
    }
    // First, so that a port can be taken over by a listener that is changed.
    for (const { listener } of leaving) this.#leave(listener)
    for (const { door, made: wish } of opening) await this.#openOne(door, wish)
  }

  /** Takes no new connections at doors that `isMeant`. */
  stop(isMeant: (door: Door) => boolean): void {
    for (const { door, listener } of this.#open) if (isMeant(door)) listener.stop()
  }

  /** Ends what is left of those doors' connections, and of doors that left before. */
  async close(isMeant: (door: Door) => boolean, graceMs: number): Promise<void> {
    const meant = this.#open.filter(({ door }) => isMeant(door))
    this.#open = this.#open.filter((open) => !meant.includes(open))
    await Promise.all([...this.#leaving, ...meant.map(({ listener }) => listener.close(graceMs))])
  }

  /** Its port is free at once; running requests finish behind the back of the new configuration. */
  #leave(listener: OpenListener): void {
    listener.stop()
    const left = listener.close(this.#graceMs).finally(() => this.#leaving.delete(left))
    this.#leaving.add(left)
  }

  async #prepared(door: Door, dir: string) {
    try {
      return { ok: true as const, door, made: await resolveReferences(door, { env: this.#env, dir }) }
    } catch (error) {
      return { ok: false as const, door, error }
    }
  }

  async #openOne(door: Door, made: Door): Promise<void> {
    try {
      const listener = await openListener(made, {
        request: (request, response) => this.#handlers.request(door, request, response),
        upgrade: (request, socket, head) => this.#handlers.upgrade(door, request, socket, head)
      })
      this.#open.push({ door, made, listener })
    } catch (thrown) {
      this.#fail(door, thrown)
    }
  }

  #fail(door: Door, thrown: unknown): void {
    if (door.isFixed) throw thrown
    this.#failed.set(door.name, { door, error: toJobError(thrown) })
  }
}

export const leadsTo = ({ servers }: Door, name: string): boolean => servers?.includes(name) ?? true
