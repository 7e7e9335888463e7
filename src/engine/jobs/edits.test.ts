import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { JobState } from '../../shared/domain/jobs.ts'
import { parseProfile } from '../../shared/domain/profiles.ts'
import { FakeClock } from '../fake-clock.ts'
import { openStorage, type Storage } from '../storage/index.ts'
import { Edits, type JobChange } from './index.ts'

let folder: string
let storage: Storage
let clock: FakeClock
let edits: Edits
let told: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'microtome-edits-'))
  clock = new FakeClock()
  storage = openStorage(join(folder, 'test.db'), clock)
  told = []
  edits = new Edits({
    jobs: storage.jobs,
    leases: storage.leases,
    clock,
    dispatching: { poke: () => told.push('poke'), cancel: async (id) => void told.push(`stop ${id}`) },
    onChanged: (id) => told.push(`changed ${id}`),
    onEnded: async (job) => void told.push(`let go of ${job.id}`)
  })
})

afterEach(async () => {
  storage.close()
  await rm(folder, { recursive: true })
})

/** A job that came to `path[last]` by the moves that the machine allows. */
async function job(id: string, ...path: JobState[]): Promise<void> {
  await storage.leases.add([{ taskId: id, jobId: id }])
  const submission = {
    id: `s-${id}`,
    createdAtMs: 1,
    destination: '/out',
    priority: 'normal',
    onExists: 'rename'
  } as const
  await storage.jobs.addSubmission(submission, [
    {
      id,
      submissionId: submission.id,
      source: { type: 'file', path: '/a.jpg' },
      name: 'a.jpg',
      kind: 'image',
      sizeBytes: 1,
      sourceModifiedAtMs: 1,
      profile: parseProfile('webp'),
      sink: { type: 'folder', dir: '/out' },
      onExists: 'rename',
      priority: 'normal',
      state: 'queued',
      createdAtMs: 1
    }
  ])
  let from: JobState = 'queued'
  for (const state of path) {
    const change: JobChange =
      state === 'failed' ? { state, attempts: 3, startedAtMs: 5, endedAtMs: 6, failedNodeIds: ['n'], error } : { state }
    await storage.jobs.change(id, [from], change)
    from = state
  }
}

const error = { code: 'crashed', class: 'node', message: 'It crashed.' } as const
const stateOf = async (id: string) => (await storage.jobs.get(id))?.state

it('cancels what is queued, held or runs, and lets go of what each kept once it has stopped', async () => {
  await job('waits')
  await job('held', 'held')
  await job('runs', 'running')
  expect(await edits.cancel(['waits', 'held', 'runs'])).toEqual({ changed: 3, refused: [] })
  for (const id of ['waits', 'held', 'runs']) {
    expect(await storage.jobs.get(id)).toMatchObject({ state: 'cancelled', endedAtMs: clock.wallMs() })
    expect(told.indexOf(`stop ${id}`)).toBeLessThan(told.indexOf(`let go of ${id}`))
  }
  expect(told.indexOf('changed runs')).toBeLessThan(told.indexOf('stop waits'))
  expect(told.at(-1)).toBe('poke')
})

it('answers for each job that is in the wrong state why it was left as it is', async () => {
  await job('names', 'running', 'verifying')
  await job('done', 'running', 'verifying', 'completed')
  const { changed, refused } = await edits.cancel(['names', 'done', 'nobody'])
  expect(changed).toBe(0)
  expect(refused.map(({ id, error }) => [id, error.code, error.class])).toEqual([
    ['names', 'wrong-state', 'input'],
    ['done', 'wrong-state', 'input'],
    ['nobody', 'unknown-job', 'input']
  ])
  expect(refused[1]?.error.message).toBe("Can't cancel job done: it is completed.")
})

it('retries with a clean slate: no attempt, no backoff, no node to avoid, no time that an earlier try took', async () => {
  await job('failed', 'running', 'failed')
  const claimed = await storage.leases.claim('failed', 'n', 0)
  await storage.leases.settle(claimed ?? { taskId: '', epoch: 0 }, 'n', 'failed')
  expect(await edits.retry(['failed'])).toEqual({ changed: 1, refused: [] })
  const again = await storage.jobs.get('failed')
  expect(again).toMatchObject({ state: 'queued', attempts: 0, notBeforeMs: 0, failedNodeIds: [] })
  expect([again?.error, again?.startedAtMs, again?.endedAtMs]).toEqual([undefined, undefined, undefined])
  expect(await storage.leases.claim('failed', 'other', 1)).toMatchObject({ epoch: 2 })
})

it('never retries what is completed', async () => {
  await job('done', 'running', 'verifying', 'completed')
  expect(await edits.retry(['done'])).toMatchObject({ changed: 0, refused: [{ error: { code: 'wrong-state' } }] })
  expect(await stateOf('done')).toBe('completed')
})

it('holds what waits, releases what is held, and gives both another place in the queue', async () => {
  await job('a')
  await job('b')
  await edits.hold(['a'])
  expect((await storage.jobs.waiting(10, 0)).map(({ id }) => id)).toEqual(['b'])
  await edits.setPriority(['a', 'b'], 'low')
  await edits.release(['a'])
  await edits.setPriority(['a'], 'stat')
  expect((await storage.jobs.waiting(10, 0)).map(({ id, priority }) => [id, priority])).toEqual([
    ['a', 'stat'],
    ['b', 'low']
  ])
  expect(await edits.release(['a'])).toMatchObject({ changed: 0 })
})
