import type { Timers } from '../timers.ts'

/** Time that stands still until a test moves it. */
export class FakeTimers implements Timers {
  #nowMs = 0
  #due: { atMs: number; run: () => void }[] = []

  nowMs(): number {
    return this.#nowMs
  }

  after(ms: number, run: () => void): () => void {
    const entry = { atMs: this.#nowMs + ms, run }
    this.#due.push(entry)
    return () => {
      this.#due = this.#due.filter((other) => other !== entry)
    }
  }

  /** Milliseconds until the next call that waits. */
  get nextMs(): number | undefined {
    const atMs = Math.min(...this.#due.map((entry) => entry.atMs))
    return Number.isFinite(atMs) ? atMs - this.#nowMs : undefined
  }

  /** Moves on, calling what falls due in its order. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms
    for (;;) {
      const next = this.#due.filter((entry) => entry.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (!next) break
      this.#due = this.#due.filter((other) => other !== next)
      this.#nowMs = next.atMs
      next.run()
    }
    this.#nowMs = endMs
  }
}
