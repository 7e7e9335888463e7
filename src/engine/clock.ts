/** A pending timer; `cancel` may be called twice and after it fired. */
export interface Timer {
  cancel(): void
}

/** Time comes in from outside, so that tests own it. Leases count on `monotonicMs` only: wall clocks jump. */
export interface Clock {
  wallMs(): number
  monotonicMs(): number
  after(ms: number, run: () => void): Timer
  every(ms: number, run: () => void): Timer
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return { cancel: () => clearTimeout(timer) }
  },
  every: (ms, run) => {
    const timer = setInterval(run, ms)
    return { cancel: () => clearInterval(timer) }
  }
}
