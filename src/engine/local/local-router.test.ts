import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LocalEvent } from '../../shared/contract/local.ts'
import { fromRpcError } from '../../shared/contract/rpc-error.ts'
import { parseProfile } from '../../shared/domain/profiles.ts'
import { FakeWorker } from '../scheduler/testing/fake-worker.ts'
import { LocalBench } from './testing/local-bench.ts'

/** Waits as long as a busy machine may take. */
const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check)

let bench: LocalBench

beforeEach(async () => {
  bench = await LocalBench.open()
})

afterEach(async () => {
  await bench.close()
  expect(bench.bugs).toEqual([])
})

const webp = parseProfile('webp')

async function photos(count: number): Promise<string[]> {
  const paths = Array.from({ length: count }, (_, index) => join(bench.folder, `photo-${index}.jpg`))
  for (const path of paths) await writeFile(path, 'x')
  return paths
}

async function submit(client: ReturnType<LocalBench['connect']>['client'], count = 1) {
  const paths = await photos(count)
  return client.submit({ paths, profiles: { image: webp }, destination: join(bench.folder, 'out') })
}

const refusal = async (call: Promise<unknown>) => fromRpcError(await call.catch((thrown: unknown) => thrown))

describe('a drop', () => {
  it('is answered with its jobs, and every page hears of it', async () => {
    const [one, other] = [bench.connect(), bench.connect()]
    const events = await other.client.events()
    for (const type of ['status', 'nodes', 'nearby']) expect((await events.next()).value).toMatchObject({ type })
    const { submissionId, jobs, refused } = await submit(one.client, 2)
    expect([jobs.length, refused]).toEqual([2, []])
    expect(jobs[0]).toMatchObject({ state: 'queued', progress: 0, why: 'All computers are busy.', profile: webp })
    const heard: LocalEvent[] = []
    for await (const event of events) if (heard.push(event) === 2) break
    expect(heard).toMatchObject([
      { type: 'jobs', jobs: [{ id: jobs[0]?.id }, { id: jobs[1]?.id }] },
      { type: 'submission', submission: { id: submissionId, total: 2 } }
    ])
  })

  it('is listed newest first, page by page, and by itself', async () => {
    const { client } = bench.connect()
    const { submissionId } = await submit(client, 2)
    await submit(client, 3)
    const first = await client.jobs.list({ limit: 4 })
    const second = await client.jobs.list({ limit: 4, ...(first.next === undefined ? {} : { cursor: first.next }) })
    expect([first.jobs.length, second.jobs.length, second.next]).toEqual([4, 1, undefined])
    expect((await client.jobs.list({ submissionId })).jobs).toHaveLength(2)
    expect((await client.submissions.list({})).map(({ total }) => total)).toEqual([3, 2])
    expect(await client.submissions.get({ id: submissionId })).toMatchObject({ total: 2, completed: 0 })
  })
})

describe('a job', () => {
  it('tells where its tries ran, its log and the command for support', async () => {
    const { client } = bench.connect()
    const [job] = (await submit(client)).jobs
    const id = job?.id ?? ''
    const { jobs } = bench.storage
    const ranOn = { nodeId: 'n', nodeName: 'PC 7' }
    await jobs.change(id, ['queued'], { state: 'running', ranOn })
    await jobs.startAttempt(id, { epoch: 1, ...ranOn, startedAtMs: 1 })
    await jobs.addLogLine(id, { atMs: 2, level: 'info', message: 'Begun.' })
    await jobs.change(id, ['running'], { state: 'failed', endedAtMs: 3 })
    const details = await client.jobs.get({ id })
    expect(details).toMatchObject({
      nodeName: 'PC 7',
      attemptLog: [{ epoch: 1, outcome: 'running' }],
      logLines: [{ message: 'Begun.' }]
    })
    expect(details.command).toContain(`microtome convert ${join(bench.folder, 'photo-0.jpg')} --to webp`)
    // Waiting again, it runs nowhere.
    await client.jobs.retry({ ids: [id] })
    expect((await client.jobs.get({ id })).nodeName).toBeUndefined()
  })

  it('that ended is taken off the list, one that waits is not', async () => {
    const { client } = bench.connect()
    const [ended, waits] = (await submit(client, 2)).jobs.map(({ id }) => id)
    await client.jobs.cancel({ ids: [ended ?? ''] })
    const events = await client.events()
    const answer = await client.jobs.remove({ ids: [ended ?? '', waits ?? ''] })
    expect(answer).toMatchObject({ changed: 1, refused: [{ id: waits, error: { code: 'wrong-state' } }] })
    for await (const event of events) {
      if (event.type !== 'jobs-removed') continue
      expect(event.ids).toEqual([ended])
      break
    }
    expect(await refusal(client.jobs.get({ id: ended ?? '' }))).toMatchObject({ code: 'unknown-job', class: 'input' })
    expect(await bench.storage.leases.task(ended ?? '')).toBeUndefined()
  })

  it('that failed is tried again by its submission, the others are left alone', async () => {
    const { client } = bench.connect()
    const { submissionId, jobs } = await submit(client, 3)
    const [failed, cancelled] = jobs.map(({ id }) => id)
    await bench.storage.jobs.change(failed ?? '', ['queued'], { state: 'failed', endedAtMs: 1 })
    await client.jobs.cancel({ ids: [cancelled ?? ''] })
    expect(await client.submissions.retryFailed({ id: submissionId })).toEqual({ changed: 1, refused: [] })
    expect(await bench.storage.jobs.counts()).toMatchObject({ queued: 2, cancelled: 1, failed: 0 })
  })
})

describe('a page that leaves', () => {
  it('takes the code away that it showed, at once', async () => {
    const { client, leave } = bench.connect()
    const events = await client.pairing.open()
    expect((await events.next()).value).toMatchObject({ type: 'code' })
    await leave()
    await eventually(() => expect(bench.pairing).toEqual({ opened: 1, left: 1 }))
  })

  it('that closes the dialog only takes it away too', async () => {
    const { client } = bench.connect()
    const events = await client.pairing.open()
    await events.next()
    await events.return?.()
    await eventually(() => expect(bench.pairing.left).toBe(1))
  })

  it('is followed no longer: its events are not even read', async () => {
    const { client, leave } = bench.connect()
    const events = await client.events()
    await events.next()
    await leave()
    const other = bench.connect().client
    const heard = await other.events()
    await heard.next()
    const looks = vi.spyOn(bench.storage.jobs, 'get')
    await submit(other)
    for await (const { type } of heard) if (type === 'jobs') break
    expect(looks).toHaveBeenCalledTimes(1)
  })
})

describe('other computers', () => {
  it('are paused and resumed where they answer', async () => {
    const worker = new FakeWorker('a')
    const calls: unknown[] = []
    worker.pause = async (...args: unknown[]) => void calls.push(...args)
    bench.ports.set('a', worker)
    const { client } = bench.connect()
    await client.nodes.pause({ nodeId: 'a', now: true })
    await client.nodes.pause({ nodeId: 'a' })
    expect(calls).toEqual([true, false])
    await client.nodes.resume({ nodeId: 'a' })
    expect(await client.nodes.remove({ node: 'a' })).toEqual({ nodeId: 'a' })
    expect(await client.nodes.nearby()).toHaveLength(1)
  })

  it('that are away, or go away in the middle of it, are said to be, and that is no bug', async () => {
    const worker = new FakeWorker('a')
    bench.ports.set('a', worker)
    const { client } = bench.connect()
    worker.pause = async () => {
      throw new Error('the socket was closed')
    }
    expect(await refusal(client.nodes.pause({ nodeId: 'a' }))).toMatchObject({
      code: 'unreachable',
      class: 'transport'
    })
    worker.online = false
    expect(await refusal(client.nodes.pause({ nodeId: 'a' }))).toMatchObject({
      code: 'node-offline',
      class: 'transport'
    })
  })
})

describe('an estimate', () => {
  const item = { kind: 'image', sizeBytes: 4e6, widthPx: 4096, heightPx: 2048 } as const

  it('tells room and time, also before the destination is made and the options are filled in', async () => {
    bench.bytesPerSecond = 2e6
    const { client } = bench.connect()
    const profiles = { image: { name: 'webp', options: {} } } as const
    const told = await client.estimate({ items: [item], profiles, destination: join(bench.folder, 'new', 'deep') })
    expect(told).toMatchObject({ bytes: Math.round(1024 * 512 * 0.12), seconds: 2 })
    expect(told.freeBytes).toBeGreaterThan(0)
  })

  it('tells no time before anything was measured', async () => {
    const { client } = bench.connect()
    const told = await client.estimate({ items: [item], profiles: { image: webp }, destination: bench.folder })
    expect(told.seconds).toBeUndefined()
  })
})

describe('the rest of the door', () => {
  it('shows what was dropped, as it is found', async () => {
    const [path = ''] = await photos(1)
    const { client } = bench.connect()
    const seen: string[] = []
    for await (const event of await client.inspect({ paths: [path, join(bench.folder, 'gone')] })) seen.push(event.type)
    expect(seen.sort()).toEqual(['done', 'recognised', 'unrecognised'])
  })

  it('keeps settings in the file, and refuses a wrong one with what is allowed', async () => {
    const { client } = bench.connect()
    await client.settings.set({ values: { slots: 3 } })
    const { values, file, origins } = await client.settings.get()
    expect([values.slots, origins.slots, origins.destination]).toEqual([3, 'file', 'command-line'])
    expect(await readFile(file, 'utf8')).toContain('"slots"')
    expect(await refusal(client.settings.set({ values: { slots: 0 } }))).toMatchObject({ class: 'input' })
  })

  it('lists and makes folders', async () => {
    const { client } = bench.connect()
    await mkdir(join(bench.folder, 'scans'))
    const { path } = await client.folders.create({ path: join(bench.folder, 'scans', 'new') })
    expect(existsSync(path)).toBe(true)
    const { entries, places } = await client.folders.list({ path: join(bench.folder, 'scans') })
    expect(entries.map(({ name }) => name)).toEqual(['new'])
    expect(places.length).toBeGreaterThan(0)
  })

  it('begins, tells and drops uploads', async () => {
    const { client } = bench.connect()
    const { uploadId, received } = await client.uploads.create({ name: 'a.jpg', sizeBytes: 9 })
    expect(received).toBe(0)
    expect(await client.uploads.get({ uploadId })).toEqual({ received: 0, sizeBytes: 9 })
    await client.uploads.remove({ uploadId })
    expect(await refusal(client.uploads.get({ uploadId }))).toMatchObject({ code: 'unknown-upload' })
    expect(await refusal(client.uploads.create({ name: 'a.jpg', sizeBytes: 1001 }))).toMatchObject({
      code: 'upload-too-large'
    })
  })

  it('ends the engine after what runs, or at once', async () => {
    const { client } = bench.connect()
    await client.shutdown({})
    await client.shutdown({ now: true })
    expect(bench.shutdowns).toEqual([false, true])
    expect(await client.doctor()).toHaveLength(1)
    expect((await client.sample()).path).toContain('sample')
    expect(await client.pairing.join({ address: 'a:1', code: '1' })).toMatchObject({ name: 'a:1' })
  })
})
