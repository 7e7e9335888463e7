import { expect, it } from 'vitest'
import type { Job } from '../../shared/domain/jobs.ts'
import { submissionCsv } from './submission-csv.ts'

const job: Job = {
  id: 'j1',
  submissionId: 's1',
  file: '/scans/a.svs',
  name: 'a.svs',
  kind: 'slide',
  sizeBytes: 1,
  profile: { name: 'dzi', options: {} },
  priority: 'normal',
  state: 'completed',
  progress: 1,
  attempts: 1,
  output: '/out/a.dzi',
  nodeName: 'PC 7',
  createdAtMs: 0,
  startedAtMs: 1000,
  endedAtMs: 3540
}

/** The lines as a reader of RFC 4180 sees them. */
function read(csv: string): string[][] {
  const rows: string[][] = [[]]
  for (const [, quoted, bare, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare ?? '')
    if (end === '\r\n') rows.push([])
  }
  return rows.slice(0, -1)
}

const linesOf = (...jobs: Partial<Job>[]) => read(submissionCsv(jobs.map((one) => ({ ...job, ...one }))).slice(1))

it('has a line for each job under the names of its columns, with a mark that spreadsheets read as UTF-8', () => {
  expect(submissionCsv([])).toMatch(/^\uFEFFjob,file,state,/)
  expect(
    linesOf(
      {},
      {
        state: 'failed',
        output: undefined,
        error: { code: 'x', class: 'input', message: 'Damaged.', hint: 'Scan again.' }
      }
    )
  ).toEqual([
    ['job', 'file', 'state', 'skipped', 'profile', 'output', 'computer', 'attempts', 'seconds', 'error', 'hint'],
    ['j1', '/scans/a.svs', 'completed', '', 'dzi', '/out/a.dzi', 'PC 7', '1', '2.5', '', ''],
    ['j1', '/scans/a.svs', 'failed', '', 'dzi', '', 'PC 7', '1', '2.5', 'Damaged.', 'Scan again.']
  ])
})

it('keeps commas, quotes and line breaks of a name inside its cell', () => {
  const file = '/scans/Smith, "A"\r\n2.svs'
  expect(linesOf({ file, skipped: true })[1]?.slice(1, 4)).toEqual([file, 'completed', 'yes'])
})

it('lets no name become a formula', () => {
  for (const start of ['=', '+', '-', '@', '\t', '\r'])
    expect(linesOf({ file: `${start}HYPERLINK("x")` })[1]?.[1]).toBe(`'${start}HYPERLINK("x")`)
})

it('leaves the time out where a job never ran', () => {
  expect(linesOf({ state: 'cancelled', startedAtMs: undefined })[1]?.[8]).toBe('')
})
