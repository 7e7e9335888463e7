const firstMs = 1000
const longestMs = 60_000

/**
 * Milliseconds before the next try after `attempts` failed ones (1, 2, ...): doubled each time up to a minute, and anywhere in the
 * upper half of that, so that what failed together does not come back together. `random` is 0 <= x < 1.
 */
export function backoffMs(attempts: number, random: number): number {
  const fullMs = Math.min(longestMs, firstMs * 2 ** (Math.max(1, attempts) - 1))
  return Math.round(fullMs * (0.5 + random / 2))
}
