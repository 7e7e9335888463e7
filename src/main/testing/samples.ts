import type { NodeStatus } from '../../shared/contract/local.ts'
import type { Submission } from '../../shared/domain/jobs.ts'
import { type Settings, settingsSchema } from '../../shared/settings.ts'
import type { EngineState } from '../engine/engine-state.ts'

/** A node at rest, changed as the test says. */
export function sampleStatus(change: Partial<NodeStatus> = {}): NodeStatus {
  return {
    nodeId: 'node-of-this-test',
    name: 'Pathology 3',
    version: '0.1.0',
    peerPort: 47800,
    uiUrl: 'http://127.0.0.1:1/?token=t',
    dataDir: '/data',
    worker: 'idle',
    workerReason: '',
    keepAwake: false,
    counts: { queued: 0, held: 0, running: 0, verifying: 0, completed: 0, failed: 0, cancelled: 0 },
    video: { available: true },
    ...change
  }
}

/** Counts with nothing but what the test names. */
export function sampleCounts(change: Partial<NodeStatus['counts']>): NodeStatus['counts'] {
  return { ...sampleStatus().counts, ...change }
}

/** A submission of ten files under way. */
export function sampleSubmission(change: Partial<Submission> = {}): Submission {
  return {
    id: 'drop',
    createdAtMs: 0,
    destination: '/out',
    priority: 'normal',
    onExists: 'rename',
    total: 10,
    completed: 0,
    failed: 0,
    cancelled: 0,
    skipped: 0,
    ...change
  }
}

/** All settings at their defaults. */
export function sampleSettings(change: Partial<Settings> = {}): Settings {
  return settingsSchema.parse({ name: 'Pathology 3', slots: 1, threads: 2, destination: '/out', ...change })
}

/** An engine of ours that runs. */
export const runningEngine: EngineState = {
  kind: 'running',
  isOurs: true,
  door: { httpUrl: 'http://127.0.0.1:1', socketUrl: 'ws://127.0.0.1:1/rpc', token: 't' }
}
