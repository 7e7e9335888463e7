import type { Clock } from '../clock.ts'

const MAX_STRANGERS = 64
const MAX_PER_ADDRESS = 16
const BURST = 40
const REFILL_PER_SECOND = 10
const MAX_ADDRESSES = 1024

interface Account {
  open: number
  tokens: number
  atMs: number
}

/**
 * What those cost who have not shown a member's key (yet): so many connections at once, so many handshakes a second,
 * per address and in all. A member's connection is given back as soon as its key is known.
 */
export class ConnectionBudget {
  readonly #clock: Pick<Clock, 'monotonicMs'>
  readonly #accounts = new Map<string, Account>()
  #open = 0

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock
  }

  /** Undefined: refuse it before the handshake. Else call `leave` once it closed, with true if it was a member's. */
  enter(address: string): ((wasMember: boolean) => void) | undefined {
    const account = this.#account(address)
    if (this.#open >= MAX_STRANGERS || account.open >= MAX_PER_ADDRESS || account.tokens < 1) return undefined
    account.tokens -= 1
    this.#count(account, 1)
    let isLeft = false
    return (wasMember) => {
      if (isLeft) return
      isLeft = true
      this.#count(account, -1)
      if (wasMember) account.tokens = Math.min(BURST, account.tokens + 1)
    }
  }

  #count(account: Account, by: 1 | -1): void {
    account.open += by
    this.#open += by
  }

  #account(address: string): Account {
    const nowMs = this.#clock.monotonicMs()
    const account = this.#accounts.get(address) ?? { open: 0, tokens: BURST, atMs: nowMs }
    account.tokens = Math.min(BURST, account.tokens + ((nowMs - account.atMs) / 1000) * REFILL_PER_SECOND)
    account.atMs = nowMs
    this.#accounts.delete(address) // and back in at the end: the first is the one not seen for longest
    this.#accounts.set(address, account)
    if (this.#accounts.size > MAX_ADDRESSES) this.#forgetOldest()
    return account
  }

  #forgetOldest(): void {
    for (const [address, account] of this.#accounts)
      if (account.open === 0) {
        this.#accounts.delete(address)
        return
      }
  }
}
