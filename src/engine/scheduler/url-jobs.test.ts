import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ErrorClass, MicrotomeError } from '../../shared/errors.ts'
import type { NewJob } from '../jobs/index.ts'
import { FakeWeb } from './testing/fake-web.ts'
import { FakeWorker } from './testing/fake-worker.ts'
import { eventually, MasterBench } from './testing/test-master.ts'

let bench: MasterBench
let web: FakeWeb

beforeEach(async () => {
  bench = await MasterBench.open()
  web = new FakeWeb(bench.folder)
})

afterEach(async () => {
  await bench.close()
  expect(bench.bugs).toEqual([])
})

const url = 'http://files.lab.example/film.mp4?signature=secret'
const dispatch = { targetCodec: 'h264', jobSizeMb: 1, maxRetries: 1 }
const urlJob = (over: Partial<NewJob> = {}): Partial<NewJob> => ({
  source: { type: 'url', path: join(bench.folder, 'fetched', 'job-0', 'film.mp4'), url },
  sink: { type: 'blob', dir: join(bench.folder, 'results', 'job-0') },
  name: 'film.mp4',
  dispatch,
  ...over
})
/** A master with one computer, which lends as soon as there is something. */
const started = async (over: Partial<NewJob> = {}) => {
  const worker = new FakeWorker('a')
  const { dispatcher, edits, live } = bench.master([worker], { web })
  const [id = ''] = await bench.submit(1, urlJob(over))
  await bench.start(dispatcher)
  return { worker, dispatcher, edits, live, id }
}
const forever = () => new Promise<void>(() => {})
const failing = (errorClass: ErrorClass) => async () => {
  throw new MicrotomeError({ code: 'url-failed', class: errorClass, message: 'The server answered 500.' })
}
const jobIs = (id: string, expected: object) =>
  eventually(async () => expect(await bench.storage.jobs.get(id)).toMatchObject(expected))
const fetching = (times: number) => eventually(() => expect(web.fetches).toHaveLength(times))

describe('the source of a job by URL', () => {
  it('may be away for a while: the pauses between tries are those that were chosen for the job', async () => {
    web.before = failing('transport')
    const { worker, id } = await started({ dispatch: { ...dispatch, maxRetries: 3, times: { retryDelayMs: 30_000 } } })
    for (const [retry, pauseMs] of [15_000, 30_000].entries()) {
      await jobIs(id, { state: 'queued', attempts: retry + 1 })
      await bench.pass(pauseMs / 1000 - 1)
      expect(web.fetches).toHaveLength(retry + 1)
      web.before = retry === 0 ? failing('transport') : async () => {}
      bench.clock.advance(60_000)
      await fetching(retry + 2)
    }
    await bench.lentTo(worker, 1)
  })

  it('lies on this node before a worker is offered it, and goes when the job has ended', async () => {
    const { worker, dispatcher, id } = await started()
    await bench.lentTo(worker, 1)
    const [task] = worker.lent
    expect(task).toMatchObject({ sourcePath: join(bench.folder, 'fetched', id, 'film.mp4'), sizeBytes: 12 })
    await access(task?.sourcePath ?? '')
    expect(web.removed).toEqual([])
    await bench.finish(dispatcher, worker, task)
    expect(await bench.storage.jobs.get(id)).toMatchObject({
      state: 'completed',
      output: join(bench.folder, 'results', id, 'film.webp')
    })
    expect(web.removed).toEqual([id])
  })

  it('may take longer than any lease lives', async () => {
    const gate = Promise.withResolvers<void>()
    web.before = () => gate.promise
    const { worker, id } = await started()
    await fetching(1)
    await bench.pass(60)
    expect(await bench.outcomesOf(id)).toEqual(['running'])
    gate.resolve()
    await bench.lentTo(worker, 1)
  })

  it('shows how far it is', async () => {
    web.before = forever
    const { id, live } = await started()
    await fetching(1)
    expect(live.ofTask(id)?.progress).toEqual({ progress: 0, stage: 'fetching' })
    web.fetches[0]?.onProgress?.({ movedBytes: 50, totalBytes: 100 })
    expect(live.ofTask(id)?.progress).toEqual({ progress: 0.05, stage: 'fetching' })
  })

  it('is fetched no further when the job is cancelled, and nobody is offered it', async () => {
    web.before = forever
    const { worker, edits, id } = await started()
    await fetching(1)
    await edits.cancel([id])
    expect(web.fetches[0]?.signal.aborted).toBe(true)
    expect(await bench.stateOf(id)).toBe('cancelled')
    expect(worker.offers).toBe(0)
    await eventually(async () => expect(await bench.storage.leases.leases()).toEqual([]))
    expect(web.removed).toEqual([id])
  })

  it('that is not there ends the job at once', async () => {
    web.before = failing('input')
    const { id } = await started()
    await jobIs(id, { state: 'failed', attempts: 1, error: { code: 'url-failed' } })
    expect(web.fetches).toHaveLength(1)
    expect(web.removed).toEqual([id])
  })

  it('that can not be reached is tried again as often as the caller wished', async () => {
    web.before = failing('transport')
    const { id } = await started()
    await jobIs(id, { state: 'queued', attempts: 1 })
    expect(web.removed).toEqual([])
    bench.clock.advance(60_000)
    await jobIs(id, { state: 'failed', attempts: 2 })
    expect(web.fetches).toHaveLength(2)
  })

  it('is left to the next run when the engine ends, at no cost of a try', async () => {
    web.before = forever
    const { dispatcher, id } = await started()
    await fetching(1)
    await bench.end(dispatcher)
    expect(await bench.storage.jobs.get(id)).toMatchObject({ state: 'queued', attempts: 0 })
    expect(await bench.outcomesOf(id)).toEqual(['released'])
    expect(web.removed).toEqual([])
  })
})

describe('a result that goes to a URL', () => {
  const toUrl = () =>
    urlJob({ sink: { type: 'url', dir: join(bench.folder, 'results', 'job-0'), url: 'http://sink/out.mp4?token=x' } })
  /** Up to the moment at which the worker has delivered. */
  const delivered = async (over: Partial<NewJob> = {}) => {
    const begun = await started({ ...toUrl(), ...over })
    await bench.lentTo(begun.worker, 1)
    return {
      ...begun,
      finishing: (sending: () => Promise<void>) => {
        web.before = sending
        return bench.finish(begun.dispatcher, begun.worker, begun.worker.lent[0])
      }
    }
  }

  it('is sent when it has its name here, the job says where it is, and nothing stays here', async () => {
    const { id, finishing } = await delivered()
    const path = join(bench.folder, 'results', id, 'film.webp')
    await finishing(() => access(path))
    await expect(access(path)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(web.puts).toMatchObject([{ path, url: 'http://sink/out.mp4?token=x' }])
    expect(await bench.storage.jobs.get(id)).toMatchObject({
      state: 'completed',
      dispatch: { ...dispatch, outputUrl: 'http://sink/out.mp4' }
    })
  })

  it('is sent again where the link fails, and fails the job where the server refuses it', async () => {
    const { id, finishing } = await delivered()
    const finished = finishing(failing('transport'))
    await eventually(() => expect(web.puts).toHaveLength(1))
    expect(await bench.stateOf(id)).toBe('verifying')
    web.before = failing('input')
    await eventually(() => {
      bench.clock.advance(1000)
      expect(web.puts).toHaveLength(2)
    })
    await finished
    expect(await bench.storage.jobs.get(id)).toMatchObject({ state: 'failed', error: { code: 'url-failed' } })
  })

  it('is sent by the next run where this one ends first, and keeps nobody from starting', async () => {
    const { dispatcher, worker, id, finishing } = await delivered()
    const finished = finishing(forever)
    await eventually(() => expect(web.puts).toHaveLength(1))
    await bench.end(dispatcher)
    await finished
    expect(await bench.stateOf(id)).toBe('verifying')

    const gate = Promise.withResolvers<void>()
    web.before = () => gate.promise
    const next = bench.master([worker], { web })
    await bench.start(next.dispatcher)
    await eventually(() => expect(web.puts).toHaveLength(2))
    await bench.pass(30)
    expect(await bench.stateOf(id)).toBe('verifying')
    gate.resolve()
    await jobIs(id, { state: 'completed', dispatch: { outputUrl: 'http://sink/out.mp4' } })
    expect(worker.lent).toHaveLength(1)
  })
})
