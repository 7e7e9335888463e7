import type { Server } from 'node:http'
import { createServer as createTcpServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls'
import type { Clock } from '../clock.ts'
import type { Identity } from '../identity/index.ts'
import { ConnectionBudget } from './connection-budget.ts'
import { createMembersServer, createStrangersServer, type DoorPolicy } from './door-http.ts'
import { cannotListen } from './fleet-errors.ts'
import type { FleetLog } from './fleet-log.ts'
import { type PeerKey, peerKeyOf } from './peer-key.ts'
import { tlsSettings } from './tls-settings.ts'

const HANDSHAKE_TIMEOUT_MS = 5_000
/** From the handshake to the end of pairing. */
const STRANGER_MS = 30_000
const MAX_CONNECTIONS = 4096

export interface PeerDoorOptions extends DoorPolicy {
  identity: Identity
  host: string
  /** 0 picks a free port. */
  port: number
  clock: Clock
  log: FleetLog
}

/**
 * The one port that other machines reach: TCP -> budget -> TLS 1.3 -> key -> HTTP. The key is compared with the roster
 * before HTTP sees a byte. A stranger gets no HTTP at all, but for pairing while a code is shown, and a removed node
 * but for the entry that removed it.
 */
export class PeerDoor {
  readonly #options: PeerDoorOptions
  readonly #budget: ConnectionBudget
  readonly #tcp = createTcpServer({ noDelay: true }, (socket) => this.#onTcp(socket))
  readonly #tls: TlsServer
  readonly #members: Server
  readonly #strangers: Server
  readonly #keys = new WeakMap<Duplex, PeerKey>()
  /** Open connections by both ends, with what gives their place in the budget back. */
  readonly #open = new Map<string, { socket: Socket; leave: (wasMember: boolean) => void }>()
  readonly #byteConnections = new Map<string, Set<TLSSocket>>()

  private constructor(options: PeerDoorOptions) {
    this.#options = options
    this.#budget = new ConnectionBudget(options.clock)
    this.#tcp.maxConnections = MAX_CONNECTIONS
    this.#tls = createTlsServer({
      ...tlsSettings(options.identity),
      requestCert: true,
      rejectUnauthorized: false, // nobody signed these certificates; the key is compared in #onSecure
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS
    })
    this.#tls.on('secureConnection', (socket) => this.#onSecure(socket))
    this.#tls.on('tlsClientError', (error, socket) => {
      options.log.debug({ error: error.message }, 'handshake failed')
      socket.destroy()
    })
    this.#members = createMembersServer(options, (connection) => this.#keys.get(connection))
    this.#members.on('upgrade', (_, socket) => this.#forgetBytes(socket))
    this.#strangers = createStrangersServer(options, (connection) => this.#keys.get(connection))
  }

  /** Throws `port-in-use`, `cannot-listen`. */
  static async listen(options: PeerDoorOptions): Promise<PeerDoor> {
    const door = new PeerDoor(options)
    const { port, host } = options
    await new Promise<void>((resolve, reject) => {
      door.#tcp.once('error', (cause) => reject(cannotListen(host, port, cause)))
      door.#tcp.listen({ port, host }, resolve)
    })
    door.#tcp.on('error', (error) => options.log.warn({ error: error.message }, 'peer door failed'))
    return door
  }

  get port(): number {
    const address = this.#tcp.address()
    return address && typeof address === 'object' ? address.port : 0
  }

  /** Ends the connections for bytes of a node; its WebSocket is its link's. */
  cutBytes(nodeId: string): void {
    for (const socket of this.#byteConnections.get(nodeId) ?? []) socket.destroy()
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#tcp.close(() => resolve()))
    for (const { socket } of this.#open.values()) socket.destroy()
    await closed
  }

  #onTcp(socket: Socket): void {
    const leave = this.#budget.enter(socket.remoteAddress ?? '')
    const ends = endsOf(socket)
    if (!leave) {
      socket.destroy()
      return
    }
    this.#open.set(ends, { socket, leave })
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      this.#open.delete(ends)
      leave(false)
    })
    this.#tls.emit('connection', socket)
  }

  #onSecure(socket: TLSSocket): void {
    socket.on('error', () => socket.destroy())
    const key = peerKeyOf(socket)
    if (!key) socket.destroy()
    else if (this.#options.isMember(key.nodeId)) this.#admitMember(socket, key)
    else this.#admitStranger(socket, key)
  }

  #admitMember(socket: TLSSocket, key: PeerKey): void {
    this.#open.get(endsOf(socket))?.leave(true)
    this.#keys.set(socket, key)
    const connections = this.#byteConnections.get(key.nodeId) ?? new Set()
    this.#byteConnections.set(key.nodeId, connections.add(socket))
    socket.once('close', () => this.#forgetBytes(socket))
    this.#members.emit('connection', socket)
  }

  #admitStranger(socket: TLSSocket, key: PeerKey): void {
    const { clock, isPairingOpen, removalOf } = this.#options
    if (!isPairingOpen() && !removalOf(key.nodeId)) {
      socket.destroy()
      return
    }
    this.#keys.set(socket, key)
    const deadline = clock.after(STRANGER_MS, () => socket.destroy())
    socket.once('close', deadline.cancel)
    this.#strangers.emit('connection', socket)
  }

  #forgetBytes(socket: Duplex): void {
    const nodeId = this.#keys.get(socket)?.nodeId
    if (nodeId === undefined) return
    const connections = this.#byteConnections.get(nodeId)
    for (const connection of connections ?? []) if (connection === socket) connections?.delete(connection)
    if (connections?.size === 0) this.#byteConnections.delete(nodeId)
  }
}

/** Names a connection; its TLS socket has the same ends as its TCP socket. */
function endsOf(socket: Socket): string {
  return `${socket.localAddress} ${socket.remoteAddress} ${socket.remotePort}`
}
