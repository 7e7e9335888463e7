import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Kind } from '../../shared/domain/profiles.ts'
import { systemClock } from '../clock.ts'
import { FakeClock } from '../fake-clock.ts'
import { Launcher } from '../process/index.ts'
import { quietLog } from '../process/testing/quiet-log.ts'
import { soon } from '../process/testing/soon.ts'
import type { ChildWatch } from './child-request.ts'
import { type Conversion, Converters } from './converters.ts'

let dir: string
let converters: Converters
let made = 0
let opened: Converters[] = []

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'microtome-converters-'))
  converters = open(systemClock)
})
afterEach(async () => {
  await Promise.all(opened.map((one) => one.close()))
  opened = []
  await rm(dir, { recursive: true, force: true })
})

function open(clock = systemClock): Converters {
  const one = new Converters({
    launcher: new Launcher({ clock, log: quietLog, platform: process.platform }),
    clock,
    log: quietLog,
    childEntry: join(import.meta.dirname, 'testing', 'fixture-child.ts'),
    nodePath: process.execPath,
    tools: () => ({})
  })
  opened.push(one)
  return one
}

async function order(script: object, kind: Kind = 'slide'): Promise<Conversion> {
  const base = join(dir, String(made++))
  await mkdir(join(base, 'out'), { recursive: true })
  await mkdir(join(base, 'scratch'))
  await writeFile(join(base, 'source'), JSON.stringify(script))
  return {
    kind,
    profile: { name: kind === 'image' ? 'webp' : 'dzi', options: {} },
    sourcePath: join(base, 'source'),
    scratchDir: join(base, 'scratch'),
    output: { type: 'folder', dir: join(base, 'out') },
    sizeBytes: 100,
    threads: 3
  }
}

/** The pid that the fixture tells in its first log line. */
function watchPid(): ChildWatch & { pid: Promise<number> } {
  const { promise, resolve } = Promise.withResolvers<number>()
  return { onLog: (_level, message) => resolve(Number(message.split(' ').at(-1))), pid: promise }
}

async function groupIsGone(group: number): Promise<boolean> {
  const stats = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map((name) => readFile(`/proc/${name}/stat`, 'utf8').catch(() => ''))
  )
  return !stats.some((stat) => {
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(fields[2]) === group && fields[0] !== 'Z'
  })
}

test('a conversion gives its result, its progress and its log', async () => {
  const progress: number[] = []
  const logs: string[] = []
  const one = await order({ mode: 'normal' })
  const end = await converters.convert(one, {
    onProgress: (p) => progress.push(p.progress),
    onLog: (_level, message) => logs.push(message)
  })
  expect(end).toMatchObject({ type: 'converted', result: { primary: 'result.webp', totalBytes: 1000 } })
  expect(progress).toEqual([0.1, 1])
  expect(logs[0]).toContain('threads 3')
})

async function pidOf(script: object, kind: Kind = 'slide', sizeBytes = 100): Promise<number> {
  const watch = watchPid()
  await converters.convert({ ...(await order(script, kind)), sizeBytes }, watch)
  return watch.pid
}
const normal = { mode: 'normal' }

test('slides and small images share a warm child, one after the other; videos and large images each get their own', async () => {
  const shared = [await pidOf(normal), await pidOf(normal), await pidOf(normal, 'image'), await pidOf(normal)]
  expect(new Set(shared).size).toBe(1)
  const own = [await pidOf(normal, 'video'), await pidOf(normal, 'video'), await pidOf(normal, 'image', 1e9)]
  expect(new Set([...own, shared[0]]).size).toBe(4)
})

test('a child that failed, holds much memory or was cancelled ends, and the next slide gets a fresh one', async () => {
  const endings: (() => Promise<number>)[] = [
    () => pidOf({ mode: 'input-error' }),
    () => pidOf({ ...normal, rssBytes: 220e6 + 1 }),
    async () => {
      const [abort, watch] = [new AbortController(), watchPid()]
      const ending = converters.convert(await order({ mode: 'slow' }), { ...watch, signal: abort.signal })
      const pid = await watch.pid
      abort.abort()
      await ending
      return pid
    }
  ]
  for (const end of endings) {
    const before = await pidOf({ ...normal, rssBytes: 220e6 })
    expect(await end()).toBe(before)
    expect(await groupIsGone(before)).toBe(true)
    expect(await pidOf(normal)).not.toBe(before)
  }
})

test('a child ends after a hundred slides', async () => {
  const pids = new Set<number>()
  const one = await order(normal)
  for (let i = 0; i < 101; i++) {
    const watch = watchPid()
    await converters.convert(one, watch)
    pids.add(await watch.pid)
    expect(pids.size).toBe(i < 100 ? 1 : 2)
  }
})

test('a warm child ends after it rested for 30 s', async () => {
  const clock = new FakeClock()
  const idle = open(clock)
  const watch = watchPid()
  await idle.convert(await order({ mode: 'normal' }, 'image'), watch)
  const pid = await watch.pid
  clock.advance(29_999)
  expect(await groupIsGone(pid)).toBe(false)
  clock.advance(1)
  await soon(() => groupIsGone(pid)).toBe(true)
  expect(clock.pendingTimers).toBe(0)
})

test('a child killed by a signal is restarted once, in the same scratch, and not in place of one that rests', async () => {
  const [busy, freed] = [watchPid(), await order({ mode: 'until-told' })]
  const other = converters.convert(freed, busy)
  const resting = await busy.pid
  const one = await order({ mode: 'kill-once' })
  const told: number[] = []
  const pids: number[] = []
  const ending = converters.convert(one, {
    onProgress: ({ progress }) => told.push(progress),
    onLog: (_level, message) => pids.push(Number(message.split(' ').at(-1)))
  })
  await writeFile(`${freed.sourcePath}.go`, '')
  await other
  const end = await ending
  expect(pids).not.toContain(resting)
  expect(end).toMatchObject({ type: 'converted' })
  expect(await readdir(one.scratchDir)).toContain('half-done')
  // The second one began at 0.1 again, which nobody needs to see.
  expect(told).toEqual([0.1, 0.6, 0.6, 1])
})

test('a child that is killed again costs the try, and the node answers for it', async () => {
  const end = await converters.convert(await order({ mode: 'kill-always' }), {})
  expect(end).toMatchObject({ type: 'failed', error: { code: 'converter-killed', class: 'node' } })
})

test.each([
  ['crash', { code: 'converter-crashed', class: 'node' }],
  ['exit', { code: 'converter-crashed', class: 'node' }],
  ['garbage', { code: 'unreadable-answer', class: 'bug' }],
  ['input-error', { code: 'damaged', class: 'input' }]
])('what goes wrong in a child becomes an error of the right class: %s', async (mode, error) => {
  expect(await converters.convert(await order({ mode }), {})).toMatchObject({ type: 'failed', error })
})

test('a child entry that does not exist is an error, not a wait', async () => {
  const broken = new Converters({
    launcher: new Launcher({ clock: systemClock, log: quietLog, platform: process.platform }),
    clock: systemClock,
    log: quietLog,
    childEntry: join(dir, 'missing.js'),
    nodePath: process.execPath,
    tools: () => ({})
  })
  expect(await broken.convert(await order({ mode: 'normal' }), {})).toMatchObject({
    error: { code: 'converter-crashed' }
  })
})

test('a child that says nothing for 60 s is killed', async () => {
  const clock = new FakeClock()
  const patient = open(clock)
  const watch = watchPid()
  const lastWord = Promise.withResolvers<unknown>()
  const ending = patient.convert(await order({ mode: 'hang' }), { ...watch, onProgress: lastWord.resolve })
  const pid = await watch.pid
  await lastWord.promise
  clock.advance(59_000)
  expect(await groupIsGone(pid)).toBe(false)
  clock.advance(1_000)
  expect(await ending).toMatchObject({ type: 'failed', error: { code: 'converter-hung', class: 'node' } })
  expect(await groupIsGone(pid)).toBe(true)
  expect(clock.pendingTimers).toBe(0)
})

test('a cancelled child ends by itself, and the answer comes when nothing writes any more', async () => {
  const abort = new AbortController()
  const watch = watchPid()
  const ending = converters.convert(await order({ mode: 'slow' }), { ...watch, signal: abort.signal })
  const pid = await watch.pid
  abort.abort()
  expect(await ending).toEqual({ type: 'cancelled' })
  expect(await groupIsGone(pid)).toBe(true)
})

test('a child that ignores a cancel is killed within 2 s, with the program that it had started', async () => {
  const clock = new FakeClock()
  const strict = open(clock)
  const abort = new AbortController()
  const watch = watchPid()
  let steps = 0
  const ending = strict.convert(await order({ mode: 'stubborn' }), {
    ...watch,
    signal: abort.signal,
    onProgress: () => steps++
  })
  const pid = await watch.pid
  await soon(() => steps).toBeGreaterThan(1)
  abort.abort()
  clock.advance(1400)
  expect(await groupIsGone(pid)).toBe(false)
  clock.advance(599)
  expect(await ending).toEqual({ type: 'cancelled' })
  await soon(() => groupIsGone(pid)).toBe(true)
})

test('a cancel before the child is ready ends it, and a cancelled order never starts one', async () => {
  const early = new AbortController()
  const ending = converters.convert(await order({ mode: 'slow' }), { signal: early.signal })
  early.abort()
  expect(await ending).toEqual({ type: 'cancelled' })
  expect(await converters.convert(await order({ mode: 'slow' }), { signal: AbortSignal.abort() })).toEqual({
    type: 'cancelled'
  })
})

test('looking at files uses two shared children, tells errors, and is bounded in time', async () => {
  const sources = await Promise.all(Array.from({ length: 6 }, () => order({ mode: 'normal' })))
  const looked = await Promise.all(sources.map((one) => converters.probe(one.sourcePath)))
  expect(new Set(looked.map((probed) => probed.format)).size).toBeLessThanOrEqual(2)
  const bad = await order({ mode: 'input-error' })
  await expect(converters.probe(bad.sourcePath)).rejects.toMatchObject({ code: 'not-recognised', class: 'input' })
  const clock = new FakeClock()
  const bounded = open(clock)
  const looking = bounded.probe((await order({ mode: 'hang' })).sourcePath)
  await soon(() => clock.pendingTimers).toBeGreaterThan(0)
  clock.advance(30_000)
  await expect(looking).rejects.toMatchObject({ code: 'too-slow' })
  await expect(converters.probe((await order({ mode: 'kill-always' })).sourcePath)).rejects.toMatchObject({
    code: 'converter-killed'
  })
})

test('the sample is written by a child', async () => {
  await converters.sample(join(dir, 'sample.tiff'))
  expect(await readFile(join(dir, 'sample.tiff'), 'utf8')).toBe('sample')
})

test('closing ends every child', async () => {
  const watch = watchPid()
  const ending = converters.convert(await order({ mode: 'stubborn' }), watch)
  const pid = await watch.pid
  await converters.close()
  expect((await ending).type).toBe('cancelled')
  expect(await groupIsGone(pid)).toBe(true)
})
