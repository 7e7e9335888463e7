import type { MemberAddress, RosterEntry } from '../../shared/contract/peer.ts'
import type { NearbyNode } from '../../shared/domain/nodes.ts'
import type { Clock } from '../clock.ts'
import type { Identity } from '../identity/index.ts'
import { formatAddress, parseAddress } from './address.ts'
import { type AddressSource, Dialler, type DialOutcome } from './dialler.ts'
import { doorPath } from './door-http.ts'
import type { FleetLog } from './fleet-log.ts'
import type { KnownNodes } from './known-nodes.ts'
import { type OpenedSocket, openSocket } from './open-socket.ts'
import type { PeerKey } from './peer-key.ts'
import type { Roster } from './roster/index.ts'

export interface MemberFinderOptions {
  identity: Identity
  clock: Clock
  random: () => number
  log: FleetLog
  roster: Pick<Roster, 'isMember' | 'members'>
  known: Pick<KnownNodes, 'all'>
  isLinked: (nodeId: string) => boolean
  /** A member without a link answered. */
  onOpened: (opened: Extract<OpenedSocket, { type: 'open' }>, address: string) => void
  /** A node answered that it removed this one. */
  onRemoval: (removal: RosterEntry, fromNodeId: string) => void
  /** It is known now who is at an address: `isStranger` may answer otherwise. */
  onIdentified: () => void
}

/** Looks for members without a link at every address that may be theirs: remembered, configured, found by mDNS. */
export class MemberFinder {
  readonly #options: MemberFinderOptions
  readonly #dialler: Dialler
  readonly #closing = new AbortController()

  constructor(options: MemberFinderOptions) {
    const { clock, random, known, roster, onIdentified } = options
    this.#options = options
    this.#dialler = new Dialler({
      clock,
      random,
      onIdentified,
      dial: (address) => this.#dial(address),
      isWanted: (nodeId) => this.#isWanted(nodeId)
    })
    for (const [nodeId, { addresses }] of known.all())
      if (roster.isMember(nodeId)) for (const address of addresses) this.#dialler.add(address, 'known', nodeId)
  }

  /** The addresses of the settings; those that are none are logged. */
  setPeers(peers: string[]): void {
    this.#replace(
      'setting',
      peers.flatMap((peer) => this.#readPeer(peer))
    )
  }

  setHints(nearby: NearbyNode[]): void {
    this.#replace(
      'hint',
      nearby.map(({ host, port }) => formatAddress(host, port))
    )
  }

  /** Where another member says that members are: without mDNS nobody else tells those who share only a third. */
  setTold(addresses: MemberAddress[]): void {
    const { identity, roster, isLinked } = this.#options
    for (const { nodeId, address } of addresses) {
      if (nodeId === identity.nodeId || !roster.isMember(nodeId) || isLinked(nodeId)) continue
      for (const parsed of this.#readPeer(address)) this.#dialler.add(parsed, 'known', nodeId)
    }
  }

  /** A member is at this address, or was a moment ago. */
  reached(nodeId: string, address: string): void {
    this.#dialler.add(address, 'known', nodeId)
  }

  /** Looks again who is wanted; `atOnce` forgets earlier failures. */
  wake(atOnce: boolean): void {
    this.#dialler.wake(atOnce)
  }

  /** Whether what was found is neither known to be of the lab nor this node. */
  isStranger({ host, port }: NearbyNode): boolean {
    const nodeId = this.#dialler.nodeAt(formatAddress(host, port))
    const { roster, identity } = this.#options
    return nodeId === undefined || !(roster.isMember(nodeId) || nodeId === identity.nodeId)
  }

  close(): void {
    this.#closing.abort()
    this.#dialler.close()
  }

  #replace(source: AddressSource, addresses: string[]): void {
    for (const address of this.#dialler.addressesFrom(source))
      if (!addresses.includes(address)) this.#dialler.remove(address, source)
    for (const address of addresses) this.#dialler.add(address, source)
  }

  #readPeer(peer: string): string[] {
    try {
      const { host, port } = parseAddress(peer)
      return [formatAddress(host, port)]
    } catch (error) {
      this.#options.log.warn({ error: String(error) }, 'a peer is said to be at what is no address')
      return []
    }
  }

  /** A member that has no link is looked for everywhere; who is linked, nowhere. */
  #isWanted(nodeId: string | undefined): boolean {
    const { roster, isLinked } = this.#options
    const members = roster.members()
    if (nodeId === undefined) return members.length > 0
    if (roster.isMember(nodeId)) return !isLinked(nodeId)
    return members.some((member) => !isLinked(member.nodeId))
  }

  async #dial(address: string): Promise<DialOutcome> {
    const { identity, clock, roster, isLinked, onOpened, onRemoval } = this.#options
    const accept = ({ nodeId }: PeerKey) => {
      if (!roster.isMember(nodeId)) throw new Error('not of the lab')
      if (isLinked(nodeId)) throw new Error('linked already')
    }
    const signal = this.#closing.signal
    const opened = await openSocket({ identity, clock, address, path: doorPath.peer, accept, signal })
    if (opened.type === 'open') {
      onOpened(opened, address)
      return { type: 'member', nodeId: opened.key.nodeId }
    }
    if (!opened.key) return { type: 'failed' }
    const { nodeId } = opened.key
    if (opened.removal) onRemoval(opened.removal, nodeId)
    if (!roster.isMember(nodeId)) return { type: 'stranger', nodeId }
    return isLinked(nodeId) ? { type: 'member', nodeId } : { type: 'failed' }
  }
}
