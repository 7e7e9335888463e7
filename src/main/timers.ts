/** Time, handed in so that tests own it. */
export interface Timers {
  /** Monotonic. */
  nowMs(): number
  /** Calls `run` once after `ms`; answers how to call it off. */
  after(ms: number, run: () => void): () => void
}

/** The machine's own. */
export const systemTimers: Timers = {
  nowMs: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  }
}
