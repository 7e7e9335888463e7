import { randomBytes } from 'node:crypto'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import type { NearbyNode } from '../../shared/domain/nodes.ts'
import type { Clock, Timer } from '../clock.ts'
import { InstanceMemory } from './instance-memory.ts'
import { chooseInterfaces, type LookedAt, neighbours } from './interfaces.ts'
import { MdnsInterface } from './mdns-interface.ts'

const LOOK_EVERY_MS = 2_000

export interface DiscoveryOptions {
  peerPort: number
  /** A name, `all` or `none`; with `none` nothing is sent and no socket is opened. */
  interface: string
  clock: Clock
  /** Of what goes wrong on the network; never a name of anybody. */
  log: { debug(fields: object, message: string): void }
  /** Whenever `nearby()` changed. */
  onChange: () => void
  /** The machine's own, unless a test gives others. */
  interfaces?: () => NodeJS.Dict<NetworkInterfaceInfo[]>
  open?: (options: ConstructorParameters<typeof MdnsInterface>[0]) => Pick<MdnsInterface, 'close'>
}

/**
 * Finds other instances by mDNS, under a name made up at each start. One mDNS instance per interface, made anew when an
 * interface comes, goes or changes its address.
 */
export class Discovery {
  readonly #options: DiscoveryOptions
  readonly #instance = randomBytes(8).toString('hex')
  readonly #memory = new InstanceMemory(this.#instance)
  readonly #open = new Map<string, { address: string; mdns: Pick<MdnsInterface, 'close'> }>()
  readonly #closing = new Set<Promise<void>>()
  readonly #timer: Timer | undefined

  constructor(options: DiscoveryOptions) {
    this.#options = options
    if (options.interface === 'none') return
    this.#look()
    this.#timer = options.clock.every(LOOK_EVERY_MS, () => this.#look())
  }

  /** The made-up name that others find; undefined with `none`. */
  get instance(): string | undefined {
    return this.#options.interface === 'none' ? undefined : this.#instance
  }

  nearby(): NearbyNode[] {
    return this.#memory.nearby()
  }

  async close(): Promise<void> {
    this.#timer?.cancel()
    for (const name of [...this.#open.keys()]) this.#drop(name)
    await Promise.all(this.#closing)
  }

  #look(): void {
    const { clock, interface: wanted, interfaces = networkInterfaces } = this.#options
    const present = chooseInterfaces(interfaces(), wanted)
    for (const [name, { address }] of this.#open)
      if (!present.some((found) => found.name === name && found.address === address)) this.#drop(name)
    for (const found of present) if (!this.#open.has(found.name)) this.#add(found)
    if (this.#memory.forgetOld(clock.monotonicMs())) this.#options.onChange()
  }

  #add(found: LookedAt): void {
    const { name, address } = found
    const isNeighbour = neighbours(found)
    const { clock, log, peerPort, onChange, open = (options) => new MdnsInterface(options) } = this.#options
    const mdns = open({
      address,
      instance: this.#instance,
      peerPort,
      clock,
      onAnnouncement: (announcement, host) => {
        if (!isNeighbour(host)) return
        if (this.#memory.note(announcement, host, name, clock.monotonicMs())) onChange()
      },
      onTrouble: (reason) => log.debug({ interface: name, reason }, 'mDNS trouble')
    })
    this.#open.set(name, { address, mdns })
  }

  #drop(name: string): void {
    const closing = this.#open.get(name)?.mdns.close(this.#options.clock)
    this.#open.delete(name)
    if (closing) {
      this.#closing.add(closing)
      void closing.finally(() => this.#closing.delete(closing))
    }
    if (this.#memory.forgetInterface(name)) this.#options.onChange()
  }
}
