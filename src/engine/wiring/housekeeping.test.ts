import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { JobState } from '../../shared/domain/jobs.ts'
import { parseProfile } from '../../shared/domain/profiles.ts'
import { systemClock } from '../clock.ts'
import { type Config, openConfig } from '../config/index.ts'
import { EventHub } from '../events/index.ts'
import { FakeClock } from '../fake-clock.ts'
import { Uploads } from '../intake/index.ts'
import type { NewJob } from '../jobs/index.ts'
import { quietLog } from '../process/testing/quiet-log.ts'
import { Rates, ratesDocument } from '../scheduler/index.ts'
import { openStorage, type Storage } from '../storage/index.ts'
import { openWeb, type Web } from '../web/index.ts'
import { startHousekeeping } from './housekeeping.ts'

/** Waits as long as a busy machine may take. */
const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check)

const hourMs = 3_600_000
const dayMs = 24 * hourMs

let folder: string
let clock: FakeClock
let storage: Storage
let config: Config
let uploads: Uploads
let web: Web
let rates: Rates
let bugs: unknown[]
let removed: string[]
let stop: (() => Promise<void>) | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'microtome-housekeeping-'))
  await mkdir(join(folder, 'thumbnails'))
  clock = new FakeClock(Date.now())
  storage = openStorage(join(folder, 'test.db'), clock)
  const machine = { hostName: 'a', homeDir: folder, threads: 2, memoryBytes: 2 ** 32 }
  config = await openConfig({
    dataDir: folder,
    environment: {},
    commandLine: { keepFinishedDays: 30 },
    machine,
    // Its looks at the file are not what these tests move time for.
    clock: systemClock,
    log: { warn() {} }
  })
  uploads = new Uploads(join(folder, 'uploads'), clock, () => 100)
  web = openWeb({ dataDir: folder, clock, log: quietLog, settings: () => config.current() })
  rates = new Rates()
  bugs = []
  removed = []
})

afterEach(async () => {
  await stop?.()
  await config.close()
  storage.close()
  await rm(folder, { recursive: true })
  expect(bugs).toEqual([])
  expect(clock.pendingTimers).toBe(0)
})

function start(keepsStrangers = false): void {
  const events = new EventHub((bug) => bugs.push(bug))
  events.on('job-removed', (id) => removed.push(id))
  const thumbnailDir = join(folder, 'thumbnails')
  const onBug = (bug: unknown) => bugs.push(bug)
  stop = startHousekeeping({
    ...{ ...storage, clock, config, events, rates, uploads, web, thumbnailDir, onBug },
    keepsStrangers: () => keepsStrangers
  })
}

async function job(id: string, state: JobState, source: NewJob['source'] = { type: 'file', path: '/a.jpg' }) {
  const submission = {
    id: `s-${id}`,
    createdAtMs: clock.wallMs(),
    destination: '/out',
    priority: 'normal',
    onExists: 'rename'
  } as const
  await storage.leases.add([{ taskId: id, jobId: id }])
  await storage.jobs.addSubmission(submission, [
    {
      id,
      submissionId: submission.id,
      source,
      name: 'a.jpg',
      kind: 'image',
      sizeBytes: 1,
      sourceModifiedAtMs: 1,
      profile: parseProfile('webp'),
      sink: { type: 'folder', dir: '/out' },
      onExists: 'rename',
      priority: 'normal',
      state: 'queued',
      createdAtMs: clock.wallMs()
    }
  ])
  if (state !== 'queued') await storage.jobs.change(id, ['queued'], { state, endedAtMs: clock.wallMs() })
}

const isThere = async (id: string) => (await storage.jobs.get(id)) !== undefined

it('takes ended jobs off the list after the days that were set, with their tasks, and tells the pages', async () => {
  await job('old', 'completed')
  await job('waits', 'queued')
  clock.advance(20 * dayMs)
  await job('young', 'failed')
  clock.advance(10 * dayMs + 1)
  start()
  await eventually(() => expect(removed).toEqual(['old']))
  expect([await isThere('old'), await isThere('young'), await isThere('waits')]).toEqual([false, true, true])
  expect([await storage.leases.task('old'), await storage.jobs.submission('s-old')]).toEqual([undefined, undefined])
})

it('looks again every hour', async () => {
  await job('ended', 'completed')
  clock.advance(30 * dayMs - hourMs / 2)
  start()
  clock.advance(hourMs - 1)
  await new Promise((resolve) => setImmediate(resolve))
  expect(removed).toEqual([])
  clock.advance(1)
  await eventually(() => expect(removed).toEqual(['ended']))
})

it('forgets after a year what made which file, however soon jobs are forgotten', async () => {
  const result = (output: string, outputModifiedAtMs: number) => ({
    ...{ output, sourcePath: '/a.jpg', sourceSizeBytes: 1, sourceModifiedAtMs: 1, profile: parseProfile('webp') },
    ...{ outputSizeBytes: 1, outputModifiedAtMs }
  })
  await storage.jobs.recordResult(result('/out/old.webp', clock.wallMs() - 366 * dayMs))
  await storage.jobs.recordResult(result('/out/young.webp', clock.wallMs() - 364 * dayMs))
  start()
  await eventually(async () => expect(await storage.jobs.knownResult('/out/old.webp')).toBeUndefined())
  expect(await storage.jobs.knownResult('/out/young.webp')).toBeDefined()
})

it('removes uploads whose job is gone, and keeps those that a job may still need', async () => {
  const upload = async () => {
    const { uploadId, path } = await uploads.create('a.jpg', 1)
    await uploads.receive(uploadId, 0, Readable.from([Buffer.from('x')]))
    return { type: 'upload', uploadId, path } as const
  }
  const [failed, orphaned] = [await upload(), await upload()]
  await job('failed', 'failed', failed)
  for (const { uploadId } of [failed, orphaned]) await uploads.take(uploadId)
  start()
  await eventually(() => expect(existsSync(orphaned.path)).toBe(false))
  expect(existsSync(failed.path)).toBe(true)
})

it('removes thumbnails that are older than any job', async () => {
  const [old, young] = ['old.jpg', 'young.jpg'].map((name) => join(folder, 'thumbnails', name))
  for (const path of [old, young]) await writeFile(path ?? '', 'x')
  const before = (clock.wallMs() - 31 * dayMs) / 1000
  await utimes(old ?? '', before, before)
  start()
  await eventually(() => expect(existsSync(old ?? '')).toBe(false))
  expect(existsSync(young ?? '')).toBe(true)
})

it('removes kept results a week after their job, and sources of jobs that have ended', async () => {
  const ids = ['old', 'young', 'waits']
  const fetched = (id: string) => join(folder, 'fetched', id)
  for (const id of ids) {
    if (id === 'young') clock.advance(7 * dayMs)
    await job(id, id === 'waits' ? 'queued' : 'completed')
    const output = join(await web.results.prepare(id, 0), 'a.webp')
    await storage.jobs.change(id, ['completed'], { output })
    await mkdir(fetched(id), { recursive: true })
  }
  start()
  await eventually(() => expect(existsSync(web.results.dirOf('old'))).toBe(false))
  expect(ids.map((id) => existsSync(web.results.dirOf(id)))).toEqual([false, true, true])
  expect(ids.map((id) => existsSync(fetched(id)))).toEqual([false, false, true])
  await eventually(async () => expect((await storage.jobs.get('old'))?.output).toBeUndefined())
  expect((await storage.jobs.get('young'))?.output).toBeDefined()
})

it('leaves alone what may belong to jobs of a database that was set aside', async () => {
  const { uploadId, path } = await uploads.create('a.jpg', 1)
  await uploads.receive(uploadId, 0, Readable.from([Buffer.from('x')]))
  await uploads.take(uploadId)
  await job('known', 'completed')
  for (const id of ['known', 'stranger']) await web.results.prepare(id, 0)
  const longAgo = (clock.wallMs() - 8 * dayMs) / 1000
  await utimes(web.results.dirOf('stranger'), longAgo, longAgo)
  clock.advance(8 * dayMs)
  start(true)
  await eventually(() => expect(existsSync(web.results.dirOf('known'))).toBe(false))
  await stop?.()
  expect([existsSync(web.results.dirOf('stranger')), existsSync(path)]).toEqual([true, true])
  start()
  await eventually(() => expect([existsSync(web.results.dirOf('stranger')), existsSync(path)]).toEqual([false, false]))
})

it('keeps what was measured every minute and at the end', async () => {
  start()
  const observe = (runMs: number) => rates.observe({ nodeId: 'n', profile: 'webp', sizeBytes: 1e6, runMs })
  const kept = () => storage.documents.get('rates', ratesDocument)
  expect(await kept()).toBeUndefined()
  observe(1000)
  clock.advance(60_000)
  await eventually(async () => expect(await kept()).toEqual(rates.toDocument()))
  observe(9000)
  await stop?.()
  expect(await kept()).toEqual(rates.toDocument())
})
