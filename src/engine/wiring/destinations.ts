import type { JobOutputs, JobStore, StoredJob } from '../jobs/index.ts'
import type { LiveTasks } from '../scheduler/index.ts'

/** Below this a job is not even begun: half of a slide's size, since its tiles may be copied; others are small. */
export function leastRoomBytes(job: StoredJob): number {
  return job.kind === 'slide' ? job.sizeBytes / 2 : 0
}

/** Removes what crashes left in the destinations of unfinished jobs, but for the leases that go on. */
export async function sweepDestinations(outputs: JobOutputs, jobs: JobStore, live: LiveTasks): Promise<void> {
  const unfinished = await jobs.inState(['queued', 'held', 'running', 'verifying'])
  const keep = live.all().map(({ jobId, lent }) => ({ jobId, epoch: lent.epoch }))
  for (const dir of new Set(unfinished.map((job) => job.sink.dir))) await outputs.sweep(dir, keep)
}
