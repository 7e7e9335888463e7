import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { stripVTControlCharacters } from 'node:util'
import { playwrightReport, vitestReport } from './reports.mjs'
import { runCommand } from './run-command.mjs'
import { chromiumOnPath } from './setup-tools.mjs'

/** @typedef {import('./reports.mjs').Report} Report */
/** @typedef {import('./run-command.mjs').Outcome} Outcome */
/** @typedef {Report & { name: string, seconds: number, note?: string }} Result */

/**
 * @typedef {object} TestBed
 * @property {string} root
 * @property {string} node
 * @property {NodeJS.ProcessEnv} env
 * @property {number} deadlineMs
 * @property {string} reportDir
 * @property {boolean} [aside] it runs beside another: what it prints comes in one piece when it has ended
 */

/**
 * A program whose exit code is its verdict: counts as one test.
 * @param {TestBed} bed
 * @param {string} name
 * @param {string[]} args for Node
 * @returns {Promise<Result>}
 */
export async function runCheck(bed, name, args) {
  return timed(bed, name, args, (outcome) =>
    outcome.code === 0
      ? { counts: { passed: 1, failed: 0, skipped: 0 }, failures: [] }
      : { counts: { passed: 0, failed: 1, skipped: 0 }, failures: [endOf(outcome)] }
  )
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
  return runSuite(bed, project, folders, [...args, `--outputFile.json=${report}`], {}, () =>
    vitestReport(report, bed.root)
  )
}

/**
 * Where no browser is to be found the suite is left out, said so; in CI that is a failure.
 * @param {TestBed} bed
 * @returns {Promise<Result>}
 */
export async function runPlaywright(bed) {
  const noBrowser = process.platform === 'linux' && !(bed.env.CHROMIUM_BIN ?? chromiumOnPath(bed.env))
  if (noBrowser) {
    const note = 'there is no Chromium on PATH (CHROMIUM_BIN names another)'
    const counts = { passed: 0, failed: bed.env.CI ? 1 : 0, skipped: bed.env.CI ? 0 : 1 }
    const failures = bed.env.CI ? [{ test: 'no browser', error: note }] : []
    return { name: 'browser', counts, failures, seconds: 0, note }
  }
  const report = freshReport(bed, 'browser')
  const args = ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json']
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: report }
  return runSuite(bed, 'browser', ['e2e/browser', 'e2e/screens'], args, env, () => playwrightReport(report))
}

/**
 * A runner that found no test though there are files, or that failed without a failed test (a leak, a crash), has failed.
 * @param {TestBed} bed
 * @param {string} name
 * @param {string[]} folders
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {() => Report} read
 * @returns {Promise<Result>}
 */
async function runSuite(bed, name, folders, args, env, read) {
  if (!folders.some((folder) => hasTests(join(bed.root, folder))))
    return {
      name,
      counts: { passed: 0, failed: 0, skipped: 1 },
      failures: [],
      seconds: 0,
      note: `there are no tests in ${folders.join(', ')}`
    }
  return timed({ ...bed, env: { ...bed.env, ...env } }, name, args, (outcome) => {
    const { counts, failures } = read()
    const silent = counts.failed === 0 && (outcome.code !== 0 || counts.passed + counts.skipped === 0)
    if (!silent) return { counts, failures }
    return { counts: { ...counts, failed: 1 }, failures: [endOf(outcome)] }
  })
}

/**
 * @param {TestBed} bed
 * @param {string} name
 * @param {string[]} args
 * @param {(outcome: Outcome) => Report} judge
 * @returns {Promise<Result>}
 */
async function timed({ root, node, env, deadlineMs, aside }, name, args, judge) {
  const title = `\n── ${name}\n`
  const show = (/** @type {string} */ text) => void process.stdout.write(text)
  if (!aside) show(title)
  const startedAtMs = Date.now()
  const timeoutMs = Math.max(1_000, deadlineMs - startedAtMs)
  const outcome = await runCommand(node, args, { cwd: root, env, timeoutMs, ...(!aside && { onOutput: show }) })
  if (aside) show(title + outcome.output)
  const seconds = Math.round((Date.now() - startedAtMs) / 1000)
  const note = interruption(outcome)
  const { counts, failures } = judge(outcome)
  // Stopped before anything failed.
  const cut = note !== undefined && counts.failed === 0
  return {
    name,
    seconds,
    counts: cut ? { ...counts, failed: 1 } : counts,
    failures: cut ? [endOf(outcome)] : failures,
    ...(note && { note })
  }
}

/**
 * Of a runner that names no test: the last that it said.
 * @param {Outcome} outcome
 */
function endOf(outcome) {
  const said = stripVTControlCharacters(outcome.output).trimEnd().split('\n').slice(-10)
  const { code } = outcome
  const how = interruption(outcome) ?? `ended with ${code === null ? 'a signal' : `code ${code}`}`
  return { test: 'named no test', error: [how, ...said].join('\n') }
}

/** @param {Outcome} outcome */
const interruption = ({ timedOut, error }) => (timedOut ? 'stopped: the time for all tests is up' : error?.message)

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
