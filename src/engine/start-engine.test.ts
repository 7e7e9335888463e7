import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rename, rm, truncate } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ContractRouterClient } from '@orpc/contract'
import { type AnyRouter, createRouterClient } from '@orpc/server'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LocalContract } from '../shared/contract/local.ts'
import type { Job } from '../shared/domain/jobs.ts'
import { parseProfile } from '../shared/domain/profiles.ts'
import type { Engine, EngineOptions } from './engine.ts'
import { startEngine } from './start-engine.ts'

// What an engine leaves behind (timers, sockets, children, files) fails this file by itself: see e2e/support/leaks.ts.

const childEntry = fileURLToPath(new URL('../converters/child.ts', import.meta.url))
let folder: string
let engines: Engine[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'microtome-engine-'))
  engines = []
})

afterEach(async () => {
  for (const engine of engines) await engine.close()
  await rm(folder, { recursive: true })
})

async function start(overrides: EngineOptions['overrides'] = {}, name = 'node'): Promise<Engine> {
  const engine = await startEngine({
    dataDir: join(folder, name),
    overrides: { port: 0, host: '127.0.0.1', interface: 'none', destination: join(folder, 'out'), ...overrides },
    childEntry,
    nodePath: process.execPath,
    version: '0.1.0'
  })
  engines.push(engine)
  return engine
}

const callsOf = ({ api }: Engine) =>
  createRouterClient(api.localRouter as AnyRouter) as unknown as ContractRouterClient<LocalContract>

async function photo(): Promise<string> {
  const path = join(folder, 'photo.jpg')
  await sharp({ create: { width: 64, height: 48, channels: 3, background: '#c06090' } })
    .jpeg()
    .toFile(path)
  return path
}

/** The job once it has ended, as events tell. */
async function ended(engine: Engine, id: string): Promise<Job> {
  const calls = callsOf(engine)
  const events = await calls.events()
  const hasEnded = (job: Job) => ['completed', 'failed', 'cancelled'].includes(job.state)
  const now = await calls.jobs.get({ id })
  if (hasEnded(now)) return now
  for await (const event of events) {
    const job = event.type === 'jobs' ? event.jobs.find((one) => one.id === id && hasEnded(one)) : undefined
    if (job) return job
  }
  throw new Error('the events ended')
}

const submit = async (engine: Engine, path: string) =>
  (
    await callsOf(engine).submit({
      paths: [path],
      profiles: { image: parseProfile('webp') },
      destination: join(folder, 'out')
    })
  ).jobs[0]?.id ?? ''

describe('an engine', () => {
  it('starts, ends and starts again on its folder as the same node', async () => {
    const first = await start()
    expect(first.peerPort).toBeGreaterThan(0)
    await first.close()
    await first.close()
    await first.closed
    const second = await start()
    expect(second.nodeId).toBe(first.nodeId)
    expect((await callsOf(second).status()).worker).toBe('idle')
  })

  it('converts on this computer and remembers over a restart what it made', async () => {
    const first = await start()
    const id = await submit(first, await photo())
    const job = await ended(first, id)
    expect(job).toMatchObject({ state: 'completed', nodeId: first.nodeId, attempts: 1, progress: 1 })
    expect(await readdir(join(folder, 'out'))).toEqual(['photo.webp'])
    await first.close()
    const second = await start()
    expect(await second.api.result(id)).toMatchObject({ output: join(folder, 'out', 'photo.webp'), container: 'file' })
    expect((await callsOf(second).status()).counts).toMatchObject({ completed: 1, queued: 0 })
  })

  it('keeps what waits, and runs it when it may', async () => {
    const idle = await start({ localWork: false })
    const id = await submit(idle, await photo())
    expect(await callsOf(idle).jobs.get({ id })).toMatchObject({ state: 'queued' })
    await idle.close()
    expect(await ended(await start(), id)).toMatchObject({ state: 'completed' })
  })

  it('finishes what runs before it ends, where it is asked to', async () => {
    const engine = await start()
    const id = await submit(engine, await photo())
    await callsOf(engine).shutdown({})
    await engine.closed
    const again = await start({ localWork: false })
    expect(['completed', 'queued']).toContain((await callsOf(again).jobs.get({ id })).state)
    expect((await readdir(join(folder, 'out')).catch(() => [])).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('makes the sample slide once, whole', async () => {
    const engine = await start()
    const calls = callsOf(engine)
    const [one, other] = await Promise.all([calls.sample(), calls.sample()])
    expect(one).toEqual(other)
    expect(await readdir(join(folder, 'node', 'sample'))).toEqual(['Sample slide.tif'])
  })

  it('shows a new name at once', async () => {
    const engine = await start()
    const calls = callsOf(engine)
    await calls.settings.set({ values: { name: 'Microscope room' } })
    expect((await calls.status()).name).toBe('Microscope room')
    expect((await calls.nodes.list())[0]?.name).toBe('Microscope room')
    expect(engine.api.name).toBe('Microscope room')
  })
})

describe('a start on a damaged database', () => {
  it('begins with an empty one, keeps the damaged one and says so until that is moved away', async () => {
    const first = await start({ localWork: false })
    await submit(first, await photo())
    await first.close()
    const database = join(folder, 'node', 'microtome.db')
    await truncate(database, 5000)
    const damaged = await readFile(database)

    const engine = await start({ localWork: false })
    const calls = callsOf(engine)
    const aside = (await readdir(join(folder, 'node'))).find((name) => name.includes('.damaged-')) ?? ''
    expect((await readFile(join(folder, 'node', aside))).equals(damaged)).toBe(true)
    expect(await calls.status()).toMatchObject({
      nodeId: first.nodeId,
      counts: { queued: 0 },
      storageError: { code: 'storage-set-aside', message: expect.stringContaining(aside) }
    })
    expect(await readFile(join(folder, 'node', 'logs', 'microtome.log'), 'utf8')).toContain(
      'the job storage was damaged'
    )
    await rename(join(folder, 'node', aside), join(folder, aside))
    expect((await calls.status()).storageError).toBeUndefined()
  })
})

describe('a start that can’t be', () => {
  it('says that the folder is in use, and leaves its node alone', async () => {
    const running = await start()
    await expect(start()).rejects.toMatchObject({ code: 'already-running' })
    expect((await callsOf(running).status()).nodeId).toBe(running.nodeId)
  })

  it('says that the port is taken, leaves nothing, and may be tried again', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await expect(start({ port })).rejects.toMatchObject({ code: 'port-in-use' })
    taken.close()
    await once(taken, 'close')
    expect((await start({ port })).peerPort).toBe(port)
  })

  it('says what is wrong with a flag, and leaves nothing', async () => {
    await expect(start({ slots: 0 })).rejects.toMatchObject({ code: 'bad-setting' })
    await start()
  })
})
