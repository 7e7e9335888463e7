import { type Job, type JobState, priorities } from '../../shared/domain/jobs.ts'

export const sortKeys = ['activity', 'name', 'added', 'size', 'progress', 'computer', 'remaining'] as const
export type SortKey = (typeof sortKeys)[number]

export interface JobSort {
  key: SortKey
  descending: boolean
}

/** What runs, then what failed and needs somebody, then what waits, then what is over. */
const activityRank: Record<JobState, number> = {
  running: 0,
  verifying: 0,
  failed: 1,
  queued: 2,
  held: 3,
  completed: 4,
  cancelled: 5
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/**
 * The jobs in order. Ties go by age and id, so that rows keep their places while progress updates.
 */
export function sortJobs(jobs: readonly Job[], sort: JobSort): Job[] {
  const compare = comparators[sort.key]
  const sign = sort.descending ? -1 : 1
  return [...jobs].sort((a, b) => sign * compare(a, b) || byAge(a, b))
}

const comparators: Record<SortKey, (a: Job, b: Job) => number> = {
  activity: byActivity,
  name: (a, b) => byName.compare(a.name, b.name),
  added: (a, b) => a.createdAtMs - b.createdAtMs,
  size: (a, b) => a.sizeBytes - b.sizeBytes,
  progress: (a, b) => a.progress - b.progress,
  computer: (a, b) => lastIfEmpty(a.nodeName, b.nodeName) ?? byName.compare(a.nodeName ?? '', b.nodeName ?? ''),
  remaining: (a, b) => (a.remainingMs ?? Number.MAX_VALUE) - (b.remainingMs ?? Number.MAX_VALUE)
}

function byActivity(a: Job, b: Job): number {
  const rank = activityRank[a.state] - activityRank[b.state]
  if (rank !== 0) return rank
  if (a.endedAtMs !== undefined && b.endedAtMs !== undefined) return b.endedAtMs - a.endedAtMs
  return priorities.indexOf(a.priority) - priorities.indexOf(b.priority)
}

function byAge(a: Job, b: Job): number {
  return a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function lastIfEmpty(a: string | undefined, b: string | undefined): number | undefined {
  if (a !== undefined && b !== undefined) return undefined
  return Number(a === undefined) - Number(b === undefined)
}
