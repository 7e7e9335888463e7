import { expect, test } from 'vitest'
import type { Contender, Goal, Section } from '../section.ts'
import { figures, linesOf } from './lines.ts'
import { slidesFile } from './slides-file.ts'
import { keeps, verdictOf } from './verdict.ts'

const contender = (name: string, seconds: number[], peakMb = 100): Contender => ({
  name,
  command: `${name} slide.svs out`,
  runs: seconds.map((s) => ({ ms: s * 1000, peakMb, cpuMs: s * 2000 }))
})
const ours = contender('ours', [2, 9, 1])
const peer = contender('peer', [21, 20, 19], 90)
const verdict = (goal: Goal) => verdictOf({ ours, peer, goals: [] }, goal)

test('how much faster we are is the peer’s median over ours, and a goal is met by no less', () => {
  expect(verdict({ faster: 10 })).toMatchObject({ ratio: expect.stringMatching(/^10\.00 x faster/), isMet: true })
  expect(verdict({ faster: 10.1 }).isMet).toBe(false)
})

test('a limit of time and one of memory are met by no more', () => {
  expect(verdict({ within: 0.1 })).toMatchObject({ ratio: '0.10 x the time', isMet: true })
  expect(verdict({ within: 0.09 }).isMet).toBe(false)
  expect(verdict({ noMoreMemory: true })).toMatchObject({ ratio: '1.11 x the memory', isMet: false })
  expect(keeps({ ours, atMostMb: 100 })).toMatchObject({ ratio: '100 MB', isMet: true })
})

const section: Section = {
  title: 'To Deep Zoom',
  input: 'a slide',
  duels: [
    { ours, peer, goals: [{ faster: 10 }] },
    { ours, peer: contender('other', [1]), goals: [{ faster: 3, aim: 4 }] }
  ],
  notes: ['It is the disk.']
}

test('the terminal shows each contender once with its command, and every verdict', () => {
  const lines = linesOf(section)
  expect(lines.filter((line) => line === '      $ ours slide.svs out')).toHaveLength(1)
  expect(lines.filter((line) => /: (NOT )?MET$/.test(line)).map((line) => line.includes('NOT'))).toEqual([false, true])
  expect(linesOf({ title: 'To SZI', missing: 'no vips' })).toEqual(['TO SZI', '  not measured: no vips'])
})

test('beside our time stand the first slide’s and that of the start', () => {
  const runs = [1, 2, 3].map((s) => ({ ms: s * 1000, peakMb: 0, cpuMs: 0, firstMs: s * 2000, startMs: s * 100 }))
  expect(figures({ name: 'ours', command: '', runs })).toBe(
    '2.00 s (1.00 – 3.00), first slide 4.00 s, starts in 0.20 s'
  )
})

test('the file names machine, peers, commands and what was asked', () => {
  const text = slidesFile(['Processor: one'], [section, { title: 'To SZI', missing: 'no vips' }])
  for (const part of [
    '- Processor: one',
    '`peer slide.svs out`',
    'at least 3 x faster (aim: 4 x)',
    '**not met**',
    '- It is the disk.'
  ])
    expect(text).toContain(part)
  expect(text).toContain('Not measured: no vips.')
})
