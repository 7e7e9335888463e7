import { expect, test } from 'vitest'
import type { HttpSection } from '../measure.ts'
import { httpFile } from './http-file.ts'
import { linesOf } from './lines.ts'

const section: HttpSection = {
  title: 'Submit',
  rows: [
    {
      what: 'POST /jobs/',
      unit: 'per second',
      goal: 4_000,
      samples: [3_999, 5_000, 1],
      against: { what: 'a bare server', samples: [8_000] },
      bound: 'It is the disk.'
    },
    { what: 'GET', unit: 'per second', goal: 100, samples: [100], bound: 'Nothing.' },
    { what: 'by ab', missing: 'there is no ab' }
  ]
}

test('a goal is met by a median that reaches it and by no other', () => {
  const verdicts = linesOf(section).filter((line) => line.includes('asked'))
  expect(verdicts).toEqual(['    -> asked: at least 4,000: NOT MET', '    -> asked: at least 100: MET'])
})

test('the file names machine, goals, what bounds each and what was not measured', () => {
  const text = httpFile(['Processor: one'], [section])
  for (const part of [
    '- Processor: one',
    '| POST /jobs/ | 4,000 per second | 1 – 5,000 | at least 4,000 | **not met** | 0.50 x | a bare server, 8,000 per second |',
    '- **POST /jobs/**: It is the disk.',
    'Not measured: by ab (there is no ab).'
  ])
    expect(text).toContain(part)
})
