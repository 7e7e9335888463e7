import { createSocket, type Socket } from 'node:dgram'
import type { EventEmitter } from 'node:events'
import { Bonjour } from 'bonjour-service'
import { protocolVersion } from '../../shared/contract/peer.ts'
import type { Clock, Timer } from '../clock.ts'
import { type Announcement, announcementsOf, SERVICE } from './announcements.ts'
import { guardMessages } from './mdns-socket.ts'

/** After start; then every minute, so that an answer to any of these is heard by all that listen. */
const ASK_AFTER_MS = [0, 1_000, 3_000]
const ASK_EVERY_MS = 60_000
const GOODBYE_MS = 300

export interface MdnsInterfaceOptions {
  /** IPv4 address of the interface. */
  address: string
  /** Random; all that others see of this node beside the port. */
  instance: string
  peerPort: number
  clock: Clock
  onAnnouncement: (announcement: Announcement, host: string) => void
  onTrouble: (reason: string) => void
  /** Not yet bound. */
  socket?: Socket
}

/** What the library's own server object has; it exports no type of it. */
interface MdnsServer {
  mdns: EventEmitter & { query: (name: string, type: string) => void }
}

/**
 * mDNS on one interface: announces this node and listens for the others. After the interface's address changed it is of
 * no more use; close it and make another.
 */
export class MdnsInterface {
  readonly #bonjour: Bonjour
  readonly #timers: Timer[]
  #isClosed = false

  constructor(options: MdnsInterfaceOptions) {
    const { address, clock, onTrouble, socket = createSocket({ type: 'udp4', reuseAddr: true }) } = options
    guardMessages(socket, onTrouble)
    // `interface` without `bind` would receive nothing on Linux; neither is in the library's types.
    const settings: object = { interface: address, bind: '0.0.0.0', socket }
    this.#bonjour = new Bonjour(settings, (error: Error) => onTrouble(error.message))
    const { mdns } = (this.#bonjour as unknown as { server: MdnsServer }).server
    for (const event of ['error', 'warning']) mdns.on(event, (error: Error) => onTrouble(error.message))
    mdns.on('response', (response: unknown, from: { address: string }) => {
      for (const announcement of announcementsOf(response)) options.onAnnouncement(announcement, from.address)
    })
    const ask = () => mdns.query(SERVICE, 'PTR')
    mdns.once('ready', () => this.#publish(options))
    this.#timers = [...ASK_AFTER_MS.map((ms) => clock.after(ms, ask)), clock.every(ASK_EVERY_MS, ask)]
  }

  /** Says goodbye where that still works. */
  async close(clock: Clock): Promise<void> {
    this.#isClosed = true
    for (const timer of this.#timers) timer.cancel()
    await this.#goodbye(clock)
    await new Promise<void>((resolve) => this.#bonjour.destroy(() => resolve()))
  }

  #publish({ instance, peerPort }: MdnsInterfaceOptions): void {
    if (this.#isClosed) return
    this.#bonjour.publish({
      name: instance,
      type: 'microtome',
      port: peerPort,
      host: `${instance}.local`, // the library's default is the computer's name
      txt: { v: String(protocolVersion.major) },
      probe: false,
      disableIPv6: true // it would show hardware addresses
    })
  }

  #goodbye(clock: Clock): Promise<void> {
    return new Promise((resolve) => {
      const timer = clock.after(GOODBYE_MS, resolve)
      this.#bonjour.unpublishAll(() => {
        timer.cancel()
        resolve()
      })
    })
  }
}
