import type { Job, JobState } from '../../shared/domain/jobs.ts'

/** Groups of states as people filter by them. */
export const stateFilters = ['all', 'running', 'waiting', 'held', 'failed', 'done', 'cancelled'] as const
export type StateFilter = (typeof stateFilters)[number]

/** The group that a state belongs to. */
export function filterOf(state: JobState): Exclude<StateFilter, 'all'> {
  switch (state) {
    case 'running':
    case 'verifying':
      return 'running'
    case 'queued':
      return 'waiting'
    case 'held':
      return 'held'
    case 'failed':
      return 'failed'
    case 'completed':
      return 'done'
    case 'cancelled':
      return 'cancelled'
  }
}

export interface JobQuery {
  state: StateFilter
  /** Matched against name, computer and failure, without regard to case. */
  search: string
  submissionId: string | undefined
}

/** The jobs that a query asks for, but of any state: what the filter's counts are taken from. */
export function inScope(jobs: Iterable<Job>, query: Pick<JobQuery, 'search' | 'submissionId'>): Job[] {
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean)
  const of = query.submissionId
  const found: Job[] = []
  for (const job of jobs) {
    if ((of === undefined || job.submissionId === of) && matches(job, words)) found.push(job)
  }
  return found
}

function matches(job: Job, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const text = `${job.name}\n${job.nodeName ?? ''}\n${job.error?.message ?? ''}`.toLowerCase()
  return words.every((word) => text.includes(word))
}

/** The jobs of one group of states. */
export function ofState(jobs: readonly Job[], state: StateFilter): readonly Job[] {
  return state === 'all' ? jobs : jobs.filter((job) => filterOf(job.state) === state)
}

/** How many jobs each filter would show. */
export function countFilters(jobs: readonly Job[]): Record<StateFilter, number> {
  const counts = { all: jobs.length, running: 0, waiting: 0, held: 0, failed: 0, done: 0, cancelled: 0 }
  for (const job of jobs) counts[filterOf(job.state)] += 1
  return counts
}
