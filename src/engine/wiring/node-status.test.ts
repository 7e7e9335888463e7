import { expect, it } from 'vitest'
import { nodeStatus as schema } from '../../shared/contract/local.ts'
import type { JobState } from '../../shared/domain/jobs.ts'
import { storedJob } from '../local/testing/stored-job.ts'
import { LiveTasks } from '../scheduler/index.ts'
import { FakeWorker } from '../scheduler/testing/fake-worker.ts'
import { nodeStatus, type StatusParts } from './node-status.ts'
import { machineSettings } from './testing/machine-settings.ts'

const nowMs = 100_000
const none: Record<JobState, number> = {
  queued: 0,
  held: 0,
  running: 0,
  verifying: 0,
  completed: 0,
  failed: 0,
  cancelled: 0
}

function status(over: Partial<StatusParts> & { counts?: Partial<typeof none> } = {}) {
  const { counts, ...parts } = over
  const own = new FakeWorker('self', true).status()
  if (!own) throw new Error('the own worker is offline')
  return nodeStatus({
    nodeId: 'self',
    version: '0.1.0',
    dataDir: '/data',
    peerPort: () => 47800,
    instance: () => undefined,
    door: () => ({ uiUrl: 'http://127.0.0.1:1/' }),
    config: machineSettings(),
    jobs: { counts: async () => ({ ...none, ...counts }) },
    live: new LiveTasks(),
    worker: { status: () => own, keepAwake: () => false },
    tools: () => ({ profiles: ['webp', 'h264'] }),
    storageError: () => undefined,
    wallMs: () => nowMs,
    ...parts
  })
}

function running(...tasks: { progress: number; startedAtMs: number; remainingMs?: number }[]): LiveTasks {
  const live = new LiveTasks()
  for (const [index, { progress, startedAtMs, remainingMs }] of tasks.entries()) {
    const job = storedJob({ id: `j${index}` })
    const { kind, profile, sizeBytes, name } = job
    live.put({
      lent: { taskId: job.id, epoch: 1, kind, profile, sizeBytes, name, sourcePath: '/a', stagingDir: '/s' },
      job,
      jobId: job.id,
      workerId: 'n',
      workerName: 'n',
      why: '',
      startedAtMs,
      progress: { progress, stage: 'converting', remainingMs },
      settling: false,
      revoked: false
    })
  }
  return live
}

it('says what the contract promises', async () => {
  const told = await status({ counts: { queued: 2 } })
  expect(schema.parse(told)).toEqual(told)
  expect(told).toMatchObject({ worker: 'idle', keepAwake: false, counts: { queued: 2 }, video: { available: true } })
  expect(told.remainingMs).toBeUndefined()
})

it('tells that video is off and how to turn it on', async () => {
  const tools = () => ({ profiles: ['webp' as const], hint: 'Install FFmpeg.' })
  expect((await status({ tools })).video).toEqual({ available: false, hint: 'Install FFmpeg.' })
})

it('keeps the machine awake while jobs run anywhere, up to their last file', async () => {
  for (const state of ['running', 'verifying'] as const)
    expect((await status({ counts: { [state]: 1 } })).keepAwake, state).toBe(true)
  expect((await status({ counts: { queued: 9, held: 9 } })).keepAwake).toBe(false)
})

it('estimates what is left from what runs, and as much again for what waits', async () => {
  // A quarter done after 10 s: 30 s are left, 40 s the whole.
  const live = running({ progress: 0.25, startedAtMs: nowMs - 10_000 })
  expect((await status({ live, counts: { running: 1 } })).remainingMs).toBe(30_000)
  expect((await status({ live, counts: { running: 1, queued: 2 } })).remainingMs).toBe(110_000)
  const told = running({ progress: 0.25, startedAtMs: nowMs - 10_000, remainingMs: 12_000 })
  expect((await status({ live: told, counts: { running: 1 } })).remainingMs).toBe(12_000)
})

it('is never below nothing, though the wall clock was set back', async () => {
  const live = running({ progress: 0.25, startedAtMs: nowMs + 3_600_000 })
  expect((await status({ live, counts: { running: 1, queued: 3 } })).remainingMs).toBe(0)
})
