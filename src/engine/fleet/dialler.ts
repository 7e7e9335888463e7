import type { Clock, Timer } from '../clock.ts'

const FIRST_RETRY_MS = 250
const LONGEST_RETRY_MS = 2_000
const STRANGER_RETRY_MS = 30_000
const MAX_AT_ONCE = 16
const MAX_ADDRESSES = 1024

/** Why an address is dialled: it stands in the settings, mDNS named it, or a member was there. */
export type AddressSource = 'setting' | 'hint' | 'known'

/** What a dial found out. `stranger`: somebody who is of no use now; `self` is one, too. */
export type DialOutcome = { type: 'member' | 'stranger'; nodeId: string } | { type: 'failed' }

export interface DiallerOptions {
  clock: Clock
  /** 0..1, for jitter. */
  random: () => number
  /** Must not reject. */
  dial: (address: string) => Promise<DialOutcome>
  /** Another node than before, or a first one, answered at an address; `nodeAt` knows it by now. */
  onIdentified: () => void
  /** Whether to dial an address where that node answered last; undefined where nobody did yet. */
  isWanted: (nodeId: string | undefined) => boolean
}

interface Entry {
  sources: Set<AddressSource>
  nodeId: string | undefined
  failures: number
  timer: Timer | undefined
  isDialling: boolean
}

/**
 * Keeps dialling the addresses at which a member that has no link may be. An address says nothing about who is there:
 * the key that answers does, and is remembered until another answers.
 */
export class Dialler {
  readonly #options: DiallerOptions
  readonly #entries = new Map<string, Entry>()
  #active = 0
  #isClosed = false

  constructor(options: DiallerOptions) {
    this.#options = options
  }

  add(address: string, source: AddressSource, nodeId?: string): void {
    const present = this.#entries.get(address)
    if (!present && this.#entries.size >= MAX_ADDRESSES) return
    const entry = present ?? { sources: new Set(), nodeId, failures: 0, timer: undefined, isDialling: false }
    entry.sources.add(source)
    if (nodeId !== undefined) entry.nodeId = nodeId
    this.#entries.set(address, entry)
    this.#schedule(address, entry)
  }

  remove(address: string, source: AddressSource): void {
    const entry = this.#entries.get(address)
    if (!entry?.sources.delete(source) || entry.sources.size > 0) return
    entry.timer?.cancel()
    this.#entries.delete(address)
  }

  addressesFrom(source: AddressSource): string[] {
    return [...this.#entries].filter(([, entry]) => entry.sources.has(source)).map(([address]) => address)
  }

  /** Who answered at an address last. */
  nodeAt(address: string): string | undefined {
    return this.#entries.get(address)?.nodeId
  }

  /** The world changed (a member came, a link went): look again what is wanted. `atOnce` forgets earlier failures. */
  wake(atOnce: boolean): void {
    for (const [address, entry] of this.#entries) {
      if (entry.isDialling) continue
      if (!atOnce && entry.timer) continue
      if (atOnce) entry.failures = 0
      entry.timer?.cancel()
      entry.timer = undefined
      this.#schedule(address, entry)
    }
  }

  close(): void {
    this.#isClosed = true
    for (const entry of this.#entries.values()) entry.timer?.cancel()
    this.#entries.clear()
  }

  #schedule(address: string, entry: Entry, delayMs = this.#delayMs(entry)): void {
    if (this.#isClosed || entry.isDialling || entry.timer || !this.#options.isWanted(entry.nodeId)) return
    entry.timer = this.#options.clock.after(delayMs, () => {
      entry.timer = undefined
      if (this.#active >= MAX_AT_ONCE) this.#schedule(address, entry, FIRST_RETRY_MS)
      else void this.#dial(address, entry)
    })
  }

  /** With jitter, so that two nodes that lost each other don't meet in step for ever. */
  #delayMs(entry: Entry): number {
    const { random } = this.#options
    if (entry.failures === 0) return random() * 50
    return Math.min(FIRST_RETRY_MS * 2 ** (entry.failures - 1), LONGEST_RETRY_MS) * (0.75 + random() / 2)
  }

  async #dial(address: string, entry: Entry): Promise<void> {
    if (!this.#options.isWanted(entry.nodeId)) return
    entry.isDialling = true
    this.#active++
    const outcome = await this.#options.dial(address)
    this.#active--
    entry.isDialling = false
    if (this.#entries.get(address) !== entry) return
    this.#note(address, entry, outcome)
  }

  #note(address: string, entry: Entry, outcome: DialOutcome): void {
    entry.failures++
    const isNews = outcome.type !== 'failed' && entry.nodeId !== outcome.nodeId
    if (outcome.type !== 'failed') entry.nodeId = outcome.nodeId
    // An address of a member that has its link now is not wanted, unless the link went already.
    this.#schedule(address, entry, outcome.type === 'stranger' ? STRANGER_RETRY_MS : undefined)
    if (isNews) this.#options.onIdentified()
  }
}
