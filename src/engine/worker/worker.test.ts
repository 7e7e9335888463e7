import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { FakeClock } from '../fake-clock.ts'
import { notAvailable } from './availability.ts'
import { openTestWorker, type TestWorker, willing } from './testing/test-worker.ts'
import { workerStateOf } from './worker-state.ts'

let dir: string
let opened: TestWorker[] = []
const task = { audience: 'lab', kind: 'slide', profile: 'dzi', sizeBytes: 1000 } as const

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'microtome-worker-'))
})
afterEach(async () => {
  await Promise.all(opened.map((one) => one.close()))
  opened = []
  await rm(dir, { recursive: true, force: true })
})

async function open(
  clock = new FakeClock() as FakeClock | typeof systemClock,
  settings = willing
): Promise<TestWorker> {
  const one = await openTestWorker(dir, clock, settings)
  opened.push(one)
  return one
}

const at = (hours: number, minutes = 0) => new Date(2026, 10, 20, hours, minutes).getTime()
const mains = { present: true, onMains: true }

test('hours are local, begin with the minute they name and may run over midnight', () => {
  const night = { mode: 'hours', from: '18:30', to: '06:00' } as const
  const day = { mode: 'hours', from: '08:00', to: '17:00' } as const
  const isOpen = (availability: typeof night | typeof day, wallMs: number) =>
    notAvailable(availability, { wallMs, battery: mains }) === undefined
  expect([at(18, 29), at(18, 30), at(23, 59), at(0), at(5, 59), at(6)].map((ms) => isOpen(night, ms))).toEqual([
    false,
    true,
    true,
    true,
    true,
    false
  ])
  expect([at(7, 59), at(8), at(16, 59), at(17)].map((ms) => isOpen(day, ms))).toEqual([false, true, true, false])
  expect(notAvailable(night, { wallMs: at(12), battery: mains })).toBe('Works for the lab from 18:30 to 06:00.')
})

test('on mains means not on battery; a desktop is always on mains', () => {
  expect(notAvailable({ mode: 'on-mains' }, { wallMs: 0, battery: { present: true, onMains: false } })).toContain(
    'battery'
  )
  expect(notAvailable({ mode: 'on-mains' }, { wallMs: 0, battery: { present: false, onMains: true } })).toBeUndefined()
})

test('the state says what is true of the worker, and the most lasting reason wins', () => {
  const base = { localWork: true, paused: false, busy: 0, closed: undefined }
  expect(workerStateOf(base).state).toBe('idle')
  expect(workerStateOf({ ...base, busy: 1 }).state).toBe('working')
  expect(workerStateOf({ ...base, busy: 1, paused: true }).state).toBe('pausing')
  expect(workerStateOf({ ...base, paused: true, closed: 'Later.' }).state).toBe('paused')
  expect(workerStateOf({ ...base, closed: 'Later.' })).toEqual({ state: 'unavailable', reason: 'Later.' })
  expect(workerStateOf({ ...base, localWork: false, paused: true }).state).toBe('unavailable')
})

test('slots are counted, and a refusal says why', async () => {
  const { worker } = await open()
  const first = worker.admit(task)
  const second = worker.admit(task)
  expect([typeof first, typeof second]).toEqual(['object', 'object'])
  expect(worker.admit(task)).toBe('All 2 slots are busy.')
  expect(worker.status('lab')).toMatchObject({ state: 'working', busy: 2, slots: 2 })
  if (typeof first === 'object') first.release()
  expect(typeof worker.admit({ ...task, profile: 'h264' })).toBe('string')
  expect(worker.admit({ ...task, profile: 'h264' })).toBe('It has no tool for h264.')
  expect(worker.admit({ ...task, sizeBytes: 1e15 })).toContain('MB free')
})

test('pausing lets what runs end; paused outlives a restart; resuming takes work again', async () => {
  const { worker } = await open()
  let changes = 0
  worker.onChange(() => changes++)
  const slot = worker.admit(task)
  await worker.pause(false)
  expect(worker.status('lab').state).toBe('pausing')
  expect(worker.admit(task)).toBe('Finishes what runs, then pauses.')
  if (typeof slot === 'object') slot.release()
  expect(worker.status('self').state).toBe('paused')
  expect(worker.keepAwake).toBe(false)
  expect(changes).toBe(3)
  const { worker: restarted } = await open()
  expect(restarted.status('self').state).toBe('paused')
  await restarted.resume()
  expect(restarted.status('self').state).toBe('idle')
  expect((await open()).worker.status('self').state).toBe('idle')
})

test('a damaged note of the pause counts as not paused', async () => {
  await writeFile(join(dir, 'worker.json'), '{"paus')
  expect((await open()).worker.status('self').state).toBe('idle')
})

test('unavailable to the lab is still there for its own jobs, and the computer may sleep', async () => {
  const clock = new FakeClock(at(12))
  const { worker } = await open(clock, { ...willing, availability: { mode: 'hours', from: '18:00', to: '06:00' } })
  let changes = 0
  worker.onChange(() => changes++)
  expect(worker.status('lab')).toMatchObject({ state: 'unavailable', reason: 'Works for the lab from 18:00 to 06:00.' })
  expect(worker.admit(task)).toContain('from 18:00')
  expect(worker.keepAwake).toBe(false)
  const own = worker.admit({ ...task, audience: 'self' })
  expect(typeof own).toBe('object')
  expect(worker.keepAwake).toBe(true)
  if (typeof own === 'object') own.release()
  changes = 0
  clock.advance(6 * 3_600_000)
  expect(changes).toBe(1)
  expect(worker.status('lab').state).toBe('idle')
  expect(worker.keepAwake).toBe(true)
})

test('on battery it tells within seconds that it is not for the lab', async () => {
  const clock = new FakeClock()
  const { worker, hardware } = await open(clock, { ...willing, availability: { mode: 'on-mains' } })
  const told: string[] = []
  worker.onChange(() => told.push(worker.status('lab').state))
  hardware.battery.onMains = false
  clock.advance(5000)
  hardware.battery.onMains = true
  clock.advance(5000)
  expect(told).toEqual(['unavailable', 'idle'])
})

test('a node that runs nothing refuses its own jobs and the lab', async () => {
  const { worker } = await open(new FakeClock(), { ...willing, localWork: false })
  expect(worker.admit(task)).toContain('hand out jobs only')
  expect(worker.admit({ ...task, audience: 'self' })).toContain('hand out jobs only')
  expect(worker.keepAwake).toBe(false)
  worker.setSettings(willing)
  expect(worker.status('self').state).toBe('idle')
})

test('the threads are divided among what runs, and each gets one at least', async () => {
  const { worker } = await open(systemClock, { ...willing, slots: 20 })
  await writeFile(join(dir, 'source'), JSON.stringify({ mode: 'normal' }))
  await mkdir(join(dir, 'out'))
  const share = async () => {
    worker.admit(task)
    const logs: string[] = []
    const order = {
      kind: 'slide',
      profile: { name: 'dzi', options: {} },
      sourcePath: join(dir, 'source'),
      scratchDir: join(dir, 'scratch'),
      output: { type: 'folder', dir: join(dir, 'out') },
      sizeBytes: 1
    } as const
    await worker.convert(order, { onLog: (_level, message) => logs.push(message) })
    return Number(logs[0]?.split(' ')[1])
  }
  expect(await share()).toBe(8)
  expect(await share()).toBe(4)
  for (let n = 0; n < 12; n++) worker.admit(task)
  expect(await share()).toBe(1)
})

test('of an earlier run’s scratch stays what goes on, unless the computer was started since', async () => {
  const { worker } = await open()
  const { scratch } = worker
  for (const taskId of ['on', 'off']) await scratch.open({ taskId, epoch: 3 })
  const leases = [
    { taskId: 'on', epoch: 3 },
    { taskId: 'never-was', epoch: 1 }
  ]
  await scratch.wipe({ leases, sinceMs: 0 })
  expect(await readdir(join(dir, 'scratch'))).toEqual(['on.3'])
  await writeFile(join(await scratch.open({ taskId: 'on', epoch: 4, leftEpoch: 3 }), 'note'), '')
  const folder = await scratch.open({ taskId: 'never-was', epoch: 2, leftEpoch: 1 })
  expect([await readdir(join(dir, 'scratch')), await readdir(folder)]).toEqual([['never-was.2', 'on.4'], []])
  const { mtimeMs } = await stat(join(dir, 'scratch', 'on.4'))
  await scratch.wipe({ leases: [{ taskId: 'on', epoch: 4 }], sinceMs: mtimeMs + 1 })
  expect(await readdir(join(dir, 'scratch'))).toEqual([])
})

test('scratch is wiped at the start, and a folder is named by plain words only', async () => {
  await mkdir(join(dir, 'scratch', 'old.1', 'deep'), { recursive: true })
  const { worker } = await open()
  expect(await readdir(join(dir, 'scratch'))).toEqual([])
  await expect(worker.scratch.open({ taskId: '../../evil', epoch: 1 })).rejects.toMatchObject({ code: 'bad-task-id' })
  const folder = await worker.scratch.open({ taskId: 'a', epoch: 1 })
  await expect(worker.scratch.open({ taskId: 'a', epoch: 1 })).rejects.toThrow('EEXIST')
  await worker.scratch.close(folder)
  expect(await readdir(join(dir, 'scratch'))).toEqual([])
})
