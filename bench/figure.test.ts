import { expect, test } from 'vitest'
import { type Figure, median, ratio } from './figure.ts'
import { figuresFile } from './report/figures-file.ts'
import { table } from './report/table.ts'

const sent: Figure = {
  what: 'send a file',
  unit: 'MB/s',
  samples: [90, 400, 100],
  against: { what: 'a bare socket', samples: [200, 210, 190] },
  bound: 'The wire.'
}
const groups = [{ title: 'Transfer', rows: [sent, { what: 'send by post', missing: 'no stamps' }] }]

test('the median is the middle sample, whatever their order, and the mean of two middle ones', () => {
  expect(median([90, 400, 100])).toBe(100)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(() => median([])).toThrow('no samples')
})

test('a ratio is taken between medians, and only where something is compared', () => {
  expect(ratio(sent)).toBe(0.5)
  expect(ratio({ ...sent, against: undefined })).toBeUndefined()
})

test('the table says figure, range, ratio and comparison in one line, and what was not measured with the reason', () => {
  expect(table(groups).split('\n')).toEqual([
    'TRANSFER',
    '  send a file  100 MB/s  90 – 400  0.50 x  a bare socket: 200 MB/s',
    '  send by post  not measured: no stamps'
  ])
})

test('the file carries the machine, each figure with what bounds it, and no figure that was not measured', () => {
  const text = figuresFile(['Processor: one'], groups)
  expect(text).toContain('- Processor: one')
  expect(text).toContain('| send a file | 100 MB/s | 90 – 400 | 0.50 x | a bare socket, 200 MB/s |')
  expect(text).toContain('- **send a file**: The wire.')
  expect(text).toContain('Not measured: send by post (no stamps).')
})
