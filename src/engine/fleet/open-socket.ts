import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { type RosterEntry, rosterEntry } from '../../shared/contract/peer.ts'
import type { Clock } from '../clock.ts'
import type { Identity } from '../identity/index.ts'
import { formatAddress, parseAddress } from './address.ts'
import type { PeerKey } from './peer-key.ts'
import { PinnedAgent } from './pinned-agent.ts'

const ANSWER_TIMEOUT_MS = 5_000
const MAX_MESSAGE_BYTES = 64 * 2 ** 20
const MAX_REFUSAL_BYTES = 16 * 1024
const refusal = z.object({ removal: rosterEntry })

export interface OpenSocketOptions {
  identity: Identity
  clock: Clock
  address: string
  path: string
  /** Sees the key before anything is sent; throwing refuses the connection. */
  accept: (key: PeerKey) => void
  /** Gives up. */
  signal?: AbortSignal
}

export type OpenedSocket =
  | { type: 'open'; socket: WebSocket; connection: TLSSocket; key: PeerKey; agent: PinnedAgent }
  /** `key` where the handshake was made, `removal` where the other side says that it removed this node. */
  | { type: 'refused'; reason: Error; key?: PeerKey; removal?: RosterEntry }

/** Dials a node's door and opens a WebSocket there. Never rejects; throws `bad-address` at once. */
export function openSocket(options: OpenSocketOptions): Promise<OpenedSocket> {
  const { host, port } = parseAddress(options.address)
  const seen: { key?: PeerKey; connection?: TLSSocket } = {}
  const agent = new PinnedAgent({
    identity: options.identity,
    clock: options.clock,
    accept: (key, connection) => {
      if (seen.key) return assertSame(seen.key, key)
      Object.assign(seen, { key, connection })
      options.accept(key)
    }
  })
  const socket = new WebSocket(`ws://${formatAddress(host, port)}${options.path}`, {
    agent,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handshakeTimeout: ANSWER_TIMEOUT_MS
  })
  return settle(socket, agent, seen, options.signal)
}

/** The agent goes on making connections for bytes, all to the node that the first one reached. */
function assertSame(first: PeerKey, key: PeerKey): void {
  if (first.publicKey !== key.publicKey) throw new Error('another node answers at this address now')
}

async function settle(
  socket: WebSocket,
  agent: PinnedAgent,
  seen: { key?: PeerKey; connection?: TLSSocket },
  signal: AbortSignal | undefined
): Promise<OpenedSocket> {
  const giveUp = () => agent.destroy()
  signal?.addEventListener('abort', giveUp)
  const answer = await answerTo(socket)
  signal?.removeEventListener('abort', giveUp)
  const { key, connection } = seen
  if (answer.type === 'open' && key && connection) return { type: 'open', socket, connection, key, agent }
  agent.destroy()
  const refused =
    answer.type === 'refused' ? answer : { type: 'refused' as const, reason: new Error('no key was seen') }
  return key ? { ...refused, key } : refused
}

type Answer = { type: 'open' } | { type: 'refused'; reason: Error; removal?: RosterEntry }

function answerTo(socket: WebSocket): Promise<Answer> {
  return new Promise((resolve) => {
    const refuse = (reason: Error) => resolve({ type: 'refused', reason })
    socket.once('open', () => resolve({ type: 'open' }))
    socket.on('error', refuse)
    socket.once('unexpected-response', (_, response) => {
      const reason = new Error(`the other side answered ${response.statusCode}`)
      readRefusal(response).then((removal) => resolve({ type: 'refused', reason, removal }), refuse)
    })
  })
}

async function readRefusal(response: IncomingMessage): Promise<RosterEntry> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_REFUSAL_BYTES) throw new Error(`refused with ${response.statusCode} and too long a text`)
    chunks.push(chunk)
  }
  return refusal.parse(JSON.parse(Buffer.concat(chunks).toString())).removal
}
