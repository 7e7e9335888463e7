import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import {
  type DispatchFace,
  type FileServer,
  fileServer,
  type ShownJob,
  startDispatchNode
} from './support/dispatch-node.ts'
import { makeVideo } from './support/inputs.ts'
import { NodeProcess, temporaryFolder, until } from './support/node-process.ts'

const run = promisify(execFile)
const wish = { source_url: 'http://127.0.0.1:9/input.mp4', target_codec: 'h264' }

/** A film of `seconds` on a server. */
async function offeredFilm(seconds: number): Promise<{ files: FileServer; url: string }> {
  const files = await fileServer()
  const film = await makeVideo(await temporaryFolder(), seconds)
  return { files, url: files.offer('/films/film.mp4', film) }
}

const ended = ({ status = '' }: ShownJob) => ['completed', 'failed', 'cancelled'].includes(status)
const endOf = (face: DispatchFace, id: string) => until(() => face.job(id), ended, 100_000)

/** `codec_name` of the film's picture, by ffprobe. */
async function codecOf(bytes: Uint8Array): Promise<string> {
  const file = join(await temporaryFolder(), 'film')
  await writeFile(file, bytes)
  const wanted = ['-select_streams', 'v', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0']
  return (await run('ffprobe', ['-v', 'error', ...wanted, file])).stdout.trim()
}

test('a film by URL is converted by this node and its result is fetched from there', async () => {
  const { files, url } = await offeredFilm(2)
  const { face } = await startDispatchNode()
  const { job_id: id } = await face.submit({ source_url: url, target_codec: 'vp9', job_size: 1 })
  const job = await endOf(face, id)
  expect(job).toMatchObject({ status: 'completed', retries: 0, output_url: expect.stringMatching(/^http/) })
  expect(files.requests).toContain('GET /films/film.mp4')
  const result = await fetch(String(job.output_url), { headers: { 'x-api-key': face.key } })
  expect(result.status).toBe(200)
  expect(await codecOf(await result.bytes())).toBe('vp9')
})

test('a paired node runs the job of a node that does not work itself', async () => {
  const { url } = await offeredFilm(2)
  const { face, node } = await startDispatchNode({ name: 'master', args: ['--no-local-work'] })
  const worker = await NodeProcess.start({ name: 'worker' })
  await node.pair(worker)
  const { job_id: id } = await face.submit({ source_url: url, target_codec: 'h264' })
  const running = await until(
    () => face.job(id),
    (job) => job.status !== 'pending'
  )
  expect(running.status).not.toBe('failed')
  const job = await endOf(face, id)
  expect(job.status).toBe('completed')
  const listed = await node.jobs()
  expect([worker.ready.nodeId, worker.ready.name]).toContain(listed[0]?.node)
  const result = await fetch(String(job.output_url), { headers: { 'x-api-key': face.key } })
  expect(await codecOf(await result.bytes())).toBe('h264')
})

test('a source that is not there fails the job with the reason, one that is no film too', async () => {
  const files = await fileServer()
  const { face } = await startDispatchNode()
  const noise = join(await temporaryFolder(), 'noise.mp4')
  await writeFile(noise, Buffer.alloc(10_000, 7))
  const gone = await face.submit({ source_url: files.url('/gone.mp4'), target_codec: 'h264', max_retries: 0 })
  const broken = await face.submit({ source_url: files.offer('/noise.mp4', noise), target_codec: 'h264' })
  for (const { job_id: id } of [gone, broken]) {
    const job = await endOf(face, id)
    expect([job.status, job.output_url]).toEqual(['failed', null])
    expect(JSON.stringify(job)).toMatch(/error_message":"[^"]{10,}/)
  }
})

test('what may not be fetched is refused when it is submitted', async () => {
  const { face } = await startDispatchNode({ args: ['--no-local-work'] })
  const refused = [
    'file:///etc/hostname',
    'ftp://127.0.0.1/x.mp4',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fe80::1]/x.mp4',
    'not a url',
    ''
  ]
  for (const source_url of refused) {
    const answer = await face.call('POST', '/jobs/', { source_url, target_codec: 'h264' })
    expect([source_url, answer.status]).toEqual([source_url, 400])
  }
  expect((await face.jobs()).total).toBe(0)
})

test('credentials of a URL are in no log of the node', async () => {
  const files = await fileServer()
  const { face, node } = await startDispatchNode()
  const url = files.url('/gone.mp4?token=query-secret').replace('http://', 'http://someone:url-secret@')
  const { job_id: id } = await face.submit({ source_url: url, target_codec: 'h264', max_retries: 0 })
  await endOf(face, id)
  await node.stop()
  const logs = join(node.dataDir, 'logs')
  const texts = await Promise.all((await readdir(logs)).map((name) => readFile(join(logs, name), 'utf8')))
  const said = [...texts, node.stderr].join('\n')
  expect(said).toContain('the node is ready')
  expect(/query-secret|url-secret|mt_\w/.exec(said)?.[0]).toBeUndefined()
})

test('a waiting, a lent and a running job can be cancelled, an ended one can not', async () => {
  const { face } = await startDispatchNode({ args: ['--no-local-work'] })
  const cancel = (id: string) => face.call('POST', `/jobs/${id}/cancel`)
  await face.heartbeat('engine-a')

  const waiting = await face.submit(wish)
  expect((await cancel(waiting.job_id)).status).toBe(200)
  expect(await face.job(waiting.job_id)).toMatchObject({ status: 'cancelled' })
  expect((await cancel(waiting.job_id)).status).toBe(400)
  expect(await face.assign('engine-a')).toBeUndefined()

  const lent = await face.submit(wish)
  expect((await face.assign('engine-a'))?.job_id).toBe(lent.job_id)
  expect((await cancel(lent.job_id)).status).toBe(200)
  // The engine hears nothing of it and completes; cancelled stays cancelled.
  expect((await face.complete(lent.job_id, 'http://storage.example.com/x.mp4')).status).toBe(400)
  expect(await face.job(lent.job_id)).toMatchObject({ status: 'cancelled', output_url: null })

  const done = await face.submit(wish)
  await face.assign('engine-a')
  await face.complete(done.job_id, 'http://storage.example.com/x.mp4')
  expect((await cancel(done.job_id)).status).toBe(400)

  const failed = await face.submit({ ...wish, max_retries: 0 })
  await face.assign('engine-a')
  await face.fail(failed.job_id, 'broken')
  expect((await cancel(failed.job_id)).status).toBe(400)
})

test('a job that this node is converting is cancelled in the middle', async () => {
  const { url } = await offeredFilm(120)
  const { face } = await startDispatchNode()
  const { job_id: id } = await face.submit({ source_url: url, target_codec: 'av1' })
  await until(
    () => face.job(id),
    ({ progress }) => Number(progress) > 0
  )
  expect((await face.call('POST', `/jobs/${id}/cancel`)).status).toBe(200)
  expect(await face.job(id)).toMatchObject({ status: 'cancelled', output_url: null })
})

test('a failed try waits and is tried again until no retries are left, and once more by hand', async () => {
  const { face } = await startDispatchNode({ args: ['--no-local-work'], settings: { retryDelayS: 1 } })
  await face.heartbeat('engine-a')
  const { job_id: id } = await face.submit({ ...wish, max_retries: 1 })
  await face.assign('engine-a')
  expect((await face.fail(id, 'codec not supported')).status).toBe(200)
  expect(await face.job(id)).toMatchObject({ status: 'pending', retries: 1, assigned_engine: null })
  // It waits for its backoff first.
  const again = await until(
    () => face.assign('engine-a'),
    (job) => job !== undefined,
    100_000
  )
  expect(again?.job_id).toBe(id)
  await face.fail(id, 'codec not supported')
  expect(await face.job(id)).toMatchObject({ status: 'failed' })
  expect(await face.assign('engine-a')).toBeUndefined()
  expect((await face.call('POST', `/jobs/${id}/retry`)).status).toBe(200)
  expect((await face.assign('engine-a'))?.job_id).toBe(id)
  expect((await face.call('POST', `/jobs/${id}/retry`)).status).toBe(400)
})

test('higher priority goes first, then the older job', async () => {
  const { face } = await startDispatchNode({ args: ['--no-local-work'] })
  const order: [string, number][] = []
  for (const priority of [0, 1, 0, 2, 1]) order.push([(await face.submit({ ...wish, priority })).job_id, priority])
  const expected = order.toSorted(([, a], [, b]) => b - a).map(([id]) => id)
  await face.heartbeat('engine-a')
  for (const id of expected) expect((await face.assign('engine-a'))?.job_id).toBe(id)
})
