import { existsSync, readdirSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Dispatcher } from './dispatcher.ts'
import { FakeWorker } from './testing/fake-worker.ts'
import { eventually, MasterBench } from './testing/test-master.ts'

let bench: MasterBench

beforeEach(async () => {
  bench = await MasterBench.open()
})

afterEach(async () => {
  await bench.close()
  expect(bench.bugs).toEqual([])
})

const lateResult = (dispatcher: Dispatcher, taskId: string) =>
  dispatcher.desk.finished('a', { taskId, epoch: 1 }, { primary: 'x', totalBytes: 0, report: {}, runMs: 0 })

describe('the dispatcher', () => {
  it('lends a job, takes its result once, and gives it its name', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher } = bench.master([worker])
    const [id = ''] = await bench.submit()
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    expect(await bench.stateOf(id)).toBe('running')
    const [task] = worker.lent
    expect(await bench.finish(dispatcher, worker, task)).toBe('ok')
    expect(await bench.storage.jobs.get(id)).toMatchObject({
      state: 'completed',
      attempts: 1,
      output: join(bench.out, 'photo-0.webp')
    })
    expect(await readdir(bench.out)).toEqual(['photo-0.webp'])
    expect(await lateResult(dispatcher, id)).toBe('stale')
  })

  it('takes a lease from a silent worker, lends it to another with a higher epoch, and refuses the late one', async () => {
    const [late, other] = [new FakeWorker('a'), new FakeWorker('b')]
    other.online = false
    const { dispatcher } = bench.master([late, other])
    const [id = ''] = await bench.submit()
    await bench.start(dispatcher)
    await bench.lentTo(late, 1)
    other.online = true
    late.online = false
    for (let second = 0; second < 12; second++) {
      bench.clock.advance(1000)
      await eventually(async () => expect(await bench.storage.leases.leases()).toBeDefined())
    }
    await eventually(async () => expect(await bench.stateOf(id)).toBe('queued'))
    await bench.soonLentTo(other, 1)
    expect(other.lent[0]?.epoch).toBe(2)
    const progress = { progress: 0.9, stage: 'converting' } as const
    expect(await dispatcher.desk.heartbeat('a', [{ taskId: id, epoch: 1, progress }])).toEqual([
      { taskId: id, epoch: 1 }
    ])
    expect(await dispatcher.desk.valid('a', { taskId: id, epoch: 1 })).toBeUndefined()
    expect(
      await dispatcher.desk.failed('a', { taskId: id, epoch: 1 }, { code: 'x', class: 'input', message: 'x' })
    ).toBe('stale')
    expect(await bench.finish(dispatcher, other, other.lent[0])).toBe('ok')
    expect((await bench.storage.jobs.attempts(id)).map((attempt) => attempt.outcome)).toEqual(['lost', 'completed'])
  })

  it('ends a job at once for the file’s own fault and holds nothing against the node', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher, health } = bench.master([worker])
    const [id = ''] = await bench.submit()
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    const error = { code: 'damaged', class: 'input', message: 'The file is damaged.' } as const
    await dispatcher.desk.failed('a', { taskId: id, epoch: 1 }, error)
    expect(await bench.storage.jobs.get(id)).toMatchObject({ state: 'failed', attempts: 1, error })
    expect(health.recentFailures('a')).toBe(0)
    expect(await readdir(bench.out)).toEqual([])
  })

  it('tries a node’s fault again on another node first, and counts it against the node', async () => {
    const [bad, good] = [new FakeWorker('a'), new FakeWorker('b')]
    good.online = false
    const { dispatcher, health } = bench.master([bad, good])
    const [id = ''] = await bench.submit()
    await bench.start(dispatcher)
    await bench.lentTo(bad, 1)
    good.online = true
    await dispatcher.desk.failed(
      'a',
      { taskId: id, epoch: 1 },
      { code: 'crashed', class: 'node', message: 'It crashed.' }
    )
    expect(health.recentFailures('a')).toBe(1)
    expect(await bench.stateOf(id)).toBe('queued')
    await bench.soonLentTo(good, 1)
    expect(bad.lent).toHaveLength(1)
  })

  it('costs no attempt when a worker gives a lease back or refuses it', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher } = bench.master([worker])
    const [id = ''] = await bench.submit()
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    worker.accepts = false
    expect(await dispatcher.desk.released('a', { taskId: id, epoch: 1 }, 'paused')).toBe('ok')
    await eventually(async () =>
      expect((await bench.storage.jobs.attempts(id)).map((one) => one.outcome)).toEqual(['released', 'refused'])
    )
    await eventually(async () => expect(await bench.stateOf(id)).toBe('queued'))
    worker.accepts = true
    await bench.soonLentTo(worker, 2)
    expect((await bench.storage.jobs.get(id))?.attempts).toBe(0)
  })

  it('stops a running job when the user cancels it, and refuses its result', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher, edits } = bench.master([worker])
    const [id = ''] = await bench.submit()
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    expect(await edits.cancel([id, 'unknown'])).toMatchObject({
      changed: 1,
      refused: [{ id: 'unknown', error: { code: 'unknown-job' } }]
    })
    expect(worker.cancelled).toEqual([1])
    expect(await lateResult(dispatcher, id)).toBe('stale')
    expect(await bench.stateOf(id)).toBe('cancelled')
    expect(await readdir(bench.out)).toEqual([])
    await edits.retry([id])
    await bench.lentTo(worker, 2)
    expect(worker.lent[1]?.epoch).toBe(2)
  })

  it('lends nothing that is held, and lends it when it is released', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher, edits } = bench.master([worker])
    const [id = ''] = await bench.submit()
    await edits.hold([id])
    await bench.start(dispatcher)
    expect(await edits.hold([id])).toMatchObject({ changed: 0, refused: [{ error: { code: 'wrong-state' } }] })
    expect(worker.lent).toEqual([])
    await edits.release([id])
    await bench.lentTo(worker, 1)
  })

  it('completes a job without work when the destination holds the same result and skipping was chosen', async () => {
    const worker = new FakeWorker('a')
    const { dispatcher } = bench.master([worker])
    await bench.submit()
    await bench.start(dispatcher)
    await bench.lentTo(worker, 1)
    await bench.finish(dispatcher, worker, worker.lent[0])
    await bench.submit(1, { id: 'again', submissionId: 'second', onExists: 'skip' })
    dispatcher.poke()
    await eventually(async () =>
      expect(await bench.storage.jobs.get('again')).toMatchObject({ state: 'completed', skipped: true, attempts: 0 })
    )
    expect(worker.lent).toHaveLength(1)
  })
})

describe('after a restart', () => {
  it('keeps a paired worker’s lease at its epoch, and queues the own one again at no cost', async () => {
    const [peer, own] = [new FakeWorker('peer'), new FakeWorker('self', true)]
    const before = bench.master([own, peer])
    await bench.submit(2)
    await bench.start(before.dispatcher)
    await eventually(() => expect([...own.lent, ...peer.lent]).toHaveLength(2))
    await bench.end(before.dispatcher)

    const [peerTask, ownTask] = [peer.lent[0], own.lent[0]]
    own.online = false
    peer.holds = [{ taskId: peerTask?.taskId ?? '', epoch: 1, state: 'finished' }]
    const after = bench.master([own, peer])
    await bench.start(after.dispatcher)
    await after.dispatcher.workerLinked(peer)
    expect(await bench.stateOf(peerTask?.taskId ?? '')).toBe('running')
    expect(await bench.storage.jobs.get(ownTask?.taskId ?? '')).toMatchObject({ state: 'queued', attempts: 0 })
    expect(await bench.finish(after.dispatcher, peer, peerTask)).toBe('ok')
    expect(await bench.stateOf(peerTask?.taskId ?? '')).toBe('completed')
  })

  it('lends the own worker its slide again, with what lies in its folder, before anything else and at no cost', async () => {
    const own = new FakeWorker('self', true)
    const before = bench.master([own])
    const [id = ''] = await bench.submit(1, { kind: 'slide' })
    await bench.start(before.dispatcher)
    await bench.lentTo(own, 1)
    await bench.end(before.dispatcher)
    await writeFile(join(own.lent[0]?.stagingDir ?? '', 'result.webp'), 'half')

    const after = bench.master([own])
    await bench.start(after.dispatcher)
    await bench.lentTo(own, 2)
    const [first, again] = own.lent
    expect(again).toMatchObject({ taskId: id, epoch: 2, leftEpoch: 1 })
    expect(await readFile(join(again?.stagingDir ?? '', 'result.webp'), 'utf8')).toBe('half')
    expect(existsSync(first?.stagingDir ?? '')).toBe(false)
    expect(await bench.outcomesOf(id)).toEqual(['lost', 'running'])
    const late = { primary: 'result.webp', totalBytes: 6, report: {}, runMs: 5 }
    expect(first && (await after.dispatcher.desk.finished('self', first, late))).toBe('stale')
    expect(await bench.finish(after.dispatcher, own, again)).toBe('ok')
    expect(await bench.storage.jobs.get(id)).toMatchObject({ state: 'completed', attempts: 1 })
  })

  it('queues the own slide again where the worker takes nothing, and leaves nothing of it', async () => {
    const own = new FakeWorker('self', true)
    const before = bench.master([own])
    const [id = ''] = await bench.submit(1, { kind: 'slide' })
    await bench.start(before.dispatcher)
    await bench.lentTo(own, 1)
    await bench.end(before.dispatcher)
    own.accepts = false
    await bench.start(bench.master([own]).dispatcher)
    await eventually(async () => expect(await bench.outcomesOf(id)).toEqual(['lost', 'refused']))
    await eventually(async () => expect(await bench.stateOf(id)).toBe('queued'))
    await eventually(() => expect(readdirSync(bench.out)).toEqual([]))
  })

  it('takes a lease from a worker that came back without it', async () => {
    const peer = new FakeWorker('peer')
    const before = bench.master([peer])
    const [id = ''] = await bench.submit()
    await bench.start(before.dispatcher)
    await bench.lentTo(peer, 1)
    await bench.end(before.dispatcher)
    const after = bench.master([peer])
    await bench.start(after.dispatcher)
    await after.dispatcher.workerLinked(peer)
    expect(await bench.storage.jobs.get(id)).toMatchObject({
      state: 'queued',
      attempts: 1,
      error: { code: 'worker-lost' }
    })
  })

  it('finishes a result whose naming a crash interrupted', async () => {
    const worker = new FakeWorker('a')
    const to = join(bench.out, 'photo-0.webp')
    const { id, staging } = await bench.restartWhileNaming(worker, to)
    expect(await bench.storage.jobs.get(id)).toMatchObject({ state: 'completed', output: to })
    expect(existsSync(to)).toBe(true)
    expect(existsSync(staging)).toBe(false)
  })

  it('runs a job again whose result was accepted but not yet named', async () => {
    const worker = new FakeWorker('a')
    const before = bench.master([worker])
    const [id = ''] = await bench.submit()
    await bench.start(before.dispatcher)
    await bench.lentTo(worker, 1)
    await bench.end(before.dispatcher)
    await bench.storage.leases.settle({ taskId: id, epoch: 1 }, 'a', 'done')
    await bench.start(bench.master([worker]).dispatcher)
    await bench.lentTo(worker, 2)
    expect(worker.lent[1]?.epoch).toBe(2)
  })
})
