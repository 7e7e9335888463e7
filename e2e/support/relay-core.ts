import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { AtEnd } from './node-process-core.ts'

/** A TCP relay in front of a node that can hold bytes back, delay them, or cut every connection. */
export class Relay {
  readonly #server: Server
  readonly #pairs = new Set<[Socket, Socket]>()
  #delayMs = 0
  #stalled = false
  #refusing = false
  /** Bytes that still pass towards the node before everything is cut. */
  #passing = Number.POSITIVE_INFINITY
  /** Called with the next connection, of which nothing passes. */
  #holdNext: ((socket: Socket) => void) | undefined
  readonly #held = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
  }

  static async to(targetPort: number, atEnd: AtEnd, targetHost = '127.0.0.1'): Promise<Relay> {
    const server = createServer({ allowHalfOpen: false })
    const relay = new Relay(server)
    server.on('connection', (socket) => relay.#accept(socket, targetPort, targetHost))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    atEnd(() => relay.close())
    return relay
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  set delayMs(value: number) {
    this.#delayMs = value
  }

  /** Nothing passes, connections stay open: what a dead link looks like. */
  stall(): void {
    this.#stalled = true
    for (const pair of this.#pairs) for (const socket of pair) socket.pause()
  }

  resume(): void {
    this.#stalled = false
    for (const pair of this.#pairs) for (const socket of pair) socket.resume()
  }

  /** Cuts every connection; with `refuse`, new ones too until `accept`. */
  cut(refuse = false): void {
    this.#refusing = refuse
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy()
  }

  /** Holds the next connection, of which nothing passes, and cuts all others: the link goes while it is being made. */
  async cutAroundNext(): Promise<void> {
    this.#held.add(await new Promise((resolve) => (this.#holdNext = resolve)))
    this.cut()
  }

  /** Lets about `bytes` more through to the node, then cuts every connection and refuses new ones until `accept`. */
  cutAfter(bytes: number): void {
    this.#passing = bytes
  }

  accept(): void {
    this.#refusing = false
    this.#passing = Number.POSITIVE_INFINITY
  }

  async close(): Promise<void> {
    this.cut(true)
    for (const socket of this.#held) socket.destroy()
    this.#server.close()
  }

  #accept(from: Socket, targetPort: number, targetHost: string): void {
    if (this.#refusing) return void from.resetAndDestroy()
    if (this.#holdNext) {
      this.#holdNext(from.on('error', () => from.destroy()))
      this.#holdNext = undefined
      return
    }
    const to = connect(targetPort, targetHost)
    const pair: [Socket, Socket] = [from, to]
    this.#pairs.add(pair)
    from.on('data', (chunk) => this.#count(chunk.length))
    this.#pipe(from, to)
    this.#pipe(to, from)
    for (const socket of pair) {
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        this.#pairs.delete(pair)
        for (const other of pair) other.destroy()
      })
      if (this.#stalled) socket.pause()
    }
  }

  #count(bytes: number): void {
    this.#passing -= bytes
    if (this.#passing < 0) this.cut(true)
  }

  #pipe(from: Socket, to: Socket): void {
    from.on('data', (chunk) => {
      const pass = () => {
        if (!to.destroyed && !to.write(chunk)) {
          from.pause()
          to.once('drain', () => !this.#stalled && from.resume())
        }
      }
      if (this.#delayMs > 0) setTimeout(pass, this.#delayMs)
      else pass()
    })
  }
}
