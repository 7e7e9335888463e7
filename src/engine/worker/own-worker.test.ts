import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { quietLog } from '../process/testing/quiet-log.ts'
import { soon } from '../process/testing/soon.ts'
import type { LentTask } from '../scheduler/worker-port.ts'
import { OwnWorker } from './own-worker.ts'
import { RecordingDesk } from './testing/recording-desk.ts'
import { openTestWorker, type TestWorker } from './testing/test-worker.ts'

let dir: string
let desk: RecordingDesk
let made: TestWorker
let port: OwnWorker

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'microtome-own-'))
  desk = new RecordingDesk()
  made = await openTestWorker(dir, systemClock)
  port = new OwnWorker({ nodeId: 'self', name: 'Self', worker: made.worker, desk, clock: systemClock, log: quietLog })
})
afterEach(async () => {
  await made.close()
  port.close()
  await rm(dir, { recursive: true, force: true })
})

async function lend(taskId: string, script: object, epoch = 1): Promise<LentTask> {
  const sourcePath = join(dir, `${taskId} source`)
  const stagingDir = join(dir, `staging-${taskId}-${epoch}`)
  await mkdir(stagingDir)
  await writeFile(sourcePath, JSON.stringify(script))
  const profile = { name: 'dzi', options: {} } as const
  return desk.lend({ taskId, epoch, kind: 'slide', profile, sourcePath, sizeBytes: 100, name: 'a', stagingDir })
}

test('a task is converted in place: the result lies in the staging folder, scratch is gone, the slot is free', async () => {
  const task = await lend('t1', { mode: 'normal', packed: true })
  expect(await port.offer(task)).toEqual({ accepted: true })
  expect(await port.held()).toMatchObject([{ taskId: 't1', epoch: 1, state: 'running' }])
  await soon(() => desk.told).toMatchObject([
    { type: 'finished', taskId: 't1', epoch: 1, result: { primary: 'result.dzi', report: { mode: 'fixture' } } }
  ])
  expect((await readdir(task.stagingDir)).sort()).toEqual(['result.dzi', 'result.json', 'result_files'])
  expect(await readdir(join(dir, 'scratch'))).toEqual([])
  expect(port.status()).toMatchObject({ state: 'idle', busy: 0 })
  expect(desk.logs[0]).toContain('threads 8')
})

test('a failed task says why, with its class, and leaves nothing', async () => {
  const task = await lend('t1', { mode: 'input-error' })
  await port.offer(task)
  await soon(() => desk.told).toMatchObject([{ type: 'failed', error: { code: 'damaged', class: 'input' } }])
  expect(await readdir(task.stagingDir)).toEqual([])
})

test('progress reaches the desk while the task runs', async () => {
  await port.offer(await lend('t1', { mode: 'slow' }))
  await soon(() => desk.progress.at(-1)?.progress).toBe(0.5)
  await port.cancel({ taskId: 't1', epoch: 1 })
})

test('a cancelled task is stopped and forgotten without a word', async () => {
  const task = await lend('t1', { mode: 'slow' })
  await port.offer(task)
  await port.cancel({ taskId: 't1', epoch: 0 })
  expect(await port.held()).toHaveLength(1)
  await port.cancel({ taskId: 't1', epoch: 1 })
  expect(await port.held()).toEqual([])
  expect(desk.told).toEqual([])
  expect(await readdir(join(dir, 'scratch'))).toEqual([])
})

test('a task that the desk calls stale is stopped', async () => {
  await port.offer(await lend('t1', { mode: 'slow' }))
  desk.valids.clear()
  await soon(() => port.held()).toEqual([])
  expect(desk.told).toEqual([])
})

test('pause now gives the lease back, with the reason', async () => {
  await port.offer(await lend('t1', { mode: 'slow' }))
  await port.pause(true)
  expect(desk.told).toEqual([{ type: 'released', taskId: 't1', epoch: 1, reason: 'The computer was paused.' }])
  expect(port.status().state).toBe('paused')
  expect(await port.offer(await lend('t2', { mode: 'normal' }))).toEqual({ accepted: false, reason: 'Paused.' })
  await port.resume()
  expect(await port.offer(await lend('t3', { mode: 'normal' }))).toEqual({ accepted: true })
  await soon(() => desk.told).toHaveLength(2)
})

test('the same epoch is not run twice', async () => {
  const task = await lend('t1', { mode: 'slow' })
  await port.offer(task)
  expect(await port.offer(task)).toEqual({ accepted: false, reason: 'It runs that task already.' })
  await port.cancel(task)
})
