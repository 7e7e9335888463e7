/** @typedef {import('./runners.mjs').Counts} Counts */
/** @typedef {import('./runners.mjs').Result} Result */

/**
 * A line per runner, at the very end the sum of all.
 * @param {readonly Result[]} results
 */
export function summaryLines(results) {
  const width = Math.max(...results.map(({ name }) => name.length))
  const lines = results.map(
    ({ name, counts, seconds, note }) =>
      `${name.padEnd(width)}  ${inWords(counts)} (${seconds} s)${note ? `: ${note}` : ''}`
  )
  return [...lines, inWords(total(results))]
}

/** @param {readonly Result[]} results */
export const hasFailed = (results) => total(results).failed > 0

/**
 * @param {readonly Result[]} results
 * @returns {Counts}
 */
function total(results) {
  const sum = (/** @type {keyof Counts} */ key) => results.reduce((all, { counts }) => all + counts[key], 0)
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }
}

/** @param {Counts} counts */
const inWords = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`
