import { expect, test } from 'vitest'
import { playwrightCounts, vitestCounts } from './runners.mjs'
import { hasFailed, summaryLines } from './summary.mjs'
import { put, temporaryFolder } from './testing/temporary-folder.ts'

test('the last line is the sum of all runners', () => {
  const results = [
    { name: 'lint', counts: { passed: 1, failed: 0, skipped: 0 }, seconds: 2 },
    { name: 'browser', counts: { passed: 0, failed: 0, skipped: 1 }, seconds: 0, note: 'no Chromium' }
  ]
  expect(summaryLines(results)).toEqual([
    'lint     1 passed, 0 failed, 0 skipped (2 s)',
    'browser  0 passed, 0 failed, 1 skipped (0 s): no Chromium',
    '1 passed, 0 failed, 1 skipped'
  ])
  expect(hasFailed(results)).toBe(false)
})

test('a test file that broke outside its tests counts as a failure', () => {
  const report = {
    numPassedTests: 3,
    numFailedTests: 1,
    numPendingTests: 2,
    testResults: [
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
      { status: 'failed', assertionResults: [{ status: 'passed' }] },
      { status: 'passed', assertionResults: [{ status: 'passed' }] }
    ]
  }
  const file = put(temporaryFolder(), 'unit.json', JSON.stringify(report))
  expect(vitestCounts(file)).toEqual({ passed: 3, failed: 2, skipped: 2 })
})

test('a flaky browser test counts as a failure', () => {
  const report = { stats: { expected: 5, unexpected: 0, flaky: 1, skipped: 0 }, errors: [] }
  const file = put(temporaryFolder(), 'browser.json', JSON.stringify(report))
  expect(playwrightCounts(file)).toEqual({ passed: 5, failed: 1, skipped: 0 })
})
