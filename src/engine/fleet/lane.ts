import type { RPCHandler } from '@orpc/server/ws'
import { WebSocket } from 'ws'
import { z } from 'zod'

const id = z.string().max(64)

/**
 * What oRPC 1.16 sends for plain calls. Its headers, streams and files, which our peer contract has none of, stop here:
 * oRPC's own parser throws outside of any promise that could be caught for some of them.
 */
const callMessage = z.union([
  z.object({ i: id, t: z.literal(4) }),
  z.object({
    i: id,
    p: z.object({ u: z.string().startsWith('/').max(256), b: z.unknown(), m: z.literal('POST').optional() })
  })
])
const answerMessage = z.object({
  i: id,
  p: z.object({ s: z.number().int().min(100).max(599).optional(), b: z.unknown() })
})

type Listener = (event: { data: string }) => void
type LaneSocket = Parameters<RPCHandler<Record<never, never>>['upgrade']>[0]

/**
 * One direction of calls on a WebSocket that carries both: looks like a socket of its own to oRPC. The first character
 * of a message tells the lane: `>` a call, `<` an answer.
 */
class Lane {
  readonly #socket: WebSocket
  readonly #prefix: string
  readonly #listeners = { message: new Set<Listener>(), close: new Set<Listener>(), open: new Set<Listener>() }

  constructor(socket: WebSocket, prefix: string) {
    this.#socket = socket
    this.#prefix = prefix
    socket.once('close', () => this.emit('close', ''))
  }

  get readyState(): number {
    return this.#socket.readyState
  }

  /** What is said to a socket that has gone is lost; the caller learns it from `close`. */
  send(message: unknown): void {
    if (typeof message !== 'string') throw new TypeError('a peer message is text')
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(this.#prefix + message)
  }

  addEventListener(type: keyof Lane['listeners'], listener: Listener): void {
    this.listeners[type].add(listener)
  }

  removeEventListener(type: keyof Lane['listeners'], listener: Listener): void {
    this.listeners[type].delete(listener)
  }

  get listeners() {
    return this.#listeners
  }

  emit(type: keyof Lane['listeners'], data: string): void {
    for (const listener of this.#listeners[type]) listener({ data })
  }
}

/** A lane as oRPC's two ends declare their sockets (DOM and ws types, of which they use four members). */
function asSocket(lane: Lane): LaneSocket & WebSocketLike {
  return lane as unknown as LaneSocket & WebSocketLike
}
type WebSocketLike = ConstructorParameters<typeof import('@orpc/client/websocket').RPCLink>[0]['websocket']

/** Both lanes of a socket. `onBroken` is called for the first message that is none; the socket should go then. */
export function splitIntoLanes(socket: WebSocket, onBroken: (reason: string) => void) {
  const [calling, serving] = [new Lane(socket, '>'), new Lane(socket, '<')]
  socket.on('message', (data, isBinary) => {
    try {
      if (isBinary) throw new Error('a binary message')
      deliver(data.toString(), calling, serving)
    } catch (error) {
      onBroken(error instanceof Error ? error.message : String(error))
    }
  })
  return { calling: asSocket(calling), serving: asSocket(serving) }
}

function deliver(text: string, calling: Lane, serving: Lane): void {
  const message: unknown = JSON.parse(text.slice(1))
  if (text[0] === '>') serving.emit('message', JSON.stringify(callMessage.parse(message)))
  else if (text[0] === '<') calling.emit('message', JSON.stringify(answerMessage.parse(message)))
  else throw new Error('a message of neither lane')
}
