import { expect, test } from 'vitest'
import { type DispatchFace, fileServer, startDispatchNode, startOutsideEngine } from './support/dispatch-node.ts'
import { makeVideo } from './support/inputs.ts'
import { temporaryFolder, until } from './support/node-process.ts'

const wish = { source_url: 'http://127.0.0.1:9/input.mp4', target_codec: 'h264' }
const outputUrl = 'http://storage.example.com/output.mp4'
/** Silent for longer than this, an engine loses its jobs. */
const env = { MICROTOME_ENGINE_TIMEOUT_S: '5' }
const args = ['--no-local-work']

interface ShownEngine extends Record<string, unknown> {
  engine_id: string
  status: string
}
/** A busy machine takes its time to run ffmpeg. */
const completed = (face: DispatchFace, id: string) =>
  until(
    () => face.job(id),
    ({ status }) => status === 'completed',
    110_000
  )

const isOf = (id: string) => (engine: ShownEngine) => engine.engine_id === id

test('an outside engine registers, polls, downloads, runs ffmpeg, uploads and completes', async () => {
  const files = await fileServer()
  const url = files.offer('/films/film.mp4', await makeVideo(await temporaryFolder(), 2))
  const { face } = await startDispatchNode({ args })
  const engine = await startOutsideEngine(face, 'engine-a', files)
  const jobs = await Promise.all(['h264', 'vp9'].map((target_codec) => face.submit({ source_url: url, target_codec })))
  for (const { job_id: id } of jobs) {
    const done = await completed(face, id)
    expect(done).toMatchObject({ output_url: files.url(`/results/${id}.mp4`), retries: 0 })
    expect(files.received.get(`/results/${id}.mp4`)?.length).toBeGreaterThan(10_000)
  }
  expect(engine.given).toHaveLength(2)
  expect(files.requests.filter((line) => line.startsWith('PUT'))).toHaveLength(2)
})

test('two engines share the jobs, and what fails at one is tried again', async () => {
  const files = await fileServer()
  const url = files.offer('/films/film.mp4', await makeVideo(await temporaryFolder(), 1))
  const { face } = await startDispatchNode({ args, settings: { retryDelayS: 1 } })
  const engines = await Promise.all(['engine-a', 'engine-b'].map((id) => startOutsideEngine(face, id, files)))
  const jobs = await Promise.all(
    Array.from({ length: 6 }, () => face.submit({ source_url: url, target_codec: 'h264', max_retries: 1 }))
  )
  const lost = await face.submit({ source_url: files.url('/gone.mp4'), target_codec: 'h264', max_retries: 1 })
  for (const { job_id: id } of jobs) await completed(face, id)
  const given = engines.flatMap((engine) => engine.given.map(({ job_id }) => job_id))
  for (const { job_id: id } of jobs) expect(given.filter((one) => one === id)).toEqual([id])
  const failed = await until(
    () => face.job(lost.job_id),
    ({ status }) => status === 'failed',
    100_000
  )
  expect(failed).toMatchObject({ output_url: null, assigned_engine: null })
  expect(JSON.stringify(failed)).toContain('404')
})

test('an engine that dies in the middle loses its job to another one', async () => {
  const files = await fileServer()
  const url = files.offer('/films/film.mp4', await makeVideo(await temporaryFolder(), 10))
  const { face } = await startDispatchNode({ args, env })
  const victim = await startOutsideEngine(face, 'victim', files, { slow: true })
  const { job_id: id } = await face.submit({ source_url: url, target_codec: 'h264' })
  await until(
    () => face.job(id),
    ({ progress }) => progress === 10
  )
  await victim.die()
  const heir = await startOutsideEngine(face, 'heir', files)
  const done = await completed(face, id)
  // The silent one cost the job a try, as deployed servers count it.
  expect(done).toMatchObject({ retries: 1, output_url: files.url(`/results/${id}.mp4`) })
  expect(heir.given.map(({ job_id }) => job_id)).toEqual([id])
})

test('an engine that was silent for too long is refused when it comes late', async () => {
  const files = await fileServer()
  const url = files.offer('/films/film.mp4', await makeVideo(await temporaryFolder(), 1))
  const { face } = await startDispatchNode({ args, env })
  const sleeper = await startOutsideEngine(face, 'sleeper', files, { slow: true, signs: true })
  const { job_id: id } = await face.submit({ source_url: url, target_codec: 'h264' })
  await until(
    async () => sleeper.given.length,
    (count) => count === 1
  )
  sleeper.mute()
  await until(
    () => face.job(id),
    ({ assigned_engine }) => assigned_engine === null
  )
  const taken = await until(
    async () => {
      await face.heartbeat('heir')
      return face.assign('heir')
    },
    (job) => job !== undefined,
    100_000
  )
  expect(taken?.job_id).toBe(id)
  sleeper.unmute()
  const late = await until(
    async () => {
      await face.heartbeat('heir')
      return sleeper.told.get(id)
    },
    (answer) => answer !== undefined
  )
  expect(late?.status).toBe(400)
  expect(await face.job(id)).toMatchObject({ status: 'processing', assigned_engine: 'heir', output_url: null })
  await face.complete(id, outputUrl)
  expect(await face.job(id)).toMatchObject({ status: 'completed', output_url: outputUrl })
})

test('a node that is killed while an engine works takes its result afterwards', async () => {
  const files = await fileServer()
  const url = files.offer('/films/film.mp4', await makeVideo(await temporaryFolder(), 8))
  const { face, node } = await startDispatchNode({ args })
  const engine = await startOutsideEngine(face, 'engine-a', files, { slow: true })
  const { job_id: id } = await face.submit({ source_url: url, target_codec: 'h264' })
  await until(
    () => face.job(id),
    ({ progress }) => progress === 10
  )
  await node.stop('SIGKILL')
  await node.restart()
  expect(await face.job(id)).toMatchObject({ status: 'processing', assigned_engine: 'engine-a' })
  const done = await completed(face, id)
  expect(done).toMatchObject({ retries: 0, output_url: files.url(`/results/${id}.mp4`) })
  expect(engine.given).toHaveLength(1)
})

test('short heartbeats that say idle take nothing from what an engine said and holds', async () => {
  const { face } = await startDispatchNode({ args })
  const engineOf = async () => {
    const { engines } = (await face.call('GET', '/engines/')).json as { engines: ShownEngine[] }
    return engines.find(isOf('engine-a'))
  }
  await face.heartbeat('engine-a', { supported_codecs: ['vp9'], benchmark_time: 12, hostname: 'worker-01' })
  const { job_id: id } = await face.submit({ ...wish, target_codec: 'vp9' })
  await face.assign('engine-a')
  await face.heartbeat('engine-a', { local_job_queue: [] })
  expect(await engineOf()).toMatchObject({ status: 'busy', supported_codecs: ['vp9'], avg_benchmark_time: 12 })
  expect(await face.job(id)).toMatchObject({ status: 'processing', assigned_engine: 'engine-a' })
  await face.done('POST', '/engines/benchmark_result', { engine_id: 'engine-a', benchmark_time: 8 })
  expect(await engineOf()).toMatchObject({ avg_benchmark_time: 10 })
})

test('an engine gets only what it can do, by what it said or says at that moment', async () => {
  const { face } = await startDispatchNode({ args })
  const { job_id: h264 } = await face.submit({ ...wish, target_codec: 'libx264' })
  const { job_id: av1 } = await face.submit({ ...wish, target_codec: 'av1' })
  await face.heartbeat('engine-a', { supported_codecs: ['vp9'] })
  expect(await face.assign('engine-a')).toBeUndefined()
  expect((await face.assign('engine-a', { capabilities: ['av1'] }))?.job_id).toBe(av1)
  await face.heartbeat('says-nothing')
  expect((await face.assign('says-nothing'))?.job_id).toBe(h264)
})

test('small jobs go to the slow engine, middle ones to the fast, large ones to one that streams', async () => {
  const { face } = await startDispatchNode({ args })
  await face.heartbeat('fast', { benchmark_time: 10 })
  await face.heartbeat('slow', { benchmark_time: 200 })
  await face.heartbeat('streams', { benchmark_time: 100, streaming_support: true })
  // Who has asked is expected to ask again.
  for (const id of ['fast', 'slow', 'streams']) expect(await face.assign(id)).toBeUndefined()
  for (const job_size of [10, 70, 500]) await face.submit({ ...wish, job_size })
  const sizes: unknown[] = []
  for (const id of ['fast', 'slow', 'streams']) sizes.push((await face.assign(id))?.job_size)
  expect(sizes).toEqual([70, 10, 500])
  // Nobody better is there for these.
  await face.submit({ ...wish, job_size: 10 })
  expect((await face.assign('fast'))?.job_size).toBe(10)
})

test('wrong things that an engine says change nothing and are answered', async () => {
  const { face } = await startDispatchNode({ args })
  const { job_id: id } = await face.submit(wish)
  await face.heartbeat('engine-a', { supported_codecs: ['h264'] })
  await face.assign('engine-a')
  const before = await face.job(id)
  const wrong = [
    ['/engines/heartbeat', {}],
    ['/engines/heartbeat', { engine_id: 7 }],
    ['/engines/heartbeat', { engine_id: '' }],
    ['/engines/heartbeat', { engine_id: 'engine-a', supported_codecs: 'h264' }],
    ['/engines/heartbeat', { engine_id: 'engine-a', benchmark_time: 'fast' }],
    ['/engines/benchmark_result', { engine_id: 'engine-a', benchmark_time: -1 }],
    ['/engines/benchmark_result', { engine_id: 'engine-a' }],
    ['/assign_job/', {}],
    ['/assign_job/', '{"engine_id":'],
    [`/jobs/${id}/progress`, { progress: 250 }],
    [`/jobs/${id}/progress`, { progress: 'half' }],
    [`/jobs/${id}/complete`, {}],
    [`/jobs/${id}/complete`, { output_url: 5 }],
    [`/jobs/${id}/fail`, { error_message: { a: 1 } }]
  ] as const
  for (const [path, body] of wrong) {
    const { status } = await face.call('POST', path, body)
    expect([path, body, status]).toEqual([path, body, 400])
  }
  const { updated_at: _one, ...now } = await face.job(id)
  const { updated_at: _other, ...then } = before
  expect(now).toEqual(then)
})

test('an engine that is removed gives its jobs back at no cost of a try', async () => {
  const { face } = await startDispatchNode({ args })
  const { job_id: id } = await face.submit(wish)
  await face.heartbeat('engine-a')
  await face.assign('engine-a')
  const removed = await face.call('DELETE', '/api/v1/engines/engine-a')
  expect(removed.status).toBeLessThan(300)
  expect(await face.job(id)).toMatchObject({ status: 'pending', assigned_engine: null, retries: 0 })
  await face.heartbeat('engine-b')
  expect((await face.assign('engine-b'))?.job_id).toBe(id)
})
