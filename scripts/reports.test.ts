import { expect, test } from 'vitest'
import { playwrightReport, vitestReport } from './reports.mjs'
import { put, temporaryFolder } from './testing/temporary-folder.ts'

const written = (report: object) => put(temporaryFolder(), 'report.json', JSON.stringify(report))

const passed = { title: 'adds', ancestorTitles: [], status: 'passed', failureMessages: [] }
const failed = {
  ...passed,
  status: 'failed',
  failureMessages: ['\u001b[31mError: 3 is not 4\u001b[39m\n    at sum.ts:1']
}

test('a failed test is named by its file, its suites and its title, with what it said', () => {
  const testResults = [
    {
      name: '/lab/src/sum.test.ts',
      status: 'failed',
      message: '',
      assertionResults: [passed, { ...failed, ancestorTitles: ['a sum', 'of two'] }]
    }
  ]
  const file = written({ numPassedTests: 1, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1, testResults })
  expect(vitestReport(file, '/lab')).toEqual({
    counts: { passed: 1, failed: 1, skipped: 3 },
    failures: [{ test: 'src/sum.test.ts › a sum › of two › adds', error: 'Error: 3 is not 4\n    at sum.ts:1' }]
  })
})

test('a test file that broke outside its tests counts as a failure', () => {
  const testResults = [
    { name: '/lab/a.test.ts', status: 'failed', message: '', assertionResults: [failed] },
    { name: '/lab/b.test.ts', status: 'failed', message: 'left behind: a socket', assertionResults: [passed] },
    { name: '/lab/c.test.ts', status: 'passed', message: '', assertionResults: [passed] }
  ]
  const file = written({ numPassedTests: 3, numFailedTests: 1, numPendingTests: 0, testResults })
  const { counts, failures } = vitestReport(file, '/lab')
  expect(counts).toEqual({ passed: 3, failed: 2, skipped: 0 })
  expect(failures[1]).toEqual({ test: 'b.test.ts', error: 'left behind: a socket' })
})

const spec = (title: string, status: string, messages: string[]) => ({
  title,
  tests: [{ status, results: [{ errors: messages.map((message) => ({ message })) }] }]
})

test('a browser test that failed is named as deep as it lies; one that passed at the second try has failed', () => {
  const inner = { title: 'in dark colours', specs: [spec('is seen', 'unexpected', ['no contrast', 'no focus'])] }
  const suites = [
    {
      title: 'queue.spec.ts',
      specs: [spec('opens', 'expected', []), spec('filters', 'flaky', ['late'])],
      suites: [inner]
    }
  ]
  const file = written({
    suites,
    stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 },
    errors: [{ message: 'no page' }]
  })
  expect(playwrightReport(file)).toEqual({
    counts: { passed: 5, failed: 3, skipped: 2 },
    failures: [
      { test: 'queue.spec.ts › filters', error: 'late' },
      { test: 'queue.spec.ts › in dark colours › is seen', error: 'no contrast\nno focus' },
      { test: 'outside tests', error: 'no page' }
    ]
  })
})

test('a runner that wrote no report has counted nothing', () => {
  const nothing = { counts: { passed: 0, failed: 0, skipped: 0 }, failures: [] }
  expect(vitestReport('/nowhere.json', '/')).toEqual(nothing)
  expect(playwrightReport('/nowhere.json')).toEqual(nothing)
})
