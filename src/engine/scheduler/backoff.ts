const ordinaryFirstMs = 1000
/** How much longer than the first pause the longest may be: a minute, where the first is a second. */
const longestFactor = 60

/**
 * Milliseconds before the next try after `attempts` failed ones (1, 2, ...): `firstMs`, doubled each time up to 60 times as much, and
 * anywhere in the upper half of that, so that what failed together does not come back together. `random` is 0 <= x < 1.
 */
export function backoffMs(attempts: number, random: number, firstMs = ordinaryFirstMs): number {
  const fullMs = firstMs * Math.min(longestFactor, 2 ** (Math.max(1, attempts) - 1))
  return Math.round(fullMs * (0.5 + random / 2))
}
