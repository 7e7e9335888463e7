import { expect, test } from 'vitest'
import { type DispatchFace, type ShownJob, startDispatchNode } from './support/dispatch-node.ts'

const wish = { source_url: 'http://127.0.0.1:9/input.mp4', target_codec: 'h264' }
const callers = 50
const jobs = 2_000

/** Runs `work` for 0 to `count` - 1, at most `callers` at once. */
async function atOnce(count: number, work: (i: number) => Promise<unknown>): Promise<void> {
  const queue = Array.from({ length: count }, (_, i) => i).values()
  const lane = async () => {
    for (const i of queue) await work(i)
  }
  await Promise.all(Array.from({ length: callers }, lane))
}

/** Asks until nothing waits any more. */
async function takeAll(face: DispatchFace, engineId: string): Promise<ShownJob[]> {
  const taken: ShownJob[] = []
  for (let job = await face.assign(engineId); job; job = await face.assign(engineId)) taken.push(job)
  return taken
}

test(`${callers} callers that ask at once get ${jobs} jobs, each of them once`, async () => {
  const { face } = await startDispatchNode({ args: ['--no-local-work'] })
  const submitted = new Set<string>()
  await atOnce(jobs, async (i) => submitted.add((await face.submit({ ...wish, job_size: i % 200 })).job_id))
  expect(submitted.size).toBe(jobs)
  const engines = Array.from({ length: callers }, (_, i) => `engine-${i}`)
  await Promise.all(engines.map((id, i) => face.heartbeat(id, { benchmark_time: i, streaming_support: i % 2 === 0 })))

  const taken = await Promise.all(engines.map(async (id) => ({ id, jobs: await takeAll(face, id) })))
  const handed = taken.flatMap((one) => one.jobs.map(({ job_id }) => job_id))
  expect(handed).toHaveLength(jobs)
  expect(new Set(handed)).toEqual(submitted)

  const shown = await face.jobs(`?limit=${jobs}`)
  const holders = new Map(shown.jobs.map(({ job_id, assigned_engine }) => [job_id, assigned_engine]))
  for (const one of taken) for (const { job_id } of one.jobs) expect(holders.get(job_id)).toBe(one.id)
})

test('callers of one engine that ask at once get no job twice either', async () => {
  const { face } = await startDispatchNode({ args: ['--no-local-work'] })
  await atOnce(200, () => face.submit(wish))
  await face.heartbeat('engine-001')
  const taken = await Promise.all(Array.from({ length: callers }, () => takeAll(face, 'engine-001')))
  expect(new Set(taken.flat().map(({ job_id }) => job_id)).size).toBe(200)
  expect(taken.flat()).toHaveLength(200)
})

test('a job that many cancel, complete and fail at once has one end, which everybody is told', async () => {
  const { face } = await startDispatchNode({ args: ['--no-local-work'] })
  await face.heartbeat('engine-001')
  for (let round = 0; round < 10; round++) {
    const { job_id: id } = await face.submit({ ...wish, max_retries: 0 })
    expect((await face.assign('engine-001'))?.job_id).toBe(id)
    const answers = await Promise.all([
      face.call('POST', `/jobs/${id}/cancel`),
      face.complete(id, 'http://storage.example.com/x.mp4'),
      face.fail(id, 'broken'),
      face.call('POST', `/jobs/${id}/progress`, { progress: 50 }),
      face.heartbeat('engine-001')
    ])
    for (const { status } of answers) expect(status).toBeLessThan(500)
    const end = await face.job(id)
    expect(['completed', 'failed', 'cancelled']).toContain(end.status)
    expect(end.output_url !== null).toBe(end.status === 'completed')
  }
})

test('submits, lists, heartbeats and assigns of many callers at once all come to an end', async () => {
  const { face } = await startDispatchNode({ args: ['--no-local-work'] })
  const handed: string[] = []
  await atOnce(600, async (i) => {
    const engine = `engine-${i % 20}`
    await face.submit({ ...wish, priority: i % 3 })
    await face.heartbeat(engine)
    await face.jobs('?status=pending')
    const job = await face.assign(engine)
    if (!job) return
    handed.push(job.job_id)
    if (i % 2 === 0) await face.complete(job.job_id, 'http://storage.example.com/x.mp4')
  })
  expect(new Set(handed).size).toBe(handed.length)
  const { jobs: counts } = (await face.call('GET', '/stats')).json as { jobs: Record<string, number> }
  expect(counts.total).toBe(600)
  expect(Number(counts.completed) + Number(counts.processing)).toBe(handed.length)
})
