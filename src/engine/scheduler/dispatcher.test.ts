import { existsSync } from 'node:fs'
import fs, { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WorkerStatus } from '../../shared/domain/nodes.ts'
import { parseProfile } from '../../shared/domain/profiles.ts'
import { EventHub } from '../events/index.ts'
import { FakeClock } from '../fake-clock.ts'
import { Edits, JobOutputs, type NewJob } from '../jobs/index.ts'
import { openStorage, type Storage } from '../storage/index.ts'
import { Dispatcher, type HeldTask, type LentTask, LiveTasks, Rates, WorkerHealth, type WorkerPort } from './index.ts'

const hardware: WorkerStatus['hardware'] = {
  cpuModel: 'x',
  cpuThreads: 4,
  memoryBytes: 8e9,
  gpus: [],
  diskFreeBytes: 1e12,
  battery: { present: false, onMains: true },
  os: 'test',
  class: 'desktop'
}

/** A worker that does what the test says. */
class FakeWorker implements WorkerPort {
  readonly nodeId: string
  readonly name: string
  readonly isSelf: boolean
  readonly lent: LentTask[] = []
  readonly cancelled: number[] = []
  accepts = true
  online = true
  holds: HeldTask[] = []

  constructor(nodeId: string, isSelf = false) {
    this.nodeId = nodeId
    this.name = `computer ${nodeId}`
    this.isSelf = isSelf
  }

  status(): WorkerStatus | undefined {
    if (!this.online) return undefined
    const tools = { microtome: '1', node: '24' }
    const profiles = ['webp' as const]
    return { state: 'idle', reason: '', slots: 1, busy: 0, load: 0, profiles, scratchFreeBytes: 1e12, hardware, tools }
  }

  async offer(task: LentTask) {
    if (this.accepts) this.lent.push(task)
    return this.accepts ? { accepted: true } : { accepted: false, reason: 'no' }
  }

  async cancel({ epoch }: { epoch: number }) {
    this.cancelled.push(epoch)
  }

  held = async () => this.holds
  pause = async () => {}
  resume = async () => {}
}

let folder: string
let storage: Storage
let clock: FakeClock
let bugs: unknown[]
let dispatchers: Dispatcher[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'microtome-dispatcher-'))
  clock = new FakeClock()
  storage = openStorage(join(folder, 'test.db'), clock)
  bugs = []
  dispatchers = []
})

afterEach(async () => {
  for (const dispatcher of dispatchers) await dispatcher.stop()
  storage.close()
  await rm(folder, { recursive: true })
  expect(bugs).toEqual([])
})

function master(workers: FakeWorker[]) {
  const { jobs, leases } = storage
  const outputs = new JobOutputs({
    jobs,
    files: fs,
    clock,
    platform: 'linux',
    owner: 'me',
    needBytes: () => 0,
    dropUpload: async () => {}
  })
  const live = new LiveTasks()
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const events = new EventHub((bug) => bugs.push(bug))
  const health = new WorkerHealth(clock)
  const dispatcher = new Dispatcher({
    clock,
    random: () => 0,
    log,
    events,
    jobs,
    leases,
    outputs,
    live,
    health,
    rates: new Rates(),
    ports: () => workers,
    onBug: (bug) => bugs.push(bug)
  })
  dispatchers.push(dispatcher)
  const edits = new Edits({ jobs, leases, dispatching: dispatcher, clock, onChanged() {}, onEnded: async () => {} })
  return { dispatcher, live, health, edits }
}

async function submit(count = 1, change: Partial<NewJob> = {}): Promise<string[]> {
  const fresh: NewJob[] = []
  for (let index = 0; index < count; index++) {
    const path = join(folder, `photo-${index}.jpg`)
    if (!existsSync(path)) await writeFile(path, 'x')
    fresh.push({
      id: `job-${index}`,
      submissionId: 's',
      source: { type: 'file', path },
      name: `photo-${index}.jpg`,
      kind: 'image',
      sizeBytes: 1,
      sourceModifiedAtMs: (await fs.stat(path)).mtimeMs,
      profile: parseProfile('webp'),
      sink: { type: 'folder', dir: join(folder, 'out') },
      onExists: 'rename',
      priority: 'normal',
      state: 'queued',
      createdAtMs: clock.wallMs(),
      ...change
    })
  }
  await storage.leases.add(fresh.map(({ id }) => ({ taskId: id, jobId: id })))
  const { createdAtMs } = fresh[0] ?? { createdAtMs: 0 }
  const submission = {
    id: fresh[0]?.submissionId ?? 's',
    createdAtMs,
    destination: join(folder, 'out'),
    priority: 'normal',
    onExists: 'rename'
  } as const
  await storage.jobs.addSubmission(submission, fresh)
  return fresh.map(({ id }) => id)
}

const stateOf = async (id: string) => (await storage.jobs.get(id))?.state
const lentTo = (worker: FakeWorker, count: number) => vi.waitFor(() => expect(worker.lent).toHaveLength(count))

/** The same while time passes. */
const soonLentTo = (worker: FakeWorker, count: number) =>
  vi.waitFor(() => {
    clock.advance(1000)
    expect(worker.lent).toHaveLength(count)
  })

async function finish(dispatcher: Dispatcher, worker: FakeWorker, task: LentTask | undefined) {
  if (!task) throw new Error('nothing was lent')
  await writeFile(join(task.stagingDir, 'result.webp'), 'result')
  return dispatcher.desk.finished(worker.nodeId, task, { primary: 'result.webp', totalBytes: 6, report: {}, runMs: 5 })
}

describe('the dispatcher', () => {
  it('lends a job, takes its result once, and gives it its name', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher } = master([worker])
    const [id = ''] = await submit()
    await dispatcher.start('self')
    await lentTo(worker, 1)
    expect(await stateOf(id)).toBe('running')
    const [task] = worker.lent
    expect(await finish(dispatcher, worker, task)).toBe('ok')
    expect(await storage.jobs.get(id)).toMatchObject({
      state: 'completed',
      attempts: 1,
      output: join(folder, 'out', 'photo-0.webp')
    })
    expect(await readdir(join(folder, 'out'))).toEqual(['photo-0.webp'])
    expect(
      await dispatcher.desk.finished(
        'a',
        { taskId: id, epoch: 1 },
        { primary: 'x', totalBytes: 0, report: {}, runMs: 0 }
      )
    ).toBe('stale')
  })

  it('takes a lease from a silent worker, lends it to another with a higher epoch, and refuses the late one', async () => {
    const [late, other] = [new FakeWorker('a'), new FakeWorker('b')]
    other.online = false
    const { dispatcher } = master([late, other])
    const [id = ''] = await submit()
    await dispatcher.start('self')
    await lentTo(late, 1)
    other.online = true
    late.online = false
    for (let second = 0; second < 12; second++) {
      clock.advance(1000)
      await vi.waitFor(async () => expect(await storage.leases.leases()).toBeDefined())
    }
    await vi.waitFor(async () => expect(await stateOf(id)).toBe('queued'))
    await soonLentTo(other, 1)
    expect(other.lent[0]?.epoch).toBe(2)
    const progress = { progress: 0.9, stage: 'converting' } as const
    expect(await dispatcher.desk.heartbeat('a', [{ taskId: id, epoch: 1, progress }])).toEqual([
      { taskId: id, epoch: 1 }
    ])
    expect(await dispatcher.desk.valid('a', { taskId: id, epoch: 1 })).toBeUndefined()
    expect(
      await dispatcher.desk.failed('a', { taskId: id, epoch: 1 }, { code: 'x', class: 'input', message: 'x' })
    ).toBe('stale')
    expect(await finish(dispatcher, other, other.lent[0])).toBe('ok')
    expect((await storage.jobs.attempts(id)).map((attempt) => attempt.outcome)).toEqual(['lost', 'completed'])
  })

  it('ends a job at once for the file’s own fault and holds nothing against the node', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher, health } = master([worker])
    const [id = ''] = await submit()
    await dispatcher.start('self')
    await lentTo(worker, 1)
    const error = { code: 'damaged', class: 'input', message: 'The file is damaged.' } as const
    await dispatcher.desk.failed('a', { taskId: id, epoch: 1 }, error)
    expect(await storage.jobs.get(id)).toMatchObject({ state: 'failed', attempts: 1, error })
    expect(health.recentFailures('a')).toBe(0)
    expect(await readdir(join(folder, 'out'))).toEqual([])
  })

  it('tries a node’s fault again on another node first, and counts it against the node', async () => {
    const [bad, good] = [new FakeWorker('a'), new FakeWorker('b')]
    good.online = false
    const { dispatcher, health } = master([bad, good])
    const [id = ''] = await submit()
    await dispatcher.start('self')
    await lentTo(bad, 1)
    good.online = true
    await dispatcher.desk.failed(
      'a',
      { taskId: id, epoch: 1 },
      { code: 'crashed', class: 'node', message: 'It crashed.' }
    )
    expect(health.recentFailures('a')).toBe(1)
    expect(await stateOf(id)).toBe('queued')
    await soonLentTo(good, 1)
    expect(bad.lent).toHaveLength(1)
  })

  it('costs no attempt when a worker gives a lease back or refuses it', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher } = master([worker])
    const [id = ''] = await submit()
    await dispatcher.start('self')
    await lentTo(worker, 1)
    worker.accepts = false
    expect(await dispatcher.desk.released('a', { taskId: id, epoch: 1 }, 'paused')).toBe('ok')
    await vi.waitFor(async () =>
      expect((await storage.jobs.attempts(id)).map((one) => one.outcome)).toEqual(['released', 'refused'])
    )
    await vi.waitFor(async () => expect(await stateOf(id)).toBe('queued'))
    worker.accepts = true
    await soonLentTo(worker, 2)
    expect((await storage.jobs.get(id))?.attempts).toBe(0)
  })

  it('stops a running job when the user cancels it, and refuses its result', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher, edits } = master([worker])
    const [id = ''] = await submit()
    await dispatcher.start('self')
    await lentTo(worker, 1)
    expect(await edits.cancel([id, 'unknown'])).toMatchObject({
      changed: 1,
      refused: [{ id: 'unknown', error: { code: 'unknown-job' } }]
    })
    expect(worker.cancelled).toEqual([1])
    expect(
      await dispatcher.desk.finished(
        'a',
        { taskId: id, epoch: 1 },
        { primary: 'x', totalBytes: 0, report: {}, runMs: 0 }
      )
    ).toBe('stale')
    expect(await stateOf(id)).toBe('cancelled')
    expect(await readdir(join(folder, 'out'))).toEqual([])
    await edits.retry([id])
    await lentTo(worker, 2)
    expect(worker.lent[1]?.epoch).toBe(2)
  })

  it('lends nothing that is held, and lends it when it is released', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher, edits } = master([worker])
    const [id = ''] = await submit()
    await edits.hold([id])
    await dispatcher.start('self')
    expect(await edits.hold([id])).toMatchObject({ changed: 0, refused: [{ error: { code: 'wrong-state' } }] })
    expect(worker.lent).toEqual([])
    await edits.release([id])
    await lentTo(worker, 1)
  })

  it('completes a job without work when the destination holds the same result and skipping was chosen', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher } = master([worker])
    await submit()
    await dispatcher.start('self')
    await lentTo(worker, 1)
    await finish(dispatcher, worker, worker.lent[0])
    await submit(1, { id: 'again', submissionId: 'second', onExists: 'skip' })
    dispatcher.poke()
    await vi.waitFor(async () =>
      expect(await storage.jobs.get('again')).toMatchObject({ state: 'completed', skipped: true, attempts: 0 })
    )
    expect(worker.lent).toHaveLength(1)
  })
})

describe('after a restart', () => {
  it('keeps a paired worker’s lease at its epoch, and queues the own one again at no cost', async () => {
    const [peer, own] = [new FakeWorker('peer'), new FakeWorker('self', true)]
    const before = master([own, peer])
    await submit(2)
    await before.dispatcher.start('self')
    await vi.waitFor(() => expect([...own.lent, ...peer.lent]).toHaveLength(2))
    await before.dispatcher.stop()

    const [peerTask, ownTask] = [peer.lent[0], own.lent[0]]
    own.online = false
    peer.holds = [{ taskId: peerTask?.taskId ?? '', epoch: 1, state: 'finished' }]
    const after = master([own, peer])
    await after.dispatcher.start('self')
    await after.dispatcher.workerLinked(peer)
    expect(await stateOf(peerTask?.taskId ?? '')).toBe('running')
    expect(await storage.jobs.get(ownTask?.taskId ?? '')).toMatchObject({ state: 'queued', attempts: 0 })
    expect(await finish(after.dispatcher, peer, peerTask)).toBe('ok')
    expect(await stateOf(peerTask?.taskId ?? '')).toBe('completed')
  })

  it('takes a lease from a worker that came back without it', async () => {
    const peer = new FakeWorker('peer')
    const before = master([peer])
    const [id = ''] = await submit()
    await before.dispatcher.start('self')
    await lentTo(peer, 1)
    await before.dispatcher.stop()
    const after = master([peer])
    await after.dispatcher.start('self')
    await after.dispatcher.workerLinked(peer)
    expect(await storage.jobs.get(id)).toMatchObject({ state: 'queued', attempts: 1, error: { code: 'worker-lost' } })
  })

  it('finishes a result whose naming a crash interrupted', async () => {
    const worker = new FakeWorker('a')
    const before = master([worker])
    const [id = ''] = await submit()
    await before.dispatcher.start('self')
    await lentTo(worker, 1)
    await before.dispatcher.stop()
    const staging = worker.lent[0]?.stagingDir ?? ''
    await writeFile(join(staging, 'result.webp'), 'result')
    await storage.leases.settle({ taskId: id, epoch: 1 }, 'a', 'done')
    const to = join(folder, 'out', 'photo-0.webp')
    const journal = { epoch: 1, stagingDir: staging, moves: [{ from: join(staging, 'result.webp'), to }], output: to }
    await storage.jobs.change(id, ['running'], { state: 'verifying', commit: journal })
    await master([worker]).dispatcher.start('self')
    expect(await storage.jobs.get(id)).toMatchObject({ state: 'completed', output: to })
    expect(existsSync(to)).toBe(true)
    expect(existsSync(staging)).toBe(false)
  })

  it('runs a job again whose result was accepted but not yet named', async () => {
    const worker = new FakeWorker('a')
    const before = master([worker])
    const [id = ''] = await submit()
    await before.dispatcher.start('self')
    await lentTo(worker, 1)
    await before.dispatcher.stop()
    await storage.leases.settle({ taskId: id, epoch: 1 }, 'a', 'done')
    await master([worker]).dispatcher.start('self')
    await lentTo(worker, 2)
    expect(worker.lent[1]?.epoch).toBe(2)
  })
})
