import { Agent, type ClientRequestArgs } from 'node:http'
import type { Duplex } from 'node:stream'
import { connect, type TLSSocket } from 'node:tls'
import type { Clock } from '../clock.ts'
import type { Identity } from '../identity/index.ts'
import { type PeerKey, peerKeyOf } from './peer-key.ts'
import { tlsSettings } from './tls-settings.ts'

/** TCP and TLS handshake together. */
const CONNECT_TIMEOUT_MS = 5_000
const MAX_SOCKETS = 32

export interface PinnedAgentOptions {
  identity: Identity
  clock: Clock
  /** Sees the other end's key before a byte of ours is sent; throwing refuses the connection. */
  accept: (key: PeerKey, connection: TLSSocket) => void
}

/**
 * Opens the connections to one peer, for the WebSocket and for bytes. It speaks `http:` to Node's client and makes the
 * TLS itself, since Node's own agent would send the request before anybody could look at the key.
 */
export class PinnedAgent extends Agent {
  readonly #options: PinnedAgentOptions
  readonly #live = new Set<TLSSocket>()
  #destroyed = false

  constructor(options: PinnedAgentOptions) {
    super({ keepAlive: true, maxSockets: MAX_SOCKETS })
    this.#options = options
  }

  override createConnection(
    options: ClientRequestArgs,
    callback: (error: Error | null, stream: Duplex) => void
  ): undefined {
    const socket = connect({
      host: options.host ?? undefined,
      port: Number(options.port),
      ...tlsSettings(this.#options.identity),
      rejectUnauthorized: false, // the pinned key decides, not an authority
      checkServerIdentity: () => undefined
    })
    this.#track(socket)
    const timer = this.#options.clock.after(CONNECT_TIMEOUT_MS, () => socket.destroy(new Error('connect timed out')))
    socket.once('error', (error) => callback(error, socket))
    // Destroyed while it was being made: there is no error then, and a request would wait for ever. Later calls are no matter.
    socket.once('close', () => {
      timer.cancel()
      callback(new Error('the connection was given up'), socket)
    })
    socket.once('secureConnect', () => {
      timer.cancel()
      this.#check(socket)
      if (!socket.destroyed) callback(null, socket)
    })
  }

  /** Ends every connection, also those that are still being made and those that became WebSockets. */
  override destroy(): void {
    this.destroyAllBut(undefined)
  }

  /** The same, except for one that has a last word to say. */
  destroyAllBut(kept: TLSSocket | undefined): void {
    this.#destroyed = true
    super.destroy()
    for (const socket of this.#live) if (socket !== kept) socket.destroy()
  }

  #track(socket: TLSSocket): void {
    if (this.#destroyed) socket.destroy(new Error('the link is closed'))
    this.#live.add(socket)
    socket.once('close', () => this.#live.delete(socket))
  }

  #check(socket: TLSSocket): void {
    try {
      const key = peerKeyOf(socket)
      if (!key) throw new Error('the other end showed no key of ours')
      this.#options.accept(key, socket)
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }
}
