import { EventEmitter } from 'node:events'
import type { TLSSocket } from 'node:tls'
import { RPCHandler } from '@orpc/server/ws'
import type { WebSocket } from 'ws'
import type { PairingEvent } from '../../shared/contract/local.ts'
import { type Hello, type MemberAddress, protocolVersion, type RosterEntry } from '../../shared/contract/peer.ts'
import type { NearbyNode } from '../../shared/domain/nodes.ts'
import { PairingDesk } from '../pairing/index.ts'
import { formatAddress, parseAddress } from './address.ts'
import type { DiscoveryPort } from './discovery-port.ts'
import { short } from './fleet-log.ts'
import type { FleetEvents, FleetMember, FleetOptions } from './fleet-options.ts'
import { joinLab } from './join-lab.ts'
import { KnownNodes } from './known-nodes.ts'
import { Lab } from './lab.ts'
import { Link } from './link.ts'
import { LinkTable } from './link-table.ts'
import { MemberFinder } from './member-finder.ts'
import { servePairing } from './pairing-rpc.ts'
import { PeerDoor } from './peer-door.ts'
import type { PeerKey } from './peer-key.ts'
import type { PeerLink } from './peer-link.ts'
import { createPeerRouter, type ServedLink } from './peer-router.ts'
import type { PinnedAgent } from './pinned-agent.ts'
import { Roster } from './roster/index.ts'

/** A link that lived shorter is dialled again with growing pauses, like one that never came up. */
const STABLE_MS = 2_000

/** This node among the others: the door, the links, the roster, pairing. */
export class Fleet extends EventEmitter<FleetEvents> {
  readonly #options: FleetOptions
  readonly #roster: Roster
  readonly #door: PeerDoor
  readonly #known: KnownNodes
  readonly #links: LinkTable
  readonly #lab: Lab
  readonly #desk: PairingDesk
  readonly #finder: MemberFinder
  readonly #handler: RPCHandler<{ link: ServedLink }>
  #name: string
  #removal: RosterEntry | undefined
  #discovery: DiscoveryPort

  private constructor(options: FleetOptions, roster: Roster, door: PeerDoor) {
    super()
    const { identity, clock, log, handlers, random = Math.random } = options
    this.#options = options
    this.#name = options.name
    this.#roster = roster
    this.#door = door
    this.#known = new KnownNodes(options.dataDir, clock, log)
    this.#links = new LinkTable({
      selfId: identity.nodeId,
      log,
      onLive: (link) => this.#onLive(link),
      onLost: (link) => this.#onLost(link),
      onFailed: () => this.#finder.wake(false)
    })
    this.#lab = new Lab({
      roster,
      links: this.#links,
      clock,
      log,
      cutBytes: (nodeId) => door.cutBytes(nodeId),
      addresses: () => this.#addresses(),
      onAddresses: (addresses) => this.#finder.setTold(addresses),
      onChanged: () => this.#onRosterChanged()
    })
    this.#desk = new PairingDesk({ own: identity, book: this.#lab, clock, name: () => this.#name })
    this.#handler = new RPCHandler(
      createPeerRouter(handlers, ({ entries, addresses }, link) => {
        this.#lab.learn(entries, link.nodeId)
        this.#finder.setTold(addresses)
        return { entries: this.#lab.entries(), addresses: this.#addresses() }
      })
    )
    this.#finder = new MemberFinder({
      identity,
      clock,
      random,
      log,
      roster,
      known: this.#known,
      isLinked: (nodeId) => this.#links.has(nodeId),
      onOpened: ({ socket, connection, key, agent }, address) =>
        this.#adopt(socket, connection, key, { address, agent }),
      onRemoval: (removal, fromNodeId) => this.#onToldOfRemoval(removal, fromNodeId),
      onIdentified: () => this.#onNearby()
    })
    this.#discovery = this.#discover(options.settings.interface)
    this.#removal = roster.removalOf(identity.nodeId)
    this.#finder.setPeers(options.settings.peers)
  }

  /** Opens the door and begins to dial. Throws `port-in-use`, `cannot-listen`, `damaged-roster`. */
  static async start(options: FleetOptions): Promise<Fleet> {
    const { dataDir, identity, name, clock, log, settings, onHttp } = options
    const roster = new Roster({ dataDir, identity, name, clock })
    const door = await PeerDoor.listen({
      identity,
      host: settings.host,
      port: settings.port,
      clock,
      log,
      isMember: (nodeId) => roster.isMember(nodeId),
      removalOf: (nodeId) => roster.removalOf(nodeId),
      isPairingOpen: () => fleet.#desk.isOpen,
      onPeer: (socket, connection, key) => fleet.#adopt(socket, connection, key),
      onPairing: (socket, key) => servePairing(socket, fleet.#desk.session(key)),
      onHttp
    })
    const fleet = new Fleet(options, roster, door)
    return fleet
  }

  /** Of the peer door. */
  get port(): number {
    return this.#door.port
  }

  /** The entry that removed this node from its lab, for people to see. */
  get removal(): RosterEntry | undefined {
    return this.#removal
  }

  /** Of the announcement that strangers find; undefined where nothing is announced. */
  get instance(): string | undefined {
    return this.#discovery.instance
  }

  /** One per connected member. */
  links(): PeerLink[] {
    return this.#links.live()
  }

  /** All of the lab but this node, connected or not. */
  members(): FleetMember[] {
    const links = new Map(this.links().map((link) => [link.nodeId, link]))
    return this.#roster.members().map(({ nodeId, name }) => {
      const link = links.get(nodeId)
      const known = this.#known.get(nodeId)
      const address = link?.address ?? known?.addresses[0]
      return {
        nodeId,
        name,
        ...(link && { link }),
        ...(address !== undefined && { address }),
        ...(known && { lastSeenAtMs: known.lastSeenAtMs })
      }
    })
  }

  /** Instances that mDNS found and that are not known to be of the lab. */
  nearby(): NearbyNode[] {
    return this.#discovery.nearby().filter((found) => this.#finder.isStranger(found))
  }

  /** Removes a node (or this one) for ever and cuts it off at once; resolves when the others were told, after 1 s at most. Throws `unknown-node`. */
  async remove(nodeId: string): Promise<void> {
    await this.#lab.remove(nodeId)
    this.#known.forget(nodeId)
  }

  /** Shows a code; leaving the stream takes it away. Throws `pairing-paused`, `removed-node`. */
  openPairing(): AsyncIterableIterator<PairingEvent> {
    return this.#desk.open()
  }

  /** Types the code that the PC at `address` shows. Throws `wrong-code`, `pairing-closed`, `unreachable`, `removed-node`, `bad-address`, `own-address`. */
  async joinPeer(address: string, code: string): Promise<{ nodeId: string; name: string }> {
    const { identity, clock } = this.#options
    const joined = await joinLab({ identity, clock, book: this.#lab, address, code })
    const { host, port } = parseAddress(address)
    this.#finder.reached(joined.nodeId, formatAddress(host, port))
    this.#finder.wake(true)
    return joined
  }

  /** The addresses of the settings; those that are none are logged. */
  setPeers(peers: string[]): void {
    this.#finder.setPeers(peers)
  }

  /** Another name from the settings; the lab learns it. */
  setName(name: string): void {
    this.#name = name
    this.#lab.rename(name)
  }

  /** Another interface to look on: a name, `all` or `none`. */
  async setInterface(name: string): Promise<void> {
    await this.#discovery.close()
    this.#discovery = this.#discover(name)
    this.#onNearby()
  }

  /** Closes every connection and the door; nothing is left open. */
  async close(): Promise<void> {
    this.#finder.close()
    this.#desk.close()
    await Promise.all([this.#links.close(), this.#discovery.close()])
    await this.#door.close()
    this.#known.flush()
  }

  #hello(): Hello {
    const { identity, version, protocol = protocolVersion } = this.#options
    return { protocol, nodeId: identity.nodeId, name: this.#name, version, port: this.#door.port }
  }

  #adopt(
    socket: WebSocket,
    connection: TLSSocket,
    key: PeerKey,
    dialled?: { address: string; agent: PinnedAgent }
  ): void {
    const { clock, log } = this.#options
    const hello = () => this.#hello()
    const member = (nodeId: string) => this.#roster.member(nodeId)
    this.#links.adopt(new Link({ socket, connection, key, dialled, clock, log, hello, member, handler: this.#handler }))
  }

  #addresses(): MemberAddress[] {
    return this.links().map(({ nodeId, address }) => ({ nodeId, address }))
  }

  #onLive(link: Link): void {
    const { log } = this.#options
    log.info({ node: short(link.nodeId), dialled: link.dialled, compatible: link.compatible }, 'node connected')
    this.#known.seen(link.nodeId, link.address)
    this.#finder.reached(link.nodeId, link.address)
    this.emit('link', link)
    if (link.dialled) void this.#lab.exchange(link)
  }

  #onLost(link: Link): void {
    this.#options.log.info({ node: short(link.nodeId) }, 'node disconnected')
    if (this.#roster.isMember(link.nodeId)) this.#known.seen(link.nodeId)
    this.emit('link-lost', link)
    this.#finder.wake(link.ageMs >= STABLE_MS)
  }

  #onRosterChanged(): void {
    const removal = this.#roster.removalOf(this.#options.identity.nodeId)
    if (removal) this.#onRemoved(removal)
    this.emit('roster-changed')
    this.#onNearby()
    this.#finder.wake(true)
  }

  /** A member closed its door to this node and says why; it may know of a remover that this node never met. */
  #onToldOfRemoval(removal: RosterEntry, fromNodeId: string): void {
    if (removal.nodeId !== this.#options.identity.nodeId || !this.#roster.isMember(fromNodeId)) return
    this.#onRemoved(removal)
    this.#lab.learn([removal], fromNodeId)
    const { nodeId } = this.#options.identity
    // Who removed it may be a stranger here, so its word alone would not count after a restart; the own word does.
    if (!this.#roster.removalOf(nodeId)) void this.#lab.remove(nodeId)
  }

  #onRemoved(removal: RosterEntry): void {
    if (this.#removal) return
    this.#removal = removal
    this.#options.log.warn({ by: short(removal.byNodeId) }, 'this node was removed from its lab')
    this.emit('removed', removal)
  }

  #discover(name: string): DiscoveryPort {
    return this.#options.discover({ peerPort: this.#door.port, interface: name, onChange: () => this.#onHints() })
  }

  #onHints(): void {
    this.#finder.setHints(this.#discovery.nearby())
    this.#onNearby()
  }

  #onNearby(): void {
    this.emit('nearby', this.nearby())
  }
}
