import type { WorkerStatus } from '../../../shared/domain/nodes.ts'
import { kindOfProfile, profileNames } from '../../../shared/domain/profiles.ts'
import type { PlanWorker, WaitingTask } from '../plan-input.ts'

export const MB = 1e6
export const GB = 1e9

/** A slide of 97 MB to Deep Zoom: 14 s of work by the default rates, 2.6 s of travel. */
export function task(taskId: string, over: Partial<WaitingTask> = {}): WaitingTask {
  const profile = over.profile ?? 'dzi'
  const kind = kindOfProfile(profile)
  return { taskId, kind, profile, sizeBytes: 97 * MB, priority: 'normal', failedNodeIds: [], ...over }
}

/** An idle desktop with one free slot, room, every profile, and nothing measured. */
export function worker(nodeId: string, over: Partial<PlanWorker> & { says?: Partial<WorkerStatus> } = {}): PlanWorker {
  const { says, ...rest } = over
  return {
    nodeId,
    name: nodeId.toUpperCase(),
    isSelf: nodeId === 'self',
    status: { ...idle, ...says },
    freeSlots: 1,
    running: [],
    rates: { runBytesPerS: {} },
    recentFailures: 0,
    ...rest
  }
}

const idle: WorkerStatus = {
  state: 'idle',
  reason: '',
  slots: 4,
  busy: 0,
  load: 0,
  profiles: [...profileNames],
  scratchFreeBytes: 500 * GB,
  hardware: {
    cpuModel: 'Test',
    cpuThreads: 8,
    memoryBytes: 16 * GB,
    gpus: [],
    diskFreeBytes: 500 * GB,
    battery: { present: false, onMains: true },
    os: 'linux',
    class: 'desktop'
  },
  tools: { microtome: '0.1.0', node: '24' }
}
