import type { Job, JobState } from '../../shared/domain/jobs.ts'

export const jobActions = ['cancel', 'retry', 'hold', 'release', 'remove', 'set-priority', 'view'] as const
export type JobAction = (typeof jobActions)[number]

const allowed: Record<JobState, readonly JobAction[]> = {
  queued: ['hold', 'cancel', 'set-priority'],
  held: ['release', 'cancel', 'set-priority'],
  running: ['cancel'],
  verifying: ['cancel'],
  completed: ['remove'],
  failed: ['retry', 'remove'],
  cancelled: ['retry', 'remove']
}

/** Whether there is a result to look at, be it one that is still growing. */
export function canBeViewed(job: Job): boolean {
  if (job.state === 'completed') return job.output !== undefined
  return job.viewable === 'now' && (job.state === 'running' || job.state === 'verifying')
}

/** What can be done with a job in its state; the engine has the last word. */
export function allows(job: Job, action: JobAction): boolean {
  if (action === 'view') return canBeViewed(job)
  return allowed[job.state].includes(action)
}

/** The ids among `jobs` that an action applies to. */
export function idsFor(jobs: Iterable<Job>, action: JobAction): string[] {
  return [...jobs].filter((job) => allows(job, action)).map((job) => job.id)
}
