import type { MemberAddress, RosterEntry } from '../../shared/contract/peer.ts'
import { toJobError } from '../../shared/errors.ts'
import type { Clock } from '../clock.ts'
import type { LabBook } from '../pairing/index.ts'
import { type FleetLog, short } from './fleet-log.ts'
import { closeCode, type Link } from './link.ts'
import type { LinkTable } from './link-table.ts'
import type { Member, Roster } from './roster/index.ts'

const LAST_WORD_MS = 1_000

export interface LabOptions {
  roster: Roster
  links: LinkTable
  clock: Clock
  log: FleetLog
  /** Ends the connections for bytes that a node opened. */
  cutBytes: (nodeId: string) => void
  /** Where members are linked now; and what another one says of that. */
  addresses: () => MemberAddress[]
  onAddresses: (addresses: MemberAddress[]) => void
  /** After every change, with what is new. */
  onChanged: (news: RosterEntry[]) => void
}

/** The roster among the links: what changes it is told to all, and who is out of it is cut off at once. */
export class Lab implements LabBook {
  readonly #options: LabOptions

  constructor(options: LabOptions) {
    this.#options = options
  }

  get #roster(): Roster {
    return this.#options.roster
  }

  assertWelcome(nodeId: string): void {
    this.#roster.assertWelcome(nodeId)
  }

  entries(): RosterEntry[] {
    return this.#roster.entries()
  }

  learn(entries: RosterEntry[], fromNodeId: string): void {
    void this.#spread(this.#roster.learn(entries, fromNodeId), fromNodeId)
  }

  admit(newcomer: Member, entries: RosterEntry[] = []): void {
    void this.#spread(this.#roster.admit(newcomer, entries))
  }

  /** Resolves when all that can be reached were told, after 1 s at most. */
  remove(nodeId: string): Promise<void> {
    return this.#spread(this.#roster.remove(nodeId))
  }

  rename(name: string): void {
    void this.#spread(this.#roster.rename(name))
  }

  /** Both sides of a new link come to the same roster. */
  async exchange(link: Link): Promise<void> {
    await this.#tell(link, this.#roster.entries())
  }

  async #spread(news: RosterEntry[], exceptNodeId?: string): Promise<void> {
    if (news.length === 0) return
    const links = this.#options.links.live()
    const [staying, leaving] = [
      links.filter(({ nodeId }) => this.#roster.isMember(nodeId)),
      links.filter(({ nodeId }) => !this.#roster.isMember(nodeId))
    ]
    const told = staying.filter(({ nodeId }) => nodeId !== exceptNodeId).map((link) => this.#tell(link, news))
    const dismissed = leaving.map((link) => this.#dismiss(link, news))
    this.#options.onChanged(news)
    await this.#atMost(LAST_WORD_MS, Promise.all([...told, ...dismissed]))
  }

  /** From now on its calls are refused and its bytes cut; its socket stays until it heard why. */
  async #dismiss(link: Link, news: RosterEntry[]): Promise<void> {
    const { links, log, cutBytes } = this.#options
    const told = this.#atMost(LAST_WORD_MS, this.#tell(link, news))
    links.release(link, () => link.retire())
    link.cutBytes()
    cutBytes(link.nodeId)
    await told
    link.close(closeCode.removed)
    log.info({ node: short(link.nodeId) }, 'node is no longer of the lab')
  }

  async #tell(link: Link, news: RosterEntry[]): Promise<void> {
    if (!link.compatible) return
    try {
      const { addresses, onAddresses } = this.#options
      const answer = await link.client.roster({ entries: news, addresses: addresses() })
      if (!this.#roster.isMember(link.nodeId)) return
      this.learn(answer.entries, link.nodeId)
      onAddresses(answer.addresses)
    } catch (error) {
      // The next link to it exchanges everything.
      this.#options.log.debug({ node: short(link.nodeId), error: toJobError(error).code }, 'roster was not exchanged')
    }
  }

  async #atMost(ms: number, work: Promise<unknown>): Promise<void> {
    const late = Promise.withResolvers<void>()
    const timer = this.#options.clock.after(ms, late.resolve)
    await Promise.race([work, late.promise])
    timer.cancel()
  }
}
