import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ test: string, error: string }} Failure `test`: file › suite › title */
/** @typedef {{ counts: Counts, failures: Failure[] }} Report */
/** @typedef {{ status: string, title: string, ancestorTitles: string[], failureMessages: string[] }} VitestTest */
/** @typedef {{ name: string, status: string, message: string, assertionResults: VitestTest[] }} VitestFile */
/** @typedef {{ title: string, tests: { status: string, results: { errors: { message: string }[] }[] }[] }} PlaywrightSpec */
/** @typedef {{ title: string, specs: PlaywrightSpec[], suites?: PlaywrightSuite[] }} PlaywrightSuite */

/**
 * What vitest's JSON reporter wrote; nothing where it wrote none.
 * @param {string} file
 * @param {string} root the names of test files are told from there
 * @returns {Report}
 */
export function vitestReport(file, root) {
  if (!existsSync(file)) return nothing()
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = read(file)
  const failures = testResults.flatMap((/** @type {VitestFile} */ result) => failuresOf(result, root))
  // A file that broke outside its tests (an import, a leak) has no failed test of its own.
  const failed = Math.max(numFailedTests, failures.length)
  return { counts: { passed: numPassedTests, failed, skipped: numPendingTests + (numTodoTests ?? 0) }, failures }
}

/**
 * @param {VitestFile} file
 * @param {string} root
 * @returns {Failure[]}
 */
function failuresOf({ name, status, message, assertionResults }, root) {
  if (status !== 'failed') return []
  const file = relative(root, name)
  const failed = assertionResults.filter((test) => test.status === 'failed')
  if (failed.length === 0) return [failure([file], message)]
  return failed.map(({ ancestorTitles, title, failureMessages }) =>
    failure([file, ...ancestorTitles, title], failureMessages.join('\n'))
  )
}

/**
 * What Playwright's JSON reporter wrote; nothing where it wrote none. What passed at the second try has failed.
 * @param {string} file
 * @returns {Report}
 */
export function playwrightReport(file) {
  if (!existsSync(file)) return nothing()
  const { suites, stats, errors } = read(file)
  const failed = stats.unexpected + stats.flaky + errors.length
  const outside = errors.map((/** @type {{ message: string }} */ { message }) => failure(['outside tests'], message))
  const failures = [...suites.flatMap((/** @type {PlaywrightSuite} */ suite) => failuresIn(suite, [])), ...outside]
  return { counts: { passed: stats.expected, failed, skipped: stats.skipped }, failures }
}

/**
 * @param {PlaywrightSuite} suite
 * @param {string[]} above
 * @returns {Failure[]}
 */
function failuresIn({ title, specs, suites = [] }, above) {
  const path = [...above, title]
  const own = specs.flatMap((spec) =>
    spec.tests
      .filter(({ status }) => status === 'unexpected' || status === 'flaky')
      .map(({ results }) => failure([...path, spec.title], messagesOf(results)))
  )
  return [...own, ...suites.flatMap((suite) => failuresIn(suite, path))]
}

/** @param {{ errors: { message: string }[] }[]} results */
const messagesOf = (results) => results.flatMap(({ errors }) => errors.map(({ message }) => message)).join('\n')

/**
 * @param {string[]} path
 * @param {string} error
 * @returns {Failure}
 */
const failure = (path, error) => ({ test: path.join(' › '), error: stripVTControlCharacters(error) })

/** @returns {Report} */
const nothing = () => ({ counts: { passed: 0, failed: 0, skipped: 0 }, failures: [] })

/** @param {string} file */
const read = (file) => JSON.parse(readFileSync(file, 'utf8'))
