import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DispatchBench } from './testing/dispatch-bench.ts'
import { wish } from './testing/wish.ts'

let bench: DispatchBench

beforeEach(async () => {
  bench = await DispatchBench.open()
})

afterEach(async () => {
  await bench.close()
  expect(bench.bugs).toEqual([])
})

const minuteMs = 60_000
const waitMs = 10 * minuteMs
const submit = async (over = {}) => (await bench.api.submit({ ...wish, times: { waitMs }, ...over })).id
const state = (id: string) => bench.api.get(id)?.state
/** Whatever is due is done: commits end with a turn of the event loop. */
const pass = async (ms: number) => {
  for (let leftMs = ms; leftMs >= 0; leftMs -= 30_000) {
    bench.clock.advance(Math.min(leftMs, 30_000))
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('a job that waits', () => {
  it('fails when nobody took it in the time that was chosen, and can be tried again', async () => {
    const id = await submit()
    await pass(waitMs - minuteMs)
    expect(state(id)).toBe('queued')
    await pass(minuteMs)
    const error = { code: 'job-expired', message: 'Nobody took this job within 600 s.' }
    expect(bench.api.get(id)).toMatchObject({ state: 'failed', expired: true, retries: 0, error })
    expect(await bench.storage.jobs.get(id)).toMatchObject({ state: 'failed', attempts: 0, error })
    expect(bench.ended).toMatchObject([{ outcome: 'failed' }])
    expect(bench.removedSources).toEqual([id])
    await bench.api.heartbeat({ id: 'e' })
    expect(await bench.api.assign('e')).toBeUndefined()
    expect(bench.api.figures()).toMatchObject({ expired: 1, jobs: { failed: 1, queued: 0 } })
    expect(bench.api.list({ states: ['expired'], limit: 9, offset: 0 })).toMatchObject({ total: 1, jobs: [{ id }] })
    expect(bench.api.list({ states: ['failed'], limit: 9, offset: 0 }).total).toBe(0)

    expect(await bench.api.retry(id)).toMatchObject({ state: 'queued', expired: false })
    await pass(waitMs - minuteMs)
    expect(await bench.api.assign('e')).toMatchObject({ id })
  })

  it('waits as long as it takes where no time was chosen, or where somebody holds it', async () => {
    const [patient, held] = [await submit({ times: undefined }), await submit()]
    await bench.edits().hold([held])
    await pass(3 * waitMs)
    expect([state(patient), state(held)]).toEqual(['queued', 'held'])
    await bench.edits().release([held])
    await pass(waitMs - minuteMs)
    expect(state(held)).toBe('queued')
    await pass(minuteMs)
    expect(state(held)).toBe('failed')
  })

  it('has waited for nobody while somebody had it: a failed try and a lost engine begin the time anew', async () => {
    const [failing, lost] = [await submit(), await submit()]
    for (const id of [failing, lost]) {
      await bench.api.heartbeat({ id })
      expect(await bench.api.assign(id)).toMatchObject({ id })
    }
    for (let beats = 0; beats < 8; beats++) {
      await bench.api.heartbeat({ id: failing })
      await pass(2 * minuteMs)
    }
    // Who was silent lost its job minutes ago, and that one waits since then.
    expect([state(failing), state(lost)]).toEqual(['running', 'failed'])
    expect(bench.api.get(lost)).toMatchObject({ expired: true, retries: 0 })
    await bench.api.fail(failing, 'It broke.')
    await pass(waitMs - minuteMs)
    expect(state(failing)).toBe('queued')
    await pass(2 * minuteMs)
    expect(state(failing)).toBe('failed')
  })

  it('keeps its time over a restart, which gives nothing back and takes nothing', async () => {
    const id = await submit()
    await pass(waitMs / 2)
    await bench.restart()
    await pass(waitMs / 2 - minuteMs)
    expect(state(id)).toBe('queued')
    await pass(minuteMs)
    expect(bench.api.get(id)).toMatchObject({ state: 'failed', expired: true })
    await bench.restart()
    expect(bench.api.get(id)).toMatchObject({ state: 'failed', expired: true })
  })

  it('is one engine’s or expired, never both', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => submit()))
    await bench.api.heartbeat({ id: 'e' })
    bench.clock.advance(waitMs)
    const asked = await Promise.all(ids.map(() => bench.api.assign('e')))
    await pass(0)
    const given = asked.flatMap((job) => (job ? [job.id] : []))
    for (const id of ids) expect(state(id)).toBe(given.includes(id) ? 'running' : 'failed')
  })
})

describe('an engine that beats and gets no further', () => {
  const times = { tryMs: 5 * minuteMs, retryDelayMs: 30_000 }
  const lent = async (over = {}) => {
    const id = await submit({ times, ...over })
    await bench.api.heartbeat({ id: 'e' })
    expect(await bench.api.assign('e')).toMatchObject({ id })
    return id
  }
  /** Beats all the time; reports what `report` says for each minute. */
  const minutes = async (count: number, report?: (minute: number) => Promise<unknown>) => {
    for (let minute = 0; minute < count; minute++) {
      await pass(minuteMs)
      await bench.api.heartbeat({ id: 'e' })
      await report?.(minute)
    }
  }

  it('loses the job after the time that was chosen: it waits again, one try more, after the pause', async () => {
    const id = await lent()
    await minutes(4)
    expect(bench.api.get(id)).toMatchObject({ state: 'running', assignedEngine: 'e' })
    await minutes(2)
    expect(bench.api.get(id)).toMatchObject({ state: 'queued', retries: 1, error: { code: 'engine-stuck' } })
    expect(await bench.storage.jobs.attempts(id)).toMatchObject([{ outcome: 'failed' }])
    expect(bench.live.all()).toEqual([])
    expect(bench.api.engines()).toMatchObject([{ id: 'e', online: true, jobIds: [], jobsFailed: 0 }])
    await expect(bench.api.complete(id, 'http://late', 'e')).rejects.toMatchObject({ code: 'wrong-state' })
    expect(await bench.api.assign('e')).toMatchObject({ id })
  })

  it('fails the job where no retries are left', async () => {
    const id = await lent({ maxRetries: 0 })
    await minutes(6)
    expect(bench.api.get(id)).toMatchObject({ state: 'failed', expired: false, error: { code: 'engine-stuck' } })
  })

  it('keeps it as long as it gets further, and without a limit for ever', async () => {
    const [id, other] = [await lent(), await lent({ times: undefined })]
    await minutes(9, (minute) => bench.api.report(id, Math.floor(minute / 4) + 1))
    expect([state(id), state(other)]).toEqual(['running', 'running'])
    await minutes(3, () => bench.api.report(id, 3))
    await minutes(3)
    expect([state(id), state(other)]).toEqual(['queued', 'running'])
  })
})
