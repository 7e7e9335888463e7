import { expect, test } from 'vitest'
import { type DispatchFace, type DispatchNode, type ShownJob, startDispatchNode } from './support/dispatch-node.ts'
import { randomFrom } from './support/seeded-random.ts'

/** Set MICROTOME_CHAOS_SEED to repeat a run. */
const seed = Number(process.env.MICROTOME_CHAOS_SEED ?? 20261122)
const wish = { source_url: 'http://127.0.0.1:9/input.mp4', target_codec: 'h264' }
const outputUrl = 'http://storage.example.com/output.mp4'
const engines = ['engine-a', 'engine-b', 'engine-c']

async function killAndRestart({ node }: DispatchNode): Promise<void> {
  await node.stop('SIGKILL')
  await node.restart()
}

/** What no restart may change. */
const lasting = ({ job_id, status, assigned_engine, output_url, retries, max_retries, priority }: ShownJob) => ({
  job_id,
  status,
  assigned_engine,
  output_url,
  retries,
  max_retries,
  priority
})

/** Every job as it is said to be, by the list and alone. */
async function stateOf(face: DispatchFace): Promise<ReturnType<typeof lasting>[]> {
  const { jobs, total } = await face.jobs('?limit=1000')
  expect(jobs).toHaveLength(total)
  return jobs.map(lasting)
}

/** One thing that a client or an engine does; all of it goes by what was answered. */
async function act(face: DispatchFace, random: () => number): Promise<void> {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]
  const { jobs } = await face.jobs('?limit=1000')
  const id = pick(jobs)?.job_id
  const engine = pick(engines) ?? ''
  const acts = [
    () => face.submit({ ...wish, priority: Math.floor(random() * 3), max_retries: Math.floor(random() * 3) }),
    () => face.submit({ ...wish, job_size: random() * 200 }),
    () => face.heartbeat(engine, { local_job_queue: [] }),
    () => face.assign(engine),
    () => face.assign(engine),
    () => id && face.call('POST', `/jobs/${id}/progress`, { progress: 50 }),
    () => id && face.complete(id, outputUrl),
    () => id && face.fail(id, 'broken'),
    () => id && face.call('POST', `/jobs/${id}/cancel`),
    () => id && face.call('POST', `/jobs/${id}/retry`),
    () => id && face.call('PUT', `/jobs/${id}`, { priority: 2 })
  ]
  const answer = await pick(acts)?.()
  const status = answer && typeof answer === 'object' && 'headers' in answer ? Number(answer.status) : 200
  expect(status).toBeLessThan(500)
}

test('a node that is killed between any two requests knows every job as it was answered', async () => {
  const random = randomFrom(seed)
  console.info(`persistence with seed ${seed}`)
  const started = await startDispatchNode({ args: ['--no-local-work'] })
  const { face } = started
  for (const engine of engines) await face.heartbeat(engine, { supported_codecs: ['h264'] })
  for (let kill = 0; kill < 8; kill++) {
    const steps = 1 + Math.floor(random() * 25)
    for (let step = 0; step < steps; step++) await act(face, random)
    const before = await stateOf(face)
    await killAndRestart(started)
    expect(await stateOf(face)).toEqual(before)
  }
}, 300_000)

test('a node that is killed amid requests keeps all that it answered and hands no job to two', async () => {
  const random = randomFrom(seed)
  const started = await startDispatchNode({ args: ['--no-local-work'] })
  const { face } = started
  const submitted = new Set<string>()
  const handed = new Map<string, string>()
  for (const engine of engines) await face.heartbeat(engine)
  for (let round = 0; round < 4; round++) {
    const killAt = 20 + Math.floor(random() * 200)
    await burst(started, killAt, { submitted, handed })
    await started.node.restart()
    const shown = new Map((await stateOf(face)).map((job) => [job.job_id, job]))
    for (const id of submitted) expect(shown.has(id), `job ${id} was answered and is lost`).toBe(true)
    for (const [id, engine] of handed)
      expect(shown.get(id)).toMatchObject({ status: 'processing', assigned_engine: engine })
  }
  // The rest is handed out once, and none of it again.
  for (let job = await face.assign('engine-a'); job; job = await face.assign('engine-a')) {
    expect(handed.has(job.job_id)).toBe(false)
    handed.set(job.job_id, 'engine-a')
  }
  for (const job of await stateOf(face)) expect(job.status).toBe('processing')
}, 300_000)

/** Submits and assigns from many connections until the node dies of the answer number `killAt`. */
async function burst(
  { face, node }: DispatchNode,
  killAt: number,
  answered: { submitted: Set<string>; handed: Map<string, string> }
): Promise<void> {
  let answers = 0
  let death: Promise<unknown> | undefined
  const count = () => {
    if (++answers === killAt) death = node.stop('SIGKILL')
  }
  const lane = async (engine: string | undefined) => {
    for (;;) {
      if (engine === undefined) answered.submitted.add((await face.submit(wish)).job_id)
      else {
        const job = await face.assign(engine)
        if (job) {
          expect(answered.handed.has(job.job_id), `job ${job.job_id} was handed out twice`).toBe(false)
          answered.handed.set(job.job_id, engine)
        }
      }
      count()
    }
  }
  const lanes = Array.from({ length: 24 }, (_, i) => lane(i % 2 === 0 ? undefined : engines[i % engines.length]))
  // Each ends with the connection; a wrong answer would have another reason.
  for (const { reason } of (await Promise.allSettled(lanes)) as PromiseRejectedResult[])
    expect(reason).toBeInstanceOf(TypeError)
  await death
}

test('engines, what they said of themselves and what they hold outlast a restart', async () => {
  const started = await startDispatchNode({ args: ['--no-local-work'] })
  const { face } = started
  const said = {
    engine_type: 'transcoder',
    supported_codecs: ['h264', 'vp9'],
    storage_capacity_gb: 500,
    benchmark_time: 12
  }
  await face.heartbeat('engine-a', said)
  const { job_id: id } = await face.submit(wish)
  expect((await face.assign('engine-a'))?.job_id).toBe(id)
  await killAndRestart(started)
  const { engines: known } = (await face.call('GET', '/engines/')).json as { engines: Record<string, unknown>[] }
  expect(known).toEqual([
    expect.objectContaining({ engine_id: 'engine-a', status: 'busy', supported_codecs: ['h264', 'vp9'] })
  ])
  // Its next short heartbeat, "idle" as ever, costs it nothing.
  await face.heartbeat('engine-a', { local_job_queue: [] })
  expect(await face.job(id)).toMatchObject({ status: 'processing', assigned_engine: 'engine-a' })
  expect((await face.complete(id, outputUrl)).status).toBe(200)
  expect(await face.job(id)).toMatchObject({ status: 'completed', output_url: outputUrl })
})

test('a node that ends politely answers what it was asked and forgets nothing', async () => {
  const started = await startDispatchNode({ args: ['--no-local-work'] })
  const { face, node } = started
  const submits = Array.from({ length: 40 }, () => face.submit(wish))
  await submits[0]
  const ended = node.stop('SIGTERM')
  const settled = await Promise.allSettled(submits)
  expect(await ended).toBe(0)
  await node.restart()
  const ids = new Set((await stateOf(face)).map(({ job_id }) => job_id))
  for (const submit of settled) if (submit.status === 'fulfilled') expect(ids.has(submit.value.job_id)).toBe(true)
})
