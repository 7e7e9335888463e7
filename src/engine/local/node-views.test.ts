import { expect, it } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { type LiveTask, LiveTasks, WorkerHealth } from '../scheduler/index.ts'
import { FakeWorker } from '../scheduler/testing/fake-worker.ts'
import { type KnownMember, nodeViews } from './index.ts'
import { storedJob } from './testing/stored-job.ts'

const member = (nodeId: string, over: Partial<KnownMember> = {}): KnownMember => ({
  nodeId,
  name: nodeId.toUpperCase(),
  address: '10.0.0.1:47800',
  online: true,
  compatible: true,
  lastSeenAtMs: 7,
  ...over
})

function lab(members: KnownMember[], ports: FakeWorker[]) {
  const parts = { self: new FakeWorker('self', true), live: new LiveTasks(), health: new WorkerHealth(new FakeClock()) }
  return { ...parts, views: () => nodeViews({ ...parts, selfName: 'Here', members, ports: [parts.self, ...ports] }) }
}

it('shows this computer first, under the name that it has now, and the others by name', () => {
  const { views } = lab([member('b10'), member('self'), member('b9')], [])
  expect(views().map(({ name, isSelf }) => [name, isSelf])).toEqual([
    ['Here', true],
    ['B9', false],
    ['B10', false]
  ])
})

it('says of each in one sentence why it gets no work', () => {
  const paused = new FakeWorker('paused')
  paused.status = () => undefined
  const { views } = lab(
    [member('away', { online: false }), member('old', { compatible: false }), member('paused'), member('ready')],
    [paused, new FakeWorker('ready')]
  )
  expect(views().map(({ nodeId, state, reason }) => [nodeId, state, reason !== ''])).toEqual([
    ['self', 'idle', false],
    ['away', 'offline', true],
    ['old', 'incompatible', true],
    ['paused', 'offline', true],
    ['ready', 'idle', false]
  ])
})

it('shows what runs on each, how far it is, and what went wrong there lately', () => {
  const { views, live, health } = lab([member('a')], [new FakeWorker('a')])
  live.put(task('a', 0.25))
  const error = { code: 'crashed', class: 'node', message: 'It crashed.' } as const
  health.failed('a', error)
  expect(views()[1]).toMatchObject({
    running: [{ jobId: 'j1', name: 'a.jpg', progress: 0.25 }],
    recentFailures: 1,
    lastError: error,
    slots: 1,
    class: 'desktop',
    profiles: ['webp']
  })
  expect(views()[0]?.running).toEqual([])
})

function task(workerId: string, progress: number): LiveTask {
  const job = storedJob()
  const { kind, profile, sizeBytes, name } = job
  return {
    lent: { taskId: job.id, epoch: 1, kind, profile, sizeBytes, name, sourcePath: '/a.jpg', stagingDir: '/s' },
    job,
    jobId: job.id,
    workerId,
    workerName: workerId,
    why: 'Runs there.',
    startedAtMs: 0,
    progress: { progress, stage: 'converting' },
    settling: false,
    revoked: false
  }
}
