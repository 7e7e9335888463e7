import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { WebBench } from './testing/web-bench.ts'

const dayMs = 24 * 3_600_000

async function keep(bench: WebBench, jobId: string, name = 'out.mp4'): Promise<string> {
  const path = join(await bench.web.results.prepare(jobId, 100), name)
  writeFileSync(path, 'a result')
  return path
}

it('a kept result is found by its job and its path', async () => {
  const bench = new WebBench()
  const path = await keep(bench, 'j1')
  expect(path).toBe(join(bench.dataDir, 'blobs', 'j1', 'out.mp4'))
  expect(await bench.web.results.find('j1', path)).toEqual({ path, sizeBytes: 8, name: 'out.mp4', type: 'video/mp4' })
})

it.each([
  ['another job', (bench: WebBench) => join(bench.dataDir, 'blobs', 'j2', 'out.mp4')],
  ['the data folder', (bench: WebBench) => join(bench.dataDir, 'microtome.db')],
  ['what is not there', (bench: WebBench) => join(bench.dataDir, 'blobs', 'j1', 'gone.mp4')],
  ['a folder', (bench: WebBench) => join(bench.dataDir, 'blobs', 'j1', 'tiles')]
])('nothing is found of %s', async (_what, pathOf) => {
  const bench = new WebBench()
  await keep(bench, 'j1')
  await keep(bench, 'j2')
  mkdirSync(join(bench.dataDir, 'blobs', 'j1', 'tiles'))
  writeFileSync(join(bench.dataDir, 'microtome.db'), '')
  expect(await bench.web.results.find('j1', pathOf(bench))).toBeUndefined()
})

it('a job whose id is no plain word has no folder', async () => {
  const bench = new WebBench()
  expect(() => bench.web.results.dirOf('..')).toThrow(expect.objectContaining({ code: 'bad-job-id' }))
})

it('a result of an unknown kind is bytes', async () => {
  const bench = new WebBench()
  expect(await bench.web.results.find('j1', await keep(bench, 'j1', 'out'))).toMatchObject({
    type: 'application/octet-stream'
  })
})

it('no place is made where the disk has no room', async () => {
  const bench = new WebBench()
  await expect(bench.web.results.prepare('j1', 2 ** 52)).rejects.toMatchObject({ code: 'disk-full', class: 'node' })
  expect(bench.files()).toEqual([])
})

it('sweeping removes what was kept long enough, as the settings say by now, and what nobody knows', async () => {
  const clock = new FakeClock(Date.now())
  const bench = new WebBench({ clock, keepResultsDays: 7 })
  for (const jobId of ['running', 'old', 'young', 'unknown']) await keep(bench, jobId)
  const nowMs = clock.wallMs()
  const ends: Record<string, { endedAtMs?: number }> = {
    running: {},
    old: { endedAtMs: nowMs - 7 * dayMs },
    young: { endedAtMs: nowMs - 7 * dayMs + 1000 }
  }
  const sweep = () => bench.web.results.sweep(async (jobId) => ends[jobId])
  expect(await sweep()).toEqual(['old'])
  clock.advance(2 * 3_600_000)
  expect((await sweep()).sort()).toEqual(['unknown', 'young'])
  Object.assign(bench.settings, { keepResultsDays: 0 })
  expect(await sweep()).toEqual([])
  expect(bench.files()).toEqual([join('blobs', 'running', 'out.mp4')])
})

it('a result is removed with its job, once or more', async () => {
  const bench = new WebBench()
  await keep(bench, 'j1')
  await bench.web.results.remove('j1')
  await bench.web.results.remove('j1')
  expect(bench.files()).toEqual([])
})
