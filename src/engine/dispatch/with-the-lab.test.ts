import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Edits } from '../jobs/index.ts'
import { FakeWeb } from '../scheduler/testing/fake-web.ts'
import { FakeWorker } from '../scheduler/testing/fake-worker.ts'
import { eventually, MasterBench } from '../scheduler/testing/test-master.ts'
import { Dispatch } from './index.ts'
import { wish } from './testing/wish.ts'

let bench: MasterBench
let undo: AsyncDisposableStack

beforeEach(async () => {
  bench = await MasterBench.open()
  undo = new AsyncDisposableStack()
})

afterEach(async () => {
  await undo.disposeAsync()
  await bench.close()
  expect(bench.bugs).toEqual([])
})

// What the fake computer can make.
const photo = { ...wish, profile: 'webp', targetCodec: 'webp' } as const

/** A master with its own dispatcher and jobs by URL, as start-engine wires them. */
async function started(...workers: FakeWorker[]) {
  const web = new FakeWeb(bench.folder)
  const { dispatcher, live, events } = bench.master(workers, { web })
  const { clock, storage } = bench
  const edits = new Edits({
    ...{ jobs: storage.jobs, leases: storage.leases, dispatching: dispatcher, clock },
    onChanged: (id) => events.emit('job', id),
    onEnded: async () => {}
  })
  await dispatcher.recover('self')
  const api = await Dispatch.open({
    ...{ clock, events, store: storage.dispatch, live, edits, outputs: bench.outputs() },
    random: () => 0,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    web: {
      check() {},
      sources: { pathOf: (id) => join(bench.folder, 'fetched', id, 'film.mp4'), remove: web.sources.remove },
      results: {
        dirOf: (id) => join(bench.folder, 'results', id),
        find: async (_id, path) => ({ path, sizeBytes: 6, name: 'film.webp', type: 'image/webp' })
      }
    },
    poke: () => dispatcher.poke(),
    anybodyFree: () => true,
    engineTimeoutMs: () => 180_000,
    onEnded() {},
    onBug: (bug) => bench.bugs.push(bug)
  })
  dispatcher.start()
  undo.defer(() => bench.end(dispatcher))
  undo.defer(() => api.close())
  return { api, dispatcher, edits, live }
}

const stateOf = (api: Dispatch, id: string) => api.get(id)?.state

describe('jobs by URL in a lab', () => {
  it('are run by a computer that is free, and shown and fetched like those of engines', async () => {
    const worker = new FakeWorker('a')
    const { api, dispatcher } = await started(worker)
    const { id } = await api.submit(photo)
    await bench.soonLentTo(worker, 1)
    await eventually(() => expect(api.get(id)).toMatchObject({ state: 'running', assignedEngine: 'computer a' }))
    const [task] = worker.lent
    await dispatcher.desk.heartbeat('a', [{ taskId: id, epoch: 1, progress: { progress: 0.4, stage: 'converting' } }])
    await eventually(() => expect(api.get(id)).toMatchObject({ progress: 0.4 }))
    await bench.finish(dispatcher, worker, task)
    await eventually(() => expect(api.get(id)).toMatchObject({ state: 'completed', hasResult: true, retries: 0 }))
    expect(await api.result(id)).toMatchObject({ path: join(bench.folder, 'results', id, 'film.webp') })
  })

  it('go to computers and engines from one queue, each to one', async () => {
    const worker = new FakeWorker('a')
    worker.slots = 5
    const { api } = await started(worker)
    await api.heartbeat({ id: 'e' })
    const submits = Array.from({ length: 30 }, () => api.submit(photo))
    const assigns = Array.from({ length: 40 }, () => api.assign('e'))
    const ids = (await Promise.all(submits)).map(({ id }) => id)
    const handed = (await Promise.all(assigns)).flatMap((job) => (job ? [job.id] : []))
    await bench.soonLentTo(worker, 5)
    for (let job = await api.assign('e'); job; job = await api.assign('e')) handed.push(job.id)
    const lent = worker.lent.map(({ taskId }) => taskId)
    expect([...handed, ...lent].sort()).toEqual(ids.sort())
  })

  it('are taken back from engines by the window, whose leases nobody else sweeps', async () => {
    const { api, edits, live } = await started()
    await api.heartbeat({ id: 'e' })
    const { id } = await api.submit(wish)
    await api.assign('e')
    await bench.pass(60)
    expect(stateOf(api, id)).toBe('running')
    expect(await edits.cancel([id])).toMatchObject({ changed: 1 })
    await eventually(() => expect(api.get(id)).toMatchObject({ state: 'cancelled', assignedEngine: undefined }))
    expect(live.all()).toEqual([])
    expect(await bench.storage.leases.leases()).toEqual([])
    await expect(api.complete(id, 'http://late')).rejects.toMatchObject({ code: 'wrong-state' })
  })

  it('are cancelled on computers by their callers', async () => {
    const worker = new FakeWorker('a')
    const { api } = await started(worker)
    const { id } = await api.submit(photo)
    await bench.soonLentTo(worker, 1)
    await eventually(() => expect(stateOf(api, id)).toBe('running'))
    expect(await api.cancel(id)).toMatchObject({ state: 'cancelled' })
    expect(worker.cancelled).toEqual([1])
  })

  it('stay with their engines over a restart of the master', async () => {
    const before = await started()
    await before.api.heartbeat({ id: 'e' })
    const { id } = await before.api.submit(wish)
    await before.api.assign('e')
    await before.api.close()
    await bench.end(before.dispatcher)

    const { api } = await started()
    expect(api.get(id)).toMatchObject({ state: 'running', assignedEngine: 'e' })
    await bench.pass(60)
    expect(await api.complete(id, 'http://out/x', 'e')).toMatchObject({ state: 'completed', outputUrl: 'http://out/x' })
    expect(await bench.outcomesOf(id)).toEqual(['completed'])
  })
})
