import { endedStates } from '../../shared/domain/jobs.ts'
import type { JobStore } from '../jobs/index.ts'
import type { LookAtJob, Web } from '../web/index.ts'

/** What sweeping takes of a {@link Web}. */
export interface SweptWeb {
  sources: Pick<Web['sources'], 'sweep'>
  results: Pick<Web['results'], 'sweep'>
}

/**
 * Removes what was fetched for jobs that have ended, and results that were kept long enough. Their jobs say so; answers those jobs'
 * ids. Where `keepsStrangers`, what belongs to no job stays.
 */
export async function sweepWeb(
  { sources, results }: SweptWeb,
  jobs: Pick<JobStore, 'get' | 'changeAll'>,
  keepsStrangers: boolean
): Promise<string[]> {
  const look: LookAtJob = async (jobId) => {
    const job = await jobs.get(jobId)
    if (!job) return keepsStrangers ? { endedAtMs: undefined } : undefined
    const hasEnded = endedStates.some((state) => state === job.state)
    return { endedAtMs: hasEnded ? (job.endedAtMs ?? job.createdAtMs) : undefined }
  }
  await sources.sweep(look)
  const gone = await results.sweep(look)
  await jobs.changeAll(gone, ['completed'], { output: undefined })
  return gone
}
