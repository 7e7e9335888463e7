import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { runCommand } from './run-command.mjs'
import { chromiumOnPath } from './setup-tools.mjs'

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ name: string, counts: Counts, seconds: number, note?: string }} Result */
/** @typedef {{ root: string, node: string, env: NodeJS.ProcessEnv, deadlineMs: number, reportDir: string }} TestBed */

/**
 * A program whose exit code is its verdict: counts as one test.
 * @param {TestBed} bed
 * @param {string} name
 * @param {string[]} args for Node
 * @returns {Promise<Result>}
 */
export async function runCheck(bed, name, args) {
  return timed(bed, name, args, ({ code }) => ({
    passed: code === 0 ? 1 : 0,
    failed: code === 0 ? 0 : 1,
    skipped: 0
  }))
}

/**
 * A project of vitest.config.ts.
 * @param {TestBed} bed
 * @param {string} project
 * @param {string[]} folders that hold its tests
 */
export function runVitest(bed, project, folders) {
  const report = freshReport(bed, project)
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, '--reporter=default', '--reporter=json']
  return runSuite(bed, project, folders, [...args, `--outputFile.json=${report}`], {}, () => vitestCounts(report))
}

/**
 * Where no browser is to be found the suite is left out, said so; in CI that is a failure.
 * @param {TestBed} bed
 * @returns {Promise<Result>}
 */
export async function runPlaywright(bed) {
  const noBrowser = process.platform === 'linux' && !(bed.env.CHROMIUM_BIN ?? chromiumOnPath(bed.env))
  if (noBrowser) {
    const counts = { passed: 0, failed: bed.env.CI ? 1 : 0, skipped: bed.env.CI ? 0 : 1 }
    return { name: 'browser', counts, seconds: 0, note: 'there is no Chromium on PATH (CHROMIUM_BIN names another)' }
  }
  const report = freshReport(bed, 'browser')
  const args = ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json']
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: report }
  return runSuite(bed, 'browser', ['e2e/browser', 'e2e/screens'], args, env, () => playwrightCounts(report))
}

/**
 * A runner that found no test though there are files, or that failed without a failed test (a leak, a crash), has failed.
 * @param {TestBed} bed
 * @param {string} name
 * @param {string[]} folders
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {() => Counts} count
 * @returns {Promise<Result>}
 */
async function runSuite(bed, name, folders, args, env, count) {
  if (!folders.some((folder) => hasTests(join(bed.root, folder))))
    return {
      name,
      counts: { passed: 0, failed: 0, skipped: 1 },
      seconds: 0,
      note: `there are no tests in ${folders.join(', ')}`
    }
  return timed({ ...bed, env: { ...bed.env, ...env } }, name, args, ({ code }) => {
    const counts = count()
    const silent = counts.failed === 0 && (code !== 0 || counts.passed + counts.skipped === 0)
    return silent ? { ...counts, failed: 1 } : counts
  })
}

/**
 * @param {TestBed} bed
 * @param {string} name
 * @param {string[]} args
 * @param {(outcome: import('./run-command.mjs').Outcome) => Counts} judge
 * @returns {Promise<Result>}
 */
async function timed({ root, node, env, deadlineMs }, name, args, judge) {
  console.log(`\n── ${name}`)
  const startedAtMs = Date.now()
  const timeoutMs = Math.max(1_000, deadlineMs - startedAtMs)
  const outcome = await runCommand(node, args, { cwd: root, env, output: 'show', timeoutMs })
  const seconds = Math.round((Date.now() - startedAtMs) / 1000)
  const note = outcome.timedOut ? 'stopped: the time for all tests is up' : outcome.error?.message
  const counts = judge(outcome)
  return {
    name,
    seconds,
    counts: note && counts.failed === 0 ? { ...counts, failed: 1 } : counts,
    ...(note && { note })
  }
}

/**
 * @param {TestBed} bed
 * @param {string} name
 */
function freshReport({ reportDir }, name) {
  const file = join(reportDir, `${name}.json`)
  mkdirSync(reportDir, { recursive: true })
  rmSync(file, { force: true })
  return file
}

/** @param {string} folder */
function hasTests(folder) {
  if (!existsSync(folder)) return false
  return readdirSync(folder, { recursive: true }).some((name) => /\.(test|spec)\.tsx?$/.test(String(name)))
}

const nothing = { passed: 0, failed: 0, skipped: 0 }

/**
 * @param {string} file
 * @returns {Counts}
 */
export function vitestCounts(file) {
  if (!existsSync(file)) return nothing
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(file, 'utf8')
  )
  // A file that broke outside its tests (an import, a leak) has no failed test of its own.
  const broken = testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ { status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed')
  ).length
  return { passed: numPassedTests, failed: numFailedTests + broken, skipped: numPendingTests + (numTodoTests ?? 0) }
}

/**
 * @param {string} file
 * @returns {Counts}
 */
export function playwrightCounts(file) {
  if (!existsSync(file)) return nothing
  const { stats, errors } = JSON.parse(readFileSync(file, 'utf8'))
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, skipped: stats.skipped }
}
