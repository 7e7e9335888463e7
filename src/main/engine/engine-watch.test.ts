import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { NodeStatus } from '../../shared/contract/local.ts'
import type { Submission } from '../../shared/domain/jobs.ts'
import type { Settings } from '../../shared/settings.ts'
import { FakeTimers } from '../testing/fake-timers.ts'
import { FixtureDoor } from '../testing/fixture-door.ts'
import { sampleSettings, sampleStatus, sampleSubmission } from '../testing/samples.ts'
import { until } from '../testing/until.ts'
import { EngineWatch } from './engine-watch.ts'
import { openLocalClient } from './local-client.ts'

describe('the watch over the engine', () => {
  let door: FixtureDoor
  let timers: FakeTimers
  let watch: EngineWatch
  let statuses: (NodeStatus | undefined)[]
  let submissions: Submission[]
  let settings: Settings[]

  beforeEach(async () => {
    door = new FixtureDoor()
    await door.open()
    timers = new FakeTimers()
    statuses = []
    submissions = []
    settings = []
    watch = new EngineWatch({
      timers,
      open: (address) => openLocalClient(address, timers),
      listener: {
        status: (status) => statuses.push(status),
        submission: (submission) => submissions.push(submission),
        settings: (values) => settings.push(values)
      }
    })
  })

  afterEach(async () => {
    watch.follow(undefined)
    await door.close()
  })

  const hears = () => until(() => door.listening === 1 && statuses.at(-1) !== undefined, 'it listens')

  test('hears the status at once and every change of it', async () => {
    watch.follow(door.door)
    await hears()
    door.tell({ type: 'status', status: sampleStatus({ worker: 'working' }) })
    await until(() => statuses.at(-1)?.worker === 'working', 'the change is heard')
  })

  test('hears of submissions, and passes over what is for the page', async () => {
    watch.follow(door.door)
    await hears()
    door.tell({ type: 'jobs', jobs: [] })
    door.tell({ type: 'submission', submission: sampleSubmission({ id: 'mine' }) })
    await until(() => submissions.length > 0, 'the submission is heard of')
    expect(submissions).toMatchObject([{ id: 'mine' }])
  })

  test('reads the settings at the connection, and once for a burst of changes', async () => {
    watch.follow(door.door)
    await until(() => settings.length === 1, 'the settings are read')
    door.settings = sampleSettings({ startAtLogin: true })
    for (let changes = 0; changes < 20; changes += 1) door.tell({ type: 'status', status: sampleStatus() })
    await until(() => statuses.length > 20, 'all changes are heard')
    expect(settings).toHaveLength(1)
    timers.advance(2_000)
    await until(() => settings.length === 2, 'the settings are read again')
    expect(settings[1]?.startAtLogin).toBe(true)
  })

  test('knows nothing while the connection is cut, and dials again', async () => {
    watch.follow(door.door)
    await hears()
    door.cut()
    await until(() => statuses.at(-1) === undefined, 'the cut is noticed')
    await until(() => timers.nextMs !== undefined, 'it waits to dial again')
    timers.advance(1_000)
    await hears()
  })

  test('does not listen to the engine before any more', async () => {
    const other = new FixtureDoor()
    await other.open()
    other.status = sampleStatus({ name: 'Other' })
    watch.follow(door.door)
    await hears()
    watch.follow(other.door)
    await until(() => statuses.at(-1)?.name === 'Other' && door.listening === 0, 'the other one is heard')
    watch.follow(undefined)
    await other.close()
    expect(statuses.at(-1)).toBeUndefined()
  })

  test('lends its client to the tray', async () => {
    watch.follow(door.door)
    await hears()
    await watch.client?.nodes.pause({ nodeId: 'n', now: true })
    expect(door.calls).toContainEqual({ what: 'nodes.pause', input: { nodeId: 'n', now: true } })
  })

  test('a wrong token opens no connection', async () => {
    const opened = openLocalClient({ ...door.door, token: 'wrong' }, timers)
    await expect(opened).rejects.toMatchObject({ code: 'not-answering' })
  })
})
