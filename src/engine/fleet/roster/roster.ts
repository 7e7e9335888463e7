import type { RosterEntry } from '../../../shared/contract/peer.ts'
import { MicrotomeError } from '../../../shared/errors.ts'
import type { Clock } from '../../clock.ts'
import type { Identity } from '../../identity/index.ts'
import { isAuthentic, signEntry } from './entry.ts'
import { type EntrySet, mergeEntries, statementOf } from './entry-set.ts'
import { type Member, type Membership, resolveMembership } from './membership.ts'
import { readRoster, writeRoster } from './roster-file.ts'

/** As many as one message of the contract carries. */
const MAX_ENTRIES = 5000

export interface RosterOptions {
  dataDir: string
  identity: Identity
  /** What this node calls itself. */
  name: string
  clock: Pick<Clock, 'wallMs'>
}

/**
 * The lab as this node knows it. Every change lies on disk before it shows, so nobody is told what a crash could undo.
 * Whatever changes it answers the entries that are new, for the others to learn.
 */
export class Roster {
  readonly #options: RosterOptions
  #entries: EntrySet = new Map()
  #membership: Membership

  constructor(options: RosterOptions) {
    this.#options = options
    this.#entries = mergeEntries(this.#entries, readRoster(options.dataDir).filter(isAuthentic)).merged
    this.#membership = resolveMembership(this.#selfId, this.#entries.values())
    this.rename(options.name)
  }

  get #selfId(): string {
    return this.#options.identity.nodeId
  }

  entries(): RosterEntry[] {
    return [...this.#entries.values()]
  }

  /** All but this node. */
  members(): Member[] {
    return [...this.#membership.members.values()]
  }

  member(nodeId: string): Member | undefined {
    return this.#membership.members.get(nodeId)
  }

  isMember(nodeId: string): boolean {
    return this.#membership.members.has(nodeId)
  }

  /** The entry that took a node out of the lab, this node included. */
  removalOf(nodeId: string): RosterEntry | undefined {
    return this.#membership.removals.get(nodeId)
  }

  /** Says what this node is called; every roster begins with that. */
  rename(name: string): RosterEntry[] {
    const { identity } = this.#options
    const present = this.#entries.get(statementOf({ type: 'add', nodeId: identity.nodeId, byNodeId: identity.nodeId }))
    if (present?.name === name) return []
    return this.#apply([this.#sign('add', { nodeId: identity.nodeId, publicKey: identity.publicKey, name })])
  }

  /**
   * Takes in what a member said. If the news took away the only node through which this one trusted the teller, the
   * teller is vouched for: the remover did that for the others (see {@link remove}), so one entry keeps the lab whole.
   */
  learn(entries: RosterEntry[], fromNodeId: string): RosterEntry[] {
    const teller = this.member(fromNodeId)
    const news = this.#apply(this.#authenticNews(entries))
    return teller && this.#isOrphan(teller) ? [...news, ...this.#apply([this.#sign('add', teller)])] : news
  }

  /** Adds a node that proved the pairing code, with what it knows. Throws `removed-node`. */
  admit(newcomer: Member, entries: RosterEntry[] = []): RosterEntry[] {
    this.assertWelcome(newcomer.nodeId)
    const own = this.#sign('add', newcomer)
    return this.#apply([...this.#authenticNews(entries), own])
  }

  /** Throws `removed-node` for a key that was removed from this lab, or if this node itself was: removals are for ever. */
  assertWelcome(nodeId: string): void {
    const removed = [nodeId, this.#selfId].find((id) => this.removalOf(id))
    if (!removed) return
    throw new MicrotomeError({
      code: 'removed-node',
      class: 'input',
      message: `Node ${removed.slice(0, 7)} was removed from this lab and can't come back under its old key.`,
      hint: 'Restart Microtome on the removed computer; it then gets a new key and can be added again.'
    })
  }

  /** Takes a node out for ever, and vouches for those that only it had vouched for. Throws `unknown-node`. */
  remove(nodeId: string): RosterEntry[] {
    const { identity, name } = this.#options
    const target = nodeId === identity.nodeId ? { nodeId, publicKey: identity.publicKey, name } : this.member(nodeId)
    if (!target) throw unknownNode(nodeId)
    const before = this.members()
    const news = this.#apply([this.#sign('remove', target)])
    for (const member of before) if (this.#isOrphan(member)) news.push(...this.#apply([this.#sign('add', member)]))
    return news
  }

  #isOrphan({ nodeId }: Member): boolean {
    return !this.isMember(nodeId) && !this.removalOf(nodeId) && !this.removalOf(this.#selfId)
  }

  /** Checking a signature costs 0.1 ms, and most of what comes is known. */
  #authenticNews(entries: RosterEntry[]): RosterEntry[] {
    const isKnown = (entry: RosterEntry) => this.#entries.get(statementOf(entry))?.signature === entry.signature
    return entries.filter((entry) => !isKnown(entry) && isAuthentic(entry))
  }

  #sign(type: RosterEntry['type'], { nodeId, publicKey, name }: Member): RosterEntry {
    const { identity, clock } = this.#options
    const earlier = this.#entries.get(statementOf({ type, nodeId, byNodeId: identity.nodeId }))
    const atMs = Math.max(clock.wallMs(), earlier ? earlier.atMs + 1 : 0) // wall clocks jump back; the new word still wins
    return signEntry(identity, { type, nodeId, publicKey, name, atMs })
  }

  #apply(entries: RosterEntry[]): RosterEntry[] {
    const { merged, news } = mergeEntries(this.#entries, entries)
    if (news.length === 0) return []
    if (merged.size > MAX_ENTRIES) throw rosterFull(merged.size)
    writeRoster(this.#options.dataDir, merged.values())
    this.#entries = merged
    this.#membership = resolveMembership(this.#selfId, merged.values())
    return news
  }
}

function unknownNode(nodeId: string): MicrotomeError {
  return new MicrotomeError({
    code: 'unknown-node',
    class: 'input',
    message: `No node ${nodeId} belongs to this lab.`,
    hint: 'List the nodes to see their ids.'
  })
}

function rosterFull(size: number): MicrotomeError {
  return new MicrotomeError({
    code: 'roster-full',
    class: 'node',
    message: `The lab's roster would hold ${size} entries; ${MAX_ENTRIES} is the most.`,
    hint: 'Start a second lab, or begin this one anew by deleting roster.json everywhere and pairing again.'
  })
}
