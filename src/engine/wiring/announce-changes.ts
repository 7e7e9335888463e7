import type { JobState } from '../../shared/domain/jobs.ts'
import type { Clock } from '../clock.ts'
import { Batch, type EventHub, inTurns } from '../events/index.ts'
import type { JobStore } from '../jobs/index.ts'
import type { Worker } from '../worker/index.ts'

interface Changing {
  onChange(listener: () => void): () => void
}

export interface AnnounceParts {
  events: EventHub
  jobs: JobStore
  clock: Clock
  worker: Pick<Worker, 'onChange' | 'machineChanged'>
  tools: Changing
  hardware: Changing
  onBug: (thrown: unknown) => void
}

const periodMs = 250
const loadEveryMs = 5000

/** Derives what pages want to know from what the parts say: a job's new state changes its submission and the node's status. */
export function announceChanges(parts: AnnounceParts): () => void {
  const { events, clock, onBug } = parts
  const states = new Map<string, JobState>()
  let last = Promise.resolve()
  const batch = new Batch<string>(clock, periodMs, (ids) => {
    last = last.then(() => announce(parts, states, ids)).catch(onBug)
  })
  const nodeChanged = () => {
    events.emit('nodes', undefined)
    events.emit('status', undefined)
  }
  const machineChanged = () => {
    parts.worker.machineChanged()
    nodeChanged()
  }
  const load = clock.every(loadEveryMs, () => events.emit('nodes', undefined))
  const stops = [
    events.on('job', (id) => batch.add(id)),
    events.on('job-removed', (id) => void states.delete(id)),
    parts.worker.onChange(nodeChanged),
    parts.tools.onChange(machineChanged),
    parts.hardware.onChange(machineChanged),
    () => batch.close(),
    () => load.cancel()
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

async function announce({ events, jobs }: AnnounceParts, states: Map<string, JobState>, ids: string[]): Promise<void> {
  const submissions = new Set<string>()
  for (const job of await inTurns(ids, (some) => jobs.states(some))) {
    if (states.get(job.id) === job.state) continue
    const ended = job.state === 'completed' || job.state === 'failed' || job.state === 'cancelled'
    if (ended) states.delete(job.id)
    else states.set(job.id, job.state)
    submissions.add(job.submissionId)
  }
  for (const id of submissions) events.emit('submission', id)
  // Who runs what has changed too.
  if (submissions.size > 0) events.emit('nodes', undefined)
  if (ids.length > 0) events.emit('status', undefined)
}
