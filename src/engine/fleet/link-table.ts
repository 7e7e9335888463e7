import { isReplacedBy } from './admission.ts'
import { type FleetLog, short } from './fleet-log.ts'
import { closeCode, type Link } from './link.ts'

export interface LinkTableOptions {
  selfId: string
  log: FleetLog
  /** Once per link, before any call of it is answered. */
  onLive: (link: Link) => void
  /** Once per link that was live. */
  onLost: (link: Link) => void
  /** A link went before it was live. */
  onFailed: () => void
}

/** The links, at most one per node. */
export class LinkTable {
  readonly #options: LinkTableOptions
  readonly #links = new Map<string, Link>()
  /** All whose sockets are open, also those on their way out. */
  readonly #open = new Set<Link>()

  constructor(options: LinkTableOptions) {
    this.#options = options
  }

  has(nodeId: string): boolean {
    return this.#links.has(nodeId)
  }

  live(): Link[] {
    return [...this.#links.values()].filter((link) => link.isLive)
  }

  /** Takes a fresh link in, or closes it where another stays; tells when both sides said hello. */
  adopt(link: Link): void {
    this.#open.add(link)
    void link.closed.then(() => this.#onClosed(link))
    const present = this.#links.get(link.nodeId)
    if (present && !isReplacedBy(present, link, this.#options.selfId, link.nodeId)) {
      link.close(closeCode.duplicate)
      present.probe() // the other side dialled although it should have this link: perhaps it is dead
      return
    }
    if (present) this.#detach(present, () => present.retire())
    this.#links.set(link.nodeId, link)
    void this.#greet(link)
  }

  /** Takes a link out of use at once; `end` closes it in its own time. */
  release(link: Link, end: () => void): void {
    if (this.#links.get(link.nodeId) === link) this.#detach(link, end)
    else end()
  }

  /** Ends all of them; resolves when their sockets are closed. */
  async close(): Promise<void> {
    const open = [...this.#open]
    for (const link of open) link.close(closeCode.leaving)
    await Promise.all(open.map((link) => link.closed))
  }

  async #greet(link: Link): Promise<void> {
    try {
      await link.hello()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#options.log.debug({ node: short(link.nodeId), reason }, 'no hello')
      return link.terminate()
    }
    if (this.#links.get(link.nodeId) !== link) return
    link.announce()
    this.#options.onLive(link)
  }

  #detach(link: Link, end: () => void): void {
    const wasLive = link.isLive
    this.#links.delete(link.nodeId)
    end()
    if (wasLive) this.#options.onLost(link)
  }

  #onClosed(link: Link): void {
    this.#open.delete(link)
    if (this.#links.get(link.nodeId) !== link) return
    this.#links.delete(link.nodeId)
    if (link.wasLive) this.#options.onLost(link)
    else this.#options.onFailed()
  }
}
