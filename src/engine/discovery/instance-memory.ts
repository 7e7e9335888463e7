import type { NearbyNode } from '../../shared/domain/nodes.ts'
import type { Announcement } from './announcements.ts'

const MAX_INSTANCES = 256
/** Two questions without an answer and a bit. */
const FORGET_AFTER_MS = 150_000

interface Seen extends NearbyNode {
  interfaceName: string
  seenAtMs: number
}

/** The instances that were heard of lately. So many and no more: anybody on the network can make names up. */
export class InstanceMemory {
  readonly #seen = new Map<string, Seen>()
  readonly #ownInstance: string

  constructor(ownInstance: string) {
    this.#ownInstance = ownInstance
  }

  nearby(): NearbyNode[] {
    const nodes = [...this.#seen.values()].map(({ instance, host, port }) => ({ instance, host, port }))
    return nodes.sort((a, b) => (a.instance < b.instance ? -1 : 1))
  }

  /** Whether `nearby` changed. `host`: who sent it. */
  note(announcement: Announcement, host: string, interfaceName: string, nowMs: number): boolean {
    const { instance } = announcement
    const present = this.#seen.get(instance)
    if (instance === this.#ownInstance) return false
    if ('gone' in announcement) return present?.host === host && this.#seen.delete(instance)
    if (!present && this.#seen.size >= MAX_INSTANCES) return false
    const { port } = announcement
    this.#seen.set(instance, { instance, host, port, interfaceName, seenAtMs: nowMs })
    return present?.host !== host || present.port !== port
  }

  /** Whether `nearby` changed. */
  forgetInterface(name: string): boolean {
    return this.#forget((seen) => seen.interfaceName === name)
  }

  forgetOld(nowMs: number): boolean {
    return this.#forget((seen) => nowMs - seen.seenAtMs >= FORGET_AFTER_MS)
  }

  #forget(isForgotten: (seen: Seen) => boolean): boolean {
    const forgotten = [...this.#seen.values()].filter(isForgotten)
    for (const { instance } of forgotten) this.#seen.delete(instance)
    return forgotten.length > 0
  }
}
