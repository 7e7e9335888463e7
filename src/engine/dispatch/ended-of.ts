import { kindOfProfile } from '../../shared/domain/profiles.ts'
import type { EndedJob } from '../service-api.ts'
import type { DispatchJob } from './dispatch-api.ts'

const bytesPerMb = 1e6

/** What metrics hear of a job that ended outside of the lab: how long its bytes travelled and how large its result is nobody told. */
export function endedOf(job: DispatchJob): EndedJob {
  const { state, profile, createdAtMs, startedAtMs, endedAtMs = createdAtMs } = job
  return {
    kind: kindOfProfile(profile),
    outcome: state === 'completed' || state === 'cancelled' ? state : 'failed',
    // Wall clocks jump back.
    queuedMs: Math.max(0, (startedAtMs ?? endedAtMs) - createdAtMs),
    runMs: startedAtMs === undefined ? 0 : Math.max(0, endedAtMs - startedAtMs),
    transferMs: 0,
    sourceBytes: Math.round(job.jobSizeMb * bytesPerMb),
    resultBytes: 0
  }
}
