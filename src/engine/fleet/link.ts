import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import type { RPCHandler } from '@orpc/server/ws'
import type { WebSocket } from 'ws'
import type { Hello, PeerContract } from '../../shared/contract/peer.ts'
import { fromRpcError } from '../../shared/contract/rpc-error.ts'
import type { Clock } from '../clock.ts'
import { formatAddress } from './address.ts'
import { cannotDial, incompatible, notAMember } from './fleet-errors.ts'
import { type FleetLog, short } from './fleet-log.ts'
import { KeepAlive } from './keep-alive.ts'
import { splitIntoLanes } from './lane.ts'
import type { PeerKey } from './peer-key.ts'
import type { PeerRequest } from './peer-link.ts'
import type { ServedLink } from './peer-router.ts'
import type { PinnedAgent } from './pinned-agent.ts'
import { pinnedRequest } from './pinned-request.ts'

const HELLO_TIMEOUT_MS = 5_000
const DRAIN_MS = 10_000
const CLOSE_MS = 500

/** Why this side closes a WebSocket; seen in the other's log. */
export const closeCode = { leaving: 1001, broken: 1002, duplicate: 4001, removed: 4003 } as const

export interface LinkOptions {
  socket: WebSocket
  connection: TLSSocket
  key: PeerKey
  /** Set on the side that dialled: where, and with what it can dial again for bytes. */
  dialled?: { address: string; agent: PinnedAgent } | undefined
  clock: Clock
  log: FleetLog
  hello: () => Hello
  /** What the roster knows of a node; undefined once it is out of the lab. */
  member: (nodeId: string) => { name: string } | undefined
  handler: RPCHandler<{ link: ServedLink }>
}

/**
 * One WebSocket to one member, with calls both ways.
 *
 *     greeting --announce--> live --retire--> draining --> closed        (close and a dead socket: from anywhere)
 *
 * Calls that come in while greeting wait for `announce`, so that nobody hears of a link after its first call.
 */
export class Link implements ServedLink {
  readonly client: ContractRouterClient<PeerContract>
  readonly closed: Promise<void>
  readonly #options: LinkOptions
  readonly #keepAlive: KeepAlive
  /** A closed socket forgets it. */
  readonly #remoteHost: string
  readonly #announced = Promise.withResolvers<void>()
  #theirs: Hello | undefined
  #running = 0
  #drainingSinceMs: number | undefined
  #isLive = false
  #announcedAtMs: number | undefined

  constructor(options: LinkOptions) {
    const { socket, connection, clock, log, handler } = options
    this.#options = options
    this.#remoteHost = connection.remoteAddress ?? ''
    this.#announced.promise.catch(() => undefined) // a link may close before anybody waits for it
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    void this.closed.then(() => this.#onClosed())
    socket.on('error', (error) => log.debug({ node: short(this.nodeId), error: error.message }, 'link failed'))
    const lanes = splitIntoLanes(socket, (reason) => {
      log.warn({ node: short(this.nodeId), reason }, 'node sent what is no message')
      this.close(closeCode.broken)
    })
    void handler.upgrade(lanes.serving, { context: { link: this } })
    this.client = createORPCClient(
      new RPCLink({ websocket: lanes.calling, interceptors: [({ next }) => this.#count(() => next()).catch(rethrow)] })
    )
    this.#keepAlive = new KeepAlive(socket, connection, clock, () => this.#closeWhenDrained())
  }

  get nodeId(): string {
    return this.#options.key.nodeId
  }

  get name(): string {
    return this.#options.member(this.nodeId)?.name ?? this.#theirs?.name ?? short(this.nodeId)
  }

  get address(): string {
    const { dialled } = this.#options
    return dialled?.address ?? formatAddress(this.#remoteHost, this.#theirs?.port ?? 0)
  }

  get dialled(): boolean {
    return this.#options.dialled !== undefined
  }

  get compatible(): boolean {
    return this.#theirs?.protocol.major === this.#options.hello().protocol.major
  }

  /** Announced, and not yet on its way out. */
  get isLive(): boolean {
    return this.#isLive
  }

  get wasLive(): boolean {
    return this.#announcedAtMs !== undefined
  }

  /** How long ago it was announced; 0 before. */
  get ageMs(): number {
    return this.#announcedAtMs === undefined ? 0 : this.#options.clock.monotonicMs() - this.#announcedAtMs
  }

  /** Says hello and waits for theirs. Throws if the other side doesn't answer in time or is somebody else. */
  async hello(): Promise<void> {
    const timer = this.#options.clock.after(HELLO_TIMEOUT_MS, () => this.#options.socket.terminate())
    try {
      this.greet(await this.client.hello(this.#options.hello()))
    } finally {
      timer.cancel()
    }
  }

  greet(hello: Hello): Hello {
    if (hello.nodeId !== this.nodeId) {
      this.close(closeCode.broken)
      throw new Error('the hello names another node than the certificate')
    }
    this.#theirs = hello
    return this.#options.hello()
  }

  /** From here on its calls are answered. */
  announce(): void {
    this.#isLive = true
    this.#announcedAtMs = this.#options.clock.monotonicMs()
    this.#announced.resolve()
  }

  async serve<T>(run: () => Promise<T>): Promise<T> {
    await this.#announced.promise
    if (!this.#options.member(this.nodeId)) throw notAMember(this.nodeId)
    if (!this.compatible) throw incompatible(this.nodeId)
    return this.#count(run)
  }

  async request(wanted: PeerRequest): Promise<IncomingMessage> {
    const { dialled } = this.#options
    if (!dialled) throw cannotDial(this.nodeId)
    const response = await this.#count(() => pinnedRequest(dialled.agent, dialled.address, wanted))
    this.#running++
    response.once('close', () => this.#running--)
    return response
  }

  probe(): void {
    this.#keepAlive.probe()
  }

  /** Another link took over: what runs may end here, nothing new should begin. */
  retire(): void {
    this.#isLive = false
    this.#drainingSinceMs ??= this.#options.clock.monotonicMs()
  }

  /** No more bytes, now. The WebSocket stays, for a last word. */
  cutBytes(): void {
    const { dialled, connection } = this.#options
    dialled?.agent.destroyAllBut(connection)
  }

  /** Says why, and ends the socket for good if the other side doesn't. */
  close(code: number): void {
    this.#isLive = false
    const { socket, clock } = this.#options
    socket.close(code)
    const timer = clock.after(CLOSE_MS, () => socket.terminate())
    socket.once('close', timer.cancel)
  }

  terminate(): void {
    this.#options.socket.terminate()
  }

  async #count<T>(run: () => Promise<T>): Promise<T> {
    this.#running++
    try {
      return await run()
    } finally {
      this.#running--
    }
  }

  /** Runs every 2 s: a call that was on its way when the link retired has long arrived. */
  #closeWhenDrained(): void {
    if (this.#drainingSinceMs === undefined) return
    const drainedMs = this.#options.clock.monotonicMs() - this.#drainingSinceMs
    if (this.#running === 0 || drainedMs >= DRAIN_MS) this.close(closeCode.duplicate)
  }

  #onClosed(): void {
    this.#isLive = false
    this.#announced.reject(new Error('the link closed'))
    this.#options.dialled?.agent.destroy()
  }
}

function rethrow(error: unknown): never {
  throw fromRpcError(error)
}
