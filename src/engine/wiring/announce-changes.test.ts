import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { JobState } from '../../shared/domain/jobs.ts'
import { EventHub } from '../events/index.ts'
import { FakeClock } from '../fake-clock.ts'
import { storedJob } from '../local/testing/stored-job.ts'
import { openStorage, type Storage } from '../storage/index.ts'
import { announceChanges } from './announce-changes.ts'

/** Waits as long as a busy machine may take. */
const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check)

let folder: string
let clock: FakeClock
let storage: Storage
let events: EventHub
let said: string[]
/** What the worker, the tools and the hardware call when they change. */
let changed: { worker: () => void; tools: () => void; hardware: () => void }
let told: number
let stop: () => void

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'microtome-announce-'))
  clock = new FakeClock()
  storage = openStorage(join(folder, 'test.db'), clock)
  events = new EventHub((bug) => {
    throw bug
  })
  said = []
  told = 0
  const nothing = () => {}
  changed = { worker: nothing, tools: nothing, hardware: nothing }
  const source = (name: keyof typeof changed) => ({
    onChange: (listener: () => void) => {
      changed[name] = listener
      return () => {
        changed[name] = nothing
      }
    }
  })
  stop = announceChanges({
    events,
    jobs: storage.jobs,
    clock,
    worker: { ...source('worker'), machineChanged: () => void told++ },
    tools: source('tools'),
    hardware: source('hardware'),
    onBug: (bug) => said.push(String(bug))
  })
  events.on('submission', (id) => said.push(`submission ${id}`))
  events.on('status', () => said.push('status'))
  events.on('nodes', () => said.push('nodes'))
})

afterEach(async () => {
  stop()
  expect(clock.pendingTimers).toBe(0)
  storage.close()
  await rm(folder, { recursive: true })
})

async function job(state: JobState): Promise<void> {
  const { jobs } = storage
  if (!(await jobs.get('j1'))) {
    const submission = {
      id: 's1',
      createdAtMs: 1,
      destination: '/out',
      priority: 'normal',
      onExists: 'rename'
    } as const
    await jobs.addSubmission(submission, [storedJob()])
  }
  const { state: from = 'queued' } = (await jobs.get('j1')) ?? {}
  if (from !== state) await jobs.change('j1', [from], { state })
  events.emit('job', 'j1')
}

/** What was said since the last call, once the quarter of a second is over. */
async function heard(): Promise<string[]> {
  clock.advance(250)
  await eventually(() => expect(said).not.toEqual([]))
  await new Promise((resolve) => setImmediate(resolve))
  return said.splice(0)
}

it('says that a submission, the node and who runs what changed when a job’s state did, and less when only its progress did', async () => {
  await job('queued')
  expect(await heard()).toEqual(['submission s1', 'nodes', 'status'])
  await job('running')
  expect(await heard()).toEqual(['submission s1', 'nodes', 'status'])
  for (let report = 0; report < 100; report++) events.emit('job', 'j1')
  expect(await heard()).toEqual(['status'])
  await job('cancelled')
  expect(await heard()).toEqual(['submission s1', 'nodes', 'status'])
})

it('passes on what the worker says, and tells the worker what the machine says', () => {
  changed.worker()
  expect([said.splice(0), told]).toEqual([['nodes', 'status'], 0])
  changed.tools()
  changed.hardware()
  expect([said.splice(0), told]).toEqual([['nodes', 'status', 'nodes', 'status'], 2])
})

it('shows every five seconds how busy the machine is', () => {
  clock.advance(10_000)
  expect(said).toEqual(['nodes', 'nodes'])
})

it('says nothing any more once it was stopped', () => {
  events.emit('job', 'j1')
  stop()
  changed.worker()
  clock.advance(10_000)
  expect(said).toEqual([])
})
