import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { RPCHandler } from '@orpc/server/ws'
import type { WebSocket } from 'ws'
import type { PairingEvent } from '../../shared/contract/local.ts'
import { type Hello, protocolVersion, type RosterEntry } from '../../shared/contract/peer.ts'
import type { NearbyNode } from '../../shared/domain/nodes.ts'
import type { Settings } from '../../shared/settings.ts'
import type { Clock } from '../clock.ts'
import type { Identity } from '../identity/index.ts'
import { PairingDesk } from '../pairing/index.ts'
import { formatAddress, parseAddress } from './address.ts'
import { Dialler, type DialOutcome } from './dialler.ts'
import type { Discover, DiscoveryPort } from './discovery-port.ts'
import { doorPath } from './door-http.ts'
import { type FleetLog, short } from './fleet-log.ts'
import { joinLab } from './join-lab.ts'
import { KnownNodes } from './known-nodes.ts'
import { Lab } from './lab.ts'
import { Link } from './link.ts'
import { LinkTable } from './link-table.ts'
import { openSocket } from './open-socket.ts'
import { servePairing } from './pairing-rpc.ts'
import { PeerDoor } from './peer-door.ts'
import type { PeerHandlers } from './peer-handlers.ts'
import type { PeerKey } from './peer-key.ts'
import type { PeerLink } from './peer-link.ts'
import { createPeerRouter, type ServedLink } from './peer-router.ts'
import type { PinnedAgent } from './pinned-agent.ts'
import { Roster } from './roster/index.ts'

/** A link that lived shorter is dialled again with growing pauses, like one that never came up. */
const STABLE_MS = 2_000

export interface FleetOptions {
  dataDir: string
  identity: Identity
  name: string
  /** Of the product, for others to show. */
  version: string
  settings: Pick<Settings, 'host' | 'port' | 'peers' | 'interface'>
  clock: Clock
  log: FleetLog
  handlers: PeerHandlers
  /** Requests for `/blobs/...` of members; answers them itself. */
  onHttp: (request: IncomingMessage, response: ServerResponse, nodeId: string) => void
  discover: Discover
  /** 0..1, for jitter. */
  random?: () => number
  protocol?: Hello['protocol']
}

/** A node of the lab other than this one; `link` while it is connected. */
export interface FleetMember {
  nodeId: string
  name: string
  link?: PeerLink
  /** Where it is, or was last reached. */
  address?: string
  lastSeenAtMs?: number
}

export interface FleetEvents {
  /** A link is up; no call of it was answered before. */
  link: [PeerLink]
  /** A link that was announced is of no more use. A new one to the same node may follow at once. */
  'link-lost': [PeerLink]
  'roster-changed': []
  nearby: [NearbyNode[]]
  /** This node was removed from its lab, and is alone now. */
  removed: [RosterEntry]
}

/** This node among the others: the door, the links, the roster, pairing. */
export class Fleet extends EventEmitter<FleetEvents> {
  readonly #options: FleetOptions
  readonly #roster: Roster
  readonly #door: PeerDoor
  readonly #known: KnownNodes
  readonly #links: LinkTable
  readonly #lab: Lab
  readonly #desk: PairingDesk
  readonly #dialler: Dialler
  readonly #handler: RPCHandler<{ link: ServedLink }>
  readonly #closing = new AbortController()
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
      onFailed: () => this.#dialler.wake(false)
    })
    this.#lab = new Lab({
      roster,
      links: this.#links,
      clock,
      log,
      cutBytes: (nodeId) => door.cutBytes(nodeId),
      onChanged: () => this.#onRosterChanged()
    })
    this.#desk = new PairingDesk({ own: identity, book: this.#lab, clock, name: () => this.#name })
    this.#handler = new RPCHandler(
      createPeerRouter(handlers, (entries, link) => {
        this.#lab.learn(entries, link.nodeId)
        return this.#lab.entries()
      })
    )
    this.#dialler = new Dialler({
      clock,
      random,
      dial: (address) => this.#dial(address),
      isWanted: (nodeId) => this.#isWanted(nodeId)
    })
    this.#discovery = this.#discover(options.settings.interface)
    this.#removal = roster.removalOf(identity.nodeId)
    this.#dialKnown()
    this.setPeers(options.settings.peers)
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
    return this.#discovery.nearby().filter(({ host, port }) => {
      const nodeId = this.#dialler.nodeAt(formatAddress(host, port))
      return nodeId === undefined || !(this.#roster.isMember(nodeId) || nodeId === this.#options.identity.nodeId)
    })
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
    this.#dialler.add(formatAddress(host, port), 'known', joined.nodeId)
    this.#dialler.wake(true)
    return joined
  }

  /** The addresses of the settings; those that are none are logged. */
  setPeers(peers: string[]): void {
    const wanted = new Set(peers.flatMap((peer) => this.#readPeer(peer)))
    for (const address of this.#dialler.addressesFrom('setting'))
      if (!wanted.has(address)) this.#dialler.remove(address, 'setting')
    for (const address of wanted) this.#dialler.add(address, 'setting')
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
    this.#closing.abort()
    this.#dialler.close()
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

  async #dial(address: string): Promise<DialOutcome> {
    const { identity, clock } = this.#options
    const accept = ({ nodeId }: PeerKey) => {
      if (!this.#roster.isMember(nodeId)) throw new Error('not of the lab')
      if (this.#links.has(nodeId)) throw new Error('linked already')
    }
    const signal = this.#closing.signal
    const opened = await openSocket({ identity, clock, address, path: doorPath.peer, accept, signal })
    if (opened.type === 'open') {
      this.#adopt(opened.socket, opened.connection, opened.key, { address, agent: opened.agent })
      return { type: 'member', nodeId: opened.key.nodeId }
    }
    if (!opened.key) return { type: 'failed' }
    const { nodeId } = opened.key
    if (opened.removal) this.#onToldOfRemoval(opened.removal, nodeId)
    this.#onNearby()
    if (!this.#roster.isMember(nodeId)) return { type: 'stranger', nodeId }
    return this.#links.has(nodeId) ? { type: 'member', nodeId } : { type: 'failed' }
  }

  /** A member that has no link is looked for everywhere; who is linked, nowhere. */
  #isWanted(nodeId: string | undefined): boolean {
    const members = this.#roster.members()
    if (nodeId === undefined) return members.length > 0
    if (this.#roster.isMember(nodeId)) return !this.#links.has(nodeId)
    return members.some((member) => !this.#links.has(member.nodeId))
  }

  #dialKnown(): void {
    for (const [nodeId, { addresses }] of this.#known.all())
      if (this.#roster.isMember(nodeId)) for (const address of addresses) this.#dialler.add(address, 'known', nodeId)
  }

  #readPeer(peer: string): string[] {
    try {
      const { host, port } = parseAddress(peer)
      return [formatAddress(host, port)]
    } catch (error) {
      this.#options.log.warn({ error: String(error) }, 'a peer in the settings is no address')
      return []
    }
  }

  #onLive(link: Link): void {
    const { log } = this.#options
    log.info({ node: short(link.nodeId), dialled: link.dialled, compatible: link.compatible }, 'node connected')
    this.#known.seen(link.nodeId, link.address)
    this.#dialler.add(link.address, 'known', link.nodeId)
    this.emit('link', link)
    if (link.dialled) void this.#lab.exchange(link)
  }

  #onLost(link: Link): void {
    this.#options.log.info({ node: short(link.nodeId) }, 'node disconnected')
    if (this.#roster.isMember(link.nodeId)) this.#known.seen(link.nodeId)
    this.emit('link-lost', link)
    this.#dialler.wake(link.ageMs >= STABLE_MS)
  }

  #onRosterChanged(): void {
    const removal = this.#roster.removalOf(this.#options.identity.nodeId)
    if (removal && !this.#removal) this.#onRemoved(removal)
    this.emit('roster-changed')
    this.#onNearby()
    this.#dialler.wake(true)
  }

  /** A member closed its door to this node and says why; it may know of a remover that this node never met. */
  #onToldOfRemoval(removal: RosterEntry, fromNodeId: string): void {
    if (removal.nodeId !== this.#options.identity.nodeId || !this.#roster.isMember(fromNodeId)) return
    this.#lab.learn([removal], fromNodeId)
    if (!this.#removal) this.#onRemoved(removal)
  }

  #onRemoved(removal: RosterEntry): void {
    this.#removal = removal
    this.#options.log.warn({ by: short(removal.byNodeId) }, 'this node was removed from its lab')
    this.emit('removed', removal)
  }

  #discover(name: string): DiscoveryPort {
    return this.#options.discover({ peerPort: this.#door.port, interface: name, onChange: () => this.#onHints() })
  }

  #onHints(): void {
    const found = new Set(this.#discovery.nearby().map(({ host, port }) => formatAddress(host, port)))
    for (const address of this.#dialler.addressesFrom('hint'))
      if (!found.has(address)) this.#dialler.remove(address, 'hint')
    for (const address of found) this.#dialler.add(address, 'hint')
    this.#onNearby()
  }

  #onNearby(): void {
    this.emit('nearby', this.nearby())
  }
}
