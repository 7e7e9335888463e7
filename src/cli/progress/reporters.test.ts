import { expect, test } from 'vitest'
import { captureOutput } from '../testing/captured-output.ts'
import { makeJob } from '../testing/fixture-node.ts'
import { reporterFor } from './index.ts'

const running = (id: string, progress: number) =>
  makeJob(id, { state: 'running', progress, nodeId: 'n1', nodeName: 'Lab 1' })
const completed = (id: string) =>
  makeJob(id, { state: 'completed', progress: 1, output: `/out/${id}.dzi`, startedAtMs: 0, endedAtMs: 4_000 })

/** What a terminal would show: cursor up and erase below are all that the bars use. */
function screen(written: string): string[] {
  const lines: string[] = []
  let row = 0
  const visible = written.replaceAll('\x1b', '^').replace(/\^\[(\?7[lh]|K)/g, '')
  for (const part of visible.split(/(\^\[\d+A|\^\[J|\n)/)) {
    const moved = /^\^\[(\d+)A$/.exec(part)
    if (moved) row -= Number(moved[1])
    else if (part === '^[J') lines.length = row
    else if (part === '\n') row++
    else if (part !== '') lines[row] = part
  }
  return lines
}

test('with --json there is a line for every change, and each time for what is at work', () => {
  const { output, events } = captureOutput({ json: true })
  const reporter = reporterFor(output)
  for (let time = 0; time < 2; time++) reporter.update([makeJob('a')])
  for (let time = 0; time < 2; time++) reporter.update([running('a', 0.5)])
  const line = { event: 'progress', job: 'a', file: '/in/a.svs' }
  const atWork = { ...line, state: 'running', progress: 0.5, node: 'n1' }
  expect(events()).toEqual([{ ...line, state: 'queued', progress: 0, node: null }, atWork, atWork])
})

test('on a terminal what ended stays above, what is at work has a bar, and the sum comes last', () => {
  const { output, text } = captureOutput({ json: false, terminal: { rows: 24 } })
  const reporter = reporterFor(output)
  reporter.update([makeJob('a'), makeJob('b'), makeJob('c')])
  reporter.update([running('a', 0.25), running('b', 0.5)])
  reporter.update([completed('a')])
  const lines = screen(text())
  expect(lines).toHaveLength(3)
  expect(lines[0]).toBe('a.svs: /out/a.dzi (4 s)')
  expect(lines[1]).toMatch(/^b\.svs +█{12}░{12} +50 % +on Lab 1$/)
  expect(lines[2]).toBe('1 of 3 done, 1 waiting')
})

test('on a terminal nothing but the results is left in the end', () => {
  const { output, text } = captureOutput({ json: false, terminal: { rows: 24 } })
  const reporter = reporterFor(output)
  reporter.update([running('a', 0.25), running('b', 0.5)])
  reporter.update([completed('a'), completed('b')])
  reporter.end()
  expect(screen(text())).toEqual(['a.svs: /out/a.dzi (4 s)', 'b.svs: /out/b.dzi (4 s)'])
})

test('more files at work than the terminal has rows never scroll it', () => {
  const { output, text } = captureOutput({ json: false, terminal: { rows: 10 } })
  reporterFor(output).update(Array.from({ length: 50 }, (_, at) => running(`job${at}`, 0.1)))
  expect(screen(text()).length).toBeLessThan(10)
})

test('where stdout is no terminal there is a line at the start, at each quarter and at the end', () => {
  const { output, text } = captureOutput({ json: false })
  const reporter = reporterFor(output)
  const failed = makeJob('a', {
    state: 'failed',
    error: { code: 'damaged', class: 'input', message: 'The file is cut short.', hint: 'Copy it again.' }
  })
  for (const job of [
    makeJob('a'),
    running('a', 0.01),
    running('a', 0.1),
    running('a', 0.3),
    running('a', 0.31),
    failed
  ])
    reporter.update([job])
  expect(text()).toBe('a.svs: started on Lab 1\na.svs: 25 %\na.svs: failed. The file is cut short. Copy it again.\n')
})
