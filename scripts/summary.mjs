/** @typedef {import('./reports.mjs').Counts} Counts */
/** @typedef {import('./runners.mjs').Result} Result */

/** Of a log often only the last ten kilobytes are kept: all has to fit there. The more failures, the fewer lines of each. */
const most = { failures: 30, lines: 100, linesOfOne: 50, columns: 160 }

/**
 * Every failure by its name, a line per runner, at the very end the sum of all.
 * @param {readonly Result[]} results
 */
export function summaryLines(results) {
  const width = Math.max(...results.map(({ name }) => name.length))
  const lines = results.map(
    ({ name, counts, seconds, note }) =>
      `${name.padEnd(width)}  ${inWords(counts)} (${seconds} s)${note ? `: ${note}` : ''}`
  )
  return [...failureLines(results), ...lines, inWords(total(results))]
}

/** @param {readonly Result[]} results */
export const hasFailed = (results) => total(results).failed > 0

/** @param {readonly Result[]} results */
function failureLines(results) {
  const all = results.flatMap(({ name, failures }) => failures.map((failure) => ({ name, ...failure })))
  const linesEach = Math.min(most.linesOfOne, Math.floor(most.lines / Math.min(all.length, most.failures)))
  const shown = all.slice(0, most.failures).flatMap(({ name, test, error }) => {
    const said = error.split('\n').filter((line) => line.trim() !== '')
    return [`✗ ${name} › ${test}`, ...said.slice(0, linesEach).map((line) => `    ${line.slice(0, most.columns)}`), '']
  })
  const left = all.length - most.failures
  return left > 0 ? [...shown, `and ${left} more failures`, ''] : shown
}

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
