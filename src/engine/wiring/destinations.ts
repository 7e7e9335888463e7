import type { JobOutputs, JobStore, StoredJob } from '../jobs/index.ts'
import type { Log } from '../log/index.ts'
import { type LiveTasks, outsideEnginePrefix } from '../scheduler/index.ts'

/** Drops whose destinations are looked at though all their jobs have ended: a crash may have come just after. */
const recentDrops = 100
const openStates = ['queued', 'held', 'running', 'verifying'] as const

/** Below this a job is not even begun: half of a slide's size, since its tiles may be copied; others are small. */
export function leastRoomBytes(job: StoredJob): number {
  return job.kind === 'slide' ? job.sizeBytes / 2 : 0
}

/**
 * Removes what crashes left in destinations, but for the leases that are in force when each is looked at; so it may run beside
 * the dispatcher, and a network folder that does not answer keeps nobody waiting.
 */
export async function sweepDestinations(parts: {
  outputs: Pick<JobOutputs, 'sweep'>
  jobs: Pick<JobStore, 'destinationsInState' | 'submissions'>
  live: LiveTasks
  log: Log
}): Promise<void> {
  const { outputs, jobs, live, log } = parts
  const unfinished = await jobs.destinationsInState(openStates, outsideEnginePrefix)
  const recent = await jobs.submissions(recentDrops)
  const keep = () =>
    live
      .ofNodes()
      .flatMap(({ jobId, lent }) => [lent.epoch, lent.leftEpoch ?? lent.epoch].map((epoch) => ({ jobId, epoch })))
  for (const dir of new Set([...unfinished, ...recent.map((drop) => drop.destination)]))
    await outputs
      .sweep(dir, keep)
      .catch((error: unknown) => log.warn('a destination could not be looked through', {}, error))
}
