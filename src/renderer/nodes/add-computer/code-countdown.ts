/** How long a code is shown, as the contract has it. */
export const codeLifetimeMs = 60_000

/** What the ring beside a code shows: whole seconds left, and the share of the ring that is still full (0..100). */
export interface Countdown {
  secondsLeft: number
  percent: number
}

/** The countdown at `nowMs`; both times in milliseconds since 1970. */
export function countdown(expiresAtMs: number, nowMs: number): Countdown {
  const leftMs = Math.min(codeLifetimeMs, Math.max(0, expiresAtMs - nowMs))
  return { secondsLeft: Math.ceil(leftMs / 1000), percent: (leftMs / codeLifetimeMs) * 100 }
}

/** Six digits in two groups of three, as people read them out. */
export function spokenCode(code: string): string {
  return `${code.slice(0, 3)} ${code.slice(3)}`
}
