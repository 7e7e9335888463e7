import type { Clock } from './clock.ts'

interface Pending {
  dueMs: number
  everyMs: number | undefined
  run: () => void
}

/** A clock that stands still until a test moves it; timers fire in the order in which they are due. */
export class FakeClock implements Clock {
  #nowMs = 0
  #pending = new Set<Pending>()
  readonly #epochMs: number

  constructor(epochMs = 1_700_000_000_000) {
    this.#epochMs = epochMs
  }

  wallMs = () => this.#epochMs + this.#nowMs
  monotonicMs = () => this.#nowMs
  after = (ms: number, run: () => void) => this.#add({ dueMs: this.#nowMs + ms, everyMs: undefined, run })
  every = (ms: number, run: () => void) => this.#add({ dueMs: this.#nowMs + ms, everyMs: ms, run })

  advance(ms: number): void {
    const endMs = this.#nowMs + ms
    for (let next = this.#nextDue(endMs); next; next = this.#nextDue(endMs)) {
      this.#nowMs = next.dueMs
      if (next.everyMs === undefined) this.#pending.delete(next)
      else next.dueMs += next.everyMs
      next.run()
    }
    this.#nowMs = endMs
  }

  get pendingTimers(): number {
    return this.#pending.size
  }

  #add(pending: Pending) {
    this.#pending.add(pending)
    return { cancel: () => void this.#pending.delete(pending) }
  }

  #nextDue(endMs: number): Pending | undefined {
    return [...this.#pending].filter((p) => p.dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0]
  }
}
