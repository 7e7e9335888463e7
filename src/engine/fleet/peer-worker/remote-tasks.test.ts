import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Clock, systemClock } from '../../clock.ts'
import { FakeClock } from '../../fake-clock.ts'
import { quietLog } from '../../process/testing/quiet-log.ts'
import { soon } from '../../process/testing/soon.ts'
import type { LentTask } from '../../scheduler/worker-port.ts'
import { Blobs, Carrier } from '../../transfer/index.ts'
import { dial, type LoopbackLink, LoopbackNode } from '../../transfer/testing/loopback-node.ts'
import { Relay } from '../../transfer/testing/relay.ts'
import { LabTasks } from '../../worker/index.ts'
import { RecordingDesk } from '../../worker/testing/recording-desk.ts'
import { openTestWorker, type TestWorker } from '../../worker/testing/test-worker.ts'
import { PeerWorkers, peerHandlers } from './index.ts'

const never = new Proxy({}, { get: () => async () => ({ ok: true }) }) as never

/** A master's side of the engine, as start-engine wires it. */
class MasterNode {
  readonly node: LoopbackNode
  readonly desk = new RecordingDesk()
  readonly workers: PeerWorkers
  readonly blobs: Blobs
  readonly offers: unknown[] = []
  shareFileNames = false

  constructor(nodeId: string, node = new LoopbackNode(nodeId)) {
    this.node = node
    const log = quietLog
    const clock = systemClock
    const linkOf = (id: string) => this.node.links.get(id)
    this.blobs = new Blobs({ clock, log, newId: randomUUID })
    const carrier = new Carrier({ clock, log, linkOf, random: () => 0 })
    const shareFileNames = () => this.shareFileNames
    this.workers = new PeerWorkers({ desk: this.desk, blobs: this.blobs, carrier, linkOf, clock, log, shareFileNames })
    this.node.handlers = peerHandlers({
      workerSide: never,
      masterSide: this.workers.handlers,
      blobs: this.blobs
    }) as never
    this.node.onHttp = (request, response, id) => this.blobs.onHttp(request, response, id)
  }

  get port() {
    const [port] = this.workers.ports()
    if (!port) throw new Error('no worker was linked yet')
    return port
  }
}

/** A worker's side of the engine. */
class WorkerNode {
  readonly node: LoopbackNode
  readonly blobs: Blobs
  readonly tasks: LabTasks
  readonly made: TestWorker
  readonly offers: { name?: string }[] = []

  constructor(made: TestWorker, clock: Clock = systemClock, node = new LoopbackNode('worker')) {
    this.made = made
    this.node = node
    this.blobs = new Blobs({ clock, log: quietLog, newId: randomUUID })
    const links = { get: (id: string) => this.node.links.get(id), all: () => [...this.node.links.values()] }
    const [log, random] = [quietLog, () => 0]
    const carrier = new Carrier({ clock, log, random, linkOf: links.get })
    this.tasks = new LabTasks({ worker: made.worker, blobs: this.blobs, carrier, links, clock, log, random })
    this.node.handlers = peerHandlers({
      workerSide: this.tasks.handlers,
      masterSide: never,
      blobs: this.blobs
    }) as never
    const { offer } = this.tasks.handlers
    Object.assign(this.node.handlers, {
      offer: (input: never, caller: never) => {
        this.offers.push(input)
        return offer(input, caller)
      }
    })
    this.node.onHttp = (request, response, id) => this.blobs.onHttp(request, response, id)
  }
}

let dir: string
let master: MasterNode
let worker: WorkerNode
let relay: Relay | undefined
let others: MasterNode[] = []

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'microtome-remote-'))
  worker = new WorkerNode(await openTestWorker(await made('worker'), systemClock))
  master = new MasterNode('master')
  await Promise.all([master.node.listen(), worker.node.listen()])
})
afterEach(async () => {
  await worker.tasks.close()
  await worker.made.close()
  for (const one of [master, ...others]) {
    await one.workers.close()
    await one.node.close()
  }
  others = []
  await worker.node.close()
  await relay?.close()
  relay = undefined
  await rm(dir, { recursive: true, force: true })
})

async function made(name: string): Promise<string> {
  await mkdir(join(dir, name), { recursive: true })
  return join(dir, name)
}

type Dialler = 'master' | 'worker'

/** Links the two and tells both engines, as the fleet does. */
function link(who: Dialler, port?: number, of = master): LoopbackLink {
  const near = who === 'master' ? dial(of.node, worker.node, port) : dial(worker.node, of.node, port)
  const far = near.other
  if (!far) throw new Error('a link has two sides')
  const [masters, workers] = who === 'master' ? [near, far] : [far, near]
  of.workers.linkUp(masters)
  worker.tasks.linkUp(workers)
  return near
}

async function linkThroughRelay(who: Dialler): Promise<LoopbackLink> {
  relay = new Relay(who === 'master' ? worker.node.port : master.node.port)
  return link(who, await relay.listen())
}

/** The fixture reads its script from the start of its source; what follows makes the source long. */
async function lend(
  taskId: string,
  script: object,
  options: { epoch?: number; padBytes?: number; of?: MasterNode } = {}
): Promise<LentTask> {
  const { epoch = 1, padBytes = 0, of = master } = options
  const sourcePath = join(dir, `${taskId} Mustermann.svs`)
  await writeFile(sourcePath, JSON.stringify({ ...script, pad: randomBytes(padBytes / 2).toString('hex') }))
  const stagingDir = await made(`staging-${taskId}-${epoch}`)
  const profile = { name: 'dzi', options: {} } as const
  return of.desk.lend({
    taskId,
    epoch,
    kind: 'slide',
    profile,
    sourcePath,
    sizeBytes: 100,
    name: 'Mustermann.svs',
    stagingDir
  })
}

const scratch = () => readdir(join(dir, 'worker', 'scratch'))

test.each(['master', 'worker'] as const)(
  'a task goes out, is converted and comes back as many files, dialled by the %s',
  async (who) => {
    link(who)
    const task = await lend('t1', { mode: 'normal', packed: true, sizeBytes: 3_000_000 }, { padBytes: 2_000_000 })
    expect(await master.port.offer(task)).toEqual({ accepted: true })
    await soon(() => master.desk.told).toMatchObject([
      { type: 'finished', taskId: 't1', epoch: 1, result: { primary: 'result.dzi', report: { mode: 'fixture' } } }
    ])
    expect((await readdir(task.stagingDir)).sort()).toEqual(['result.dzi', 'result.json', 'result_files'])
    expect(await readFile(join(task.stagingDir, 'result_files/0/0_0.jpeg'))).toHaveLength(3_000_000)
    const [told] = master.desk.told
    expect(told?.type === 'finished' && told.result.transfer?.bytes).toBeGreaterThan(5_000_000)
    await soon(scratch).toEqual([])
    expect(worker.made.worker.status('lab')).toMatchObject({ state: 'idle', busy: 0 })
  }
)

test('a result of one file comes back under its own name', async () => {
  link('worker')
  const task = await lend('t1', { mode: 'normal', sizeBytes: 12_345 })
  await master.port.offer(task)
  await soon(() => master.desk.told).toMatchObject([{ type: 'finished', result: { primary: 'result.webp' } }])
  expect(await readFile(join(task.stagingDir, 'result.webp'))).toHaveLength(12_345)
})

test('the name of a file stays at home unless the lab shares names', async () => {
  link('master')
  await master.port.offer(await lend('t1', { mode: 'normal' }))
  master.shareFileNames = true
  await master.port.offer(await lend('t2', { mode: 'normal' }))
  expect(worker.offers.map((offer) => offer.name)).toEqual([undefined, 'Mustermann.svs'])
  expect(JSON.stringify(worker.offers[0])).not.toContain('Mustermann')
  await soon(() => master.desk.told).toHaveLength(2)
})

test.each(['master', 'worker'] as const)(
  'cuts on the way out and back are survived, dialled by the %s',
  async (who) => {
    await linkThroughRelay(who)
    const task = await lend('t1', { mode: 'normal', packed: true, sizeBytes: 12_000_000 }, { padBytes: 12_000_000 })
    relay?.cutAfter(6_000_000)
    await master.port.offer(task)
    await soon(() => relay?.carriedBytes ?? 0).toBeGreaterThan(13_000_000)
    relay?.cutAfter(5_000_000)
    await soon(() => master.desk.told).toMatchObject([{ type: 'finished' }])
    expect(await readFile(join(task.stagingDir, 'result_files/0/0_0.jpeg'))).toHaveLength(12_000_000)
  }
)

test('progress covers the whole task and carries its stages', async () => {
  link('worker')
  await master.port.offer(await lend('t1', { mode: 'slow' }))
  await soon(() => master.desk.progress.at(-1)).toMatchObject({ stage: 'converting', progress: 0.15 + 0.7 * 0.5 })
  await master.port.cancel({ taskId: 't1', epoch: 1 })
})

test('an error of the converter arrives with its class', async () => {
  link('master')
  await master.port.offer(await lend('t1', { mode: 'input-error' }))
  await soon(() => master.desk.told).toMatchObject([{ type: 'failed', error: { code: 'damaged', class: 'input' } }])
  await soon(scratch).toEqual([])
})

test.each(['master', 'worker'] as const)(
  'a slide of several files goes out as one, over a cut, under names that tell nothing, dialled by the %s',
  async (who) => {
    await linkThroughRelay(who)
    relay?.cutAfter(3_000_000)
    const task = await lend('t1', { mode: 'normal', listSource: true })
    const data = join(dir, 'Mustermann', 'deep')
    await mkdir(data, { recursive: true })
    await writeFile(join(data, 'Data0.dat'), randomBytes(6_000_000))
    const main = join(dir, 'Mustermann.mrxs')
    await rename(task.sourcePath, main)
    const files = ['Mustermann.mrxs', 'Mustermann/deep/Data0.dat'].map((path) => ({ path, sizeBytes: 1 }))
    const lent = master.desk.lend({ ...task, sourcePath: main, parts: { dir, files } })
    expect(await master.port.offer(lent)).toEqual({ accepted: true })
    await soon(() => master.desk.told).toMatchObject([
      {
        type: 'finished',
        result: {
          report: { source: 'source.mrxs', beside: ['source', 'source.mrxs', 'source/deep', 'source/deep/Data0.dat'] }
        }
      }
    ])
    const [told] = master.desk.told
    expect(told?.type === 'finished' && told.result.transfer?.bytes).toBeGreaterThan(6_000_000)
    expect(JSON.stringify(worker.offers)).not.toContain('Mustermann')
    await soon(scratch).toEqual([])
  }
)

test('a slide with a name that can not travel stays at home, and one that lost a part is the job’s fault', async () => {
  link('master')
  const task = await lend('t1', { mode: 'normal' })
  const parts = (...names: string[]) => ({ dir, files: names.map((path) => ({ path, sizeBytes: 1 })) })
  await writeFile(join(dir, 'b.'), '')
  const refused = await master.port.offer({ ...task, parts: parts('t1 Mustermann.svs', 'b.') })
  expect(refused).toMatchObject({ accepted: false, reason: expect.stringMatching(/ends with a dot/) })
  expect(master.desk.told).toEqual([])
  await master.port.offer({ ...task, parts: parts('t1 Mustermann.svs', 'gone.jpg') })
  expect(master.desk.told).toMatchObject([{ type: 'failed', error: { code: 'source-unreadable', class: 'input' } }])
})

test("a source that is gone is the job's fault", async () => {
  link('master')
  const task = await lend('t1', { mode: 'normal' })
  await rm(task.sourcePath)
  await master.port.offer(task)
  expect(master.desk.told).toMatchObject([{ type: 'failed', error: { code: 'source-unreadable', class: 'input' } }])
})

test('a cancel ends the work there and leaves nothing', async () => {
  link('worker')
  await master.port.offer(await lend('t1', { mode: 'slow' }))
  await soon(() => master.desk.progress.at(-1)?.stage).toBe('converting')
  await master.port.cancel({ taskId: 't1', epoch: 1 })
  expect(await scratch()).toEqual([])
  expect(master.desk.told).toEqual([])
  expect(worker.made.worker.status('lab').busy).toBe(0)
})

test('a cancel while the source is on its way stops the transfer', async () => {
  await linkThroughRelay('worker')
  const task = await lend('t1', { mode: 'normal' }, { padBytes: 30_000_000 })
  await master.port.offer(task)
  await soon(() => relay?.carriedBytes ?? 0).toBeGreaterThan(1_000_000)
  relay?.stall(true)
  await master.port.cancel(task)
  expect(await scratch()).toEqual([])
})

test('an offer that is not newer than what the worker knows is refused, a newer one replaces the older', async () => {
  link('master')
  await master.port.offer(await lend('t1', { mode: 'slow' }, { epoch: 3 }))
  const again = await lend('t1', { mode: 'slow' }, { epoch: 3 })
  expect(await master.port.offer(again)).toMatchObject({ accepted: false })
  expect(await master.port.offer(await lend('t1', { mode: 'slow' }, { epoch: 2 }))).toMatchObject({ accepted: false })
  expect(await master.port.offer(await lend('t1', { mode: 'slow' }, { epoch: 4 }))).toEqual({ accepted: true })
  expect(await master.port.held()).toMatchObject([{ taskId: 't1', epoch: 4, state: 'running' }])
  expect(await scratch()).toEqual(['t1.4'])
  await master.port.cancel({ taskId: 't1', epoch: 4 })
})

test('a lease that the master calls stale is stopped, and its result never lands', async () => {
  link('master')
  const task = await lend('t1', { mode: 'slow' })
  await master.port.offer(task)
  master.desk.valids.clear()
  await soon(scratch).toEqual([])
  expect(await readdir(task.stagingDir)).toEqual([])
  expect(master.desk.told).toEqual([])
})

test('offers that make no sense are refused and take no slot', async () => {
  const near = link('master')
  const blob = { blobId: 'b', sizeBytes: 10 }
  const offer = { taskId: 't', epoch: 1, kind: 'slide', profile: { name: 'dzi', options: {} }, source: blob } as const
  for (const bad of [
    { ...offer, taskId: '../../evil' },
    { ...offer, kind: 'video' as const },
    { ...offer, profile: { name: 'dzi' as const, options: { quality: 900 } } },
    { ...offer, profile: { name: 'h264' as const, options: {} }, kind: 'video' as const }
  ])
    expect(await near.client.offer(bad)).toMatchObject({ accepted: false })
  expect(worker.made.worker.status('lab').busy).toBe(0)
  expect(await readdir(dir)).not.toContain('evil')
})

test('pause now gives the leases back, from this or another node of the lab', async () => {
  link('master')
  await master.port.offer(await lend('t1', { mode: 'slow' }))
  await master.port.pause(true)
  expect(master.desk.told).toMatchObject([{ type: 'released', taskId: 't1', epoch: 1 }])
  await soon(() => master.port.status()?.state).toBe('paused')
  expect(await master.port.offer(await lend('t2', { mode: 'normal' }))).toMatchObject({
    accepted: false,
    reason: 'Paused.'
  })
  await master.port.resume()
  await soon(() => master.port.status()?.state).toBe('idle')
  await soon(scratch).toEqual([])
})

test('a worker whose master vanished works on and delivers when it is back, also dialled the other way', async () => {
  const near = link('worker')
  const task = await lend('t1', { mode: 'normal', packed: true, sizeBytes: 2_000_000 }, { padBytes: 1_000_000 })
  const { finished } = master.workers.handlers
  let asked = 0
  // The first word of the result is lost with the link.
  Object.assign(master.node.handlers, {
    finished: async (input: never, caller: never) => {
      asked++
      if (asked > 1) return finished(input, caller)
      near.break()
      throw new Error('lost')
    }
  })
  await master.port.offer(task)
  await soon(() => asked).toBe(1)
  master.workers.linkDown('worker')
  expect(master.port.status()).toBeUndefined()
  expect(await master.port.offer(task)).toMatchObject({ accepted: false })
  await soon(() => worker.made.worker.status('lab').busy).toBe(0)
  link('master')
  await soon(() => master.desk.told).toMatchObject([{ type: 'finished', taskId: 't1' }])
  expect(await readFile(join(task.stagingDir, 'result_files/0/0_0.jpeg'))).toHaveLength(2_000_000)
  await soon(scratch).toEqual([])
})

test('a restarted master asks who holds its leases and gets the result of a task that it never lent itself', async () => {
  const near = link('worker')
  const task = await lend('t1', { mode: 'until-told', sizeBytes: 700_000 })
  await master.port.offer(task)
  await soon(() => master.desk.progress.at(-1)?.stage).toBe('converting')
  near.break()
  await master.workers.close()
  const restarted = new MasterNode('master', master.node)
  others.push(restarted)
  restarted.desk.lend(task)
  link('worker', undefined, restarted)
  expect(await restarted.port.held()).toMatchObject([{ taskId: 't1', epoch: 1, state: 'running' }])
  await writeFile(join(dir, 'worker', 'scratch', 't1.1', 'source.go'), '')
  await soon(() => restarted.desk.told).toMatchObject([{ type: 'finished', taskId: 't1' }])
  expect(await readFile(join(task.stagingDir, 'result.webp'))).toHaveLength(700_000)
  await soon(scratch).toEqual([])
})

test('a master that is restarted while a result is on its way gets it from the start', async () => {
  const near = await linkThroughRelay('master')
  const task = await lend('t1', { mode: 'normal', packed: true, sizeBytes: 20_000_000 })
  await master.port.offer(task)
  await soon(() => relay?.carriedBytes ?? 0).toBeGreaterThan(4_000_000)
  relay?.stall(true)
  near.break()
  await master.workers.close()
  expect(await readdir(task.stagingDir)).toEqual([])
  const restarted = new MasterNode('master', master.node)
  others.push(restarted)
  restarted.desk.lend(task)
  link('master', undefined, restarted)
  await soon(() => restarted.desk.told).toMatchObject([{ type: 'finished', taskId: 't1' }])
  expect(await readFile(join(task.stagingDir, 'result_files/0/0_0.jpeg'))).toHaveLength(20_000_000)
})

test.each(['master', 'worker'] as const)(
  'a task whose source was on its way when the master was restarted is given back, at no cost, dialled by the %s',
  async (who) => {
    const near = await linkThroughRelay(who)
    const task = await lend('t1', { mode: 'normal' }, { padBytes: 30_000_000 })
    await master.port.offer(task)
    await soon(() => relay?.carriedBytes ?? 0).toBeGreaterThan(2_000_000)
    relay?.stall(true)
    near.break()
    await master.workers.close()
    const restarted = new MasterNode('master', master.node)
    others.push(restarted)
    restarted.desk.lend(task)
    link(who, undefined, restarted)
    await soon(() => restarted.desk.told).toMatchObject([{ type: 'released', taskId: 't1' }])
    await soon(scratch).toEqual([])
  }
)

test('a result that nobody fetched for a day is dropped', async () => {
  const clock = new FakeClock()
  await worker.tasks.close()
  await worker.made.close()
  worker = new WorkerNode(await openTestWorker(await made('worker'), clock), clock, worker.node)
  const near = link('worker')
  await master.port.offer(await lend('t1', { mode: 'until-told' }))
  // The child has said something: the source was compared, nothing else is asked of the master before the end.
  await soon(async () => (await master.port.held())[0]?.progress?.progress ?? 0).toBeGreaterThan(0.16)
  near.break()
  await writeFile(join(dir, 'worker', 'scratch', 't1.1', 'source.go'), '')
  await soon(() => worker.made.worker.status('lab').busy).toBe(0)
  clock.advance(23 * 3_600_000)
  await Promise.resolve()
  expect(await scratch()).toEqual(['t1.1'])
  const later = setInterval(() => clock.advance(600_000), 5)
  await soon(scratch).toEqual([])
  clearInterval(later)
})

test("two masters share a worker, and neither can touch the other's task", async () => {
  link('master')
  const second = new MasterNode('second')
  others.push(second)
  await second.node.listen()
  link('worker', undefined, second)
  await master.port.offer(await lend('t1', { mode: 'slow' }))
  const own = await lend('t2', { mode: 'normal' }, { of: second })
  await second.port.cancel({ taskId: 't1', epoch: 9 })
  expect(await second.port.held()).toEqual([])
  expect(await second.port.offer(own)).toEqual({ accepted: true })
  await soon(() => second.desk.told).toMatchObject([{ type: 'finished', taskId: 't2' }])
  expect(await master.port.held()).toHaveLength(1)
  await master.port.cancel({ taskId: 't1', epoch: 1 })
})

test("a worker's status arrives when the link comes up and when it changes", async () => {
  link('worker')
  await soon(() => master.port.status()).toMatchObject({ state: 'idle', slots: 2, profiles: ['dzi', 'webp'] })
  await worker.made.worker.pause(false)
  await soon(() => master.port.status()?.state).toBe('paused')
  expect(master.desk.changes).toBeGreaterThan(1)
})

test('a damaged result is found out, told to the desk as transport, and does not stay', async () => {
  link('master')
  const { digest } = worker.blobs
  worker.node.handlers.digest = async (input: { blobId: string }, caller) => {
    const honest = await digest.call(worker.blobs, caller.nodeId, input.blobId)
    return { sha256: honest.sha256.replace(/./g, '0') }
  }
  const task = await lend('t1', { mode: 'normal', packed: true })
  await master.port.offer(task)
  await soon(() => master.desk.told).toMatchObject([
    { type: 'failed', error: { code: 'hash-mismatch', class: 'transport' } }
  ])
  expect(await readdir(task.stagingDir)).toEqual([])
  await soon(scratch).toEqual([])
})

test('a worker that quits gives its leases back', async () => {
  link('master')
  await master.port.offer(await lend('t1', { mode: 'slow' }))
  await worker.made.worker.close()
  expect(master.desk.told).toMatchObject([{ type: 'released', reason: 'The computer is shutting down.' }])
})
