import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP relay on loopback that can cut, stall and refuse, as a bad network does. */
export class Relay {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #stalled = false
  #cutAfterBytes = Number.POSITIVE_INFINITY
  #toPort: number
  carriedBytes = 0

  constructor(toPort: number) {
    this.#toPort = toPort
    this.#server = createServer((socket) => this.#join(socket))
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return (this.#server.address() as AddressInfo).port
  }

  /** Cuts every connection once so many more bytes went through; once. */
  cutAfter(bytes: number): void {
    this.#cutAfterBytes = this.carriedBytes + bytes
  }

  /** Cuts every connection now. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Lets nothing through until `stall(false)`; connections made meanwhile hang too. */
  stall(on: boolean): void {
    this.#stalled = on
    for (const socket of this.#sockets) on ? socket.pause() : socket.resume()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(near: Socket): void {
    const far = connect(this.#toPort, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near]
    ] as const) {
      this.#sockets.add(from)
      from.on('data', (chunk) => this.#carry(chunk, from, to))
      from.on('error', () => to.destroy())
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
      if (this.#stalled) from.pause()
    }
  }

  #carry(chunk: Buffer, from: Socket, to: Socket): void {
    this.carriedBytes += chunk.length
    if (this.carriedBytes >= this.#cutAfterBytes) {
      this.#cutAfterBytes = Number.POSITIVE_INFINITY
      this.cut()
      return
    }
    if (!to.write(chunk)) {
      from.pause()
      to.once('drain', () => this.#stalled || from.resume())
    }
  }
}
