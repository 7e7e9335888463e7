import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { type WebSocket, WebSocketServer } from 'ws'
import type { RosterEntry } from '../../shared/contract/peer.ts'
import type { PeerKey } from './peer-key.ts'

const IDLE_MS = 120_000
const MAX_HEADER_BYTES = 8 * 1024
/** A slide's result lists up to some 600,000 files. */
const MAX_MEMBER_MESSAGE_BYTES = 64 * 2 ** 20
/** A roster of 5,000 entries. */
const MAX_PAIRING_MESSAGE_BYTES = 4 * 2 ** 20

/** The WebSocket of members, the one of a PC where a code is typed, and the requests for bytes. */
export const doorPath = { peer: '/peer', pairing: '/pairing', blobs: '/blobs/' } as const

/** Who is in, and what happens with them. A key counts at every request: a removal closes what stays open. */
export interface DoorPolicy {
  isMember: (nodeId: string) => boolean
  removalOf: (nodeId: string) => RosterEntry | undefined
  isPairingOpen: () => boolean
  onPeer: (socket: WebSocket, connection: TLSSocket, key: PeerKey) => void
  onPairing: (socket: WebSocket, key: PeerKey) => void
  /** A request of a member for bytes. */
  onHttp: (request: IncomingMessage, response: ServerResponse, nodeId: string) => void
}

type KeyOf = (connection: Duplex) => PeerKey | undefined

/** Serves connections that showed a member's key; never listens itself. */
export function createMembersServer(policy: DoorPolicy, keyOf: KeyOf): Server {
  const [peers, pairings] = [webSockets(MAX_MEMBER_MESSAGE_BYTES), webSockets(MAX_PAIRING_MESSAGE_BYTES)]
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 30_000 })
  server.timeout = IDLE_MS
  server.on('request', (request, response) => {
    const key = keyOf(request.socket)
    if (!key || !policy.isMember(key.nodeId)) request.socket.destroy()
    else if (pathOf(request).startsWith(doorPath.blobs)) policy.onHttp(request, response, key.nodeId)
    else response.writeHead(404).end()
  })
  server.on('upgrade', (request, socket, head) => {
    const key = keyOf(socket)
    if (!key || !policy.isMember(key.nodeId) || !(socket instanceof TLSSocket)) socket.destroy()
    else if (pathOf(request) === doorPath.peer)
      peers.handleUpgrade(request, socket, head, (webSocket) => policy.onPeer(webSocket, socket, key))
    else if (pathOf(request) === doorPath.pairing && policy.isPairingOpen())
      pairings.handleUpgrade(request, socket, head, (webSocket) => policy.onPairing(webSocket, key))
    else socket.destroy()
  })
  return server
}

/** Serves strangers: pairing while a code is shown, and a removed node the entry that removed it. */
export function createStrangersServer(policy: DoorPolicy, keyOf: KeyOf): Server {
  const pairings = webSockets(MAX_PAIRING_MESSAGE_BYTES)
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAlive: false })
  server.on('request', (request) => request.socket.destroy())
  server.on('upgrade', (request, socket, head) => {
    const key = keyOf(socket)
    const removal = key && policy.removalOf(key.nodeId)
    if (removal) socket.end(removalResponse(removal))
    else if (key && pathOf(request) === doorPath.pairing && policy.isPairingOpen())
      pairings.handleUpgrade(request, socket, head, (webSocket) => policy.onPairing(webSocket, key))
    else socket.destroy()
  })
  return server
}

function webSockets(maxPayload: number): WebSocketServer {
  return new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload })
}

function pathOf(request: IncomingMessage): string {
  return request.url?.split('?', 1)[0] ?? ''
}

function removalResponse(removal: RosterEntry): string {
  const body = JSON.stringify({ removal })
  const head = ['HTTP/1.1 403 Forbidden', 'content-type: application/json', 'connection: close']
  return `${head.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}
