import { expect, test } from 'vitest'
import { hasFailed, summaryLines } from './summary.mjs'

const lint = { name: 'lint', counts: { passed: 1, failed: 0, skipped: 0 }, failures: [], seconds: 2 }
const unit = (failures: { test: string; error: string }[]) => ({
  name: 'unit',
  counts: { passed: 7, failed: failures.length, skipped: 0 },
  failures,
  seconds: 9
})

test('the last line is the sum of all runners', () => {
  const counts = { passed: 0, failed: 0, skipped: 1 }
  const results = [lint, { name: 'browser', counts, failures: [], seconds: 0, note: 'no Chromium' }]
  expect(summaryLines(results)).toEqual([
    'lint     1 passed, 0 failed, 0 skipped (2 s)',
    'browser  0 passed, 0 failed, 1 skipped (0 s): no Chromium',
    '1 passed, 0 failed, 1 skipped'
  ])
  expect(hasFailed(results)).toBe(false)
})

test('every failure is named before the sums, with what it said', () => {
  const results = [lint, unit([{ test: 'src/sum.test.ts › adds', error: 'Error: 3 is not 4\n\n    at sum.ts:1' }])]
  expect(summaryLines(results)).toEqual([
    '✗ unit › src/sum.test.ts › adds',
    '    Error: 3 is not 4',
    '        at sum.ts:1',
    '',
    'lint  1 passed, 0 failed, 0 skipped (2 s)',
    'unit  7 passed, 1 failed, 0 skipped (9 s)',
    '8 passed, 1 failed, 0 skipped'
  ])
  expect(hasFailed(results)).toBe(true)
})

test('many failures, or long ones, leave the sums within the end of a log', () => {
  const error = Array.from({ length: 100 }, (_, line) => `line ${line} ${'x'.repeat(10_000)}`).join('\n')
  const failures = Array.from({ length: 50 }, (_, index) => ({ test: `a.test.ts › ${index}`, error }))
  const lines = summaryLines([unit(failures)])
  const starts = lines.map((line) => line.slice(0, 10))
  expect(starts.filter((line) => line.startsWith('✗'))).toHaveLength(30)
  expect(starts.slice(1, 5)).toEqual(['    line 0', '    line 1', '    line 2', ''])
  expect(lines.slice(-4)).toEqual([
    'and 20 more failures',
    '',
    'unit  7 passed, 50 failed, 0 skipped (9 s)',
    '7 passed, 50 failed, 0 skipped'
  ])
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(200)
  expect(summaryLines([unit(failures.slice(0, 1))]).filter((line) => line.includes('line'))).toHaveLength(50)
})
