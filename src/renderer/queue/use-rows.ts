import { useEffect, useMemo } from 'react'
import type { Job } from '../../shared/domain/jobs.ts'
import { useLab } from '../state/lab-store.ts'
import { countFilters, inScope, ofState, type StateFilter } from './job-filter.ts'
import { sortJobs } from './job-order.ts'
import { useQueue } from './queue-store.ts'
import { keepExisting } from './selection.ts'

export interface Rows {
  jobs: readonly Job[]
  /** Ids of `jobs`, in their order. */
  order: readonly string[]
  counts: Record<StateFilter, number>
}

/** The jobs that the queue shows now; recomputed when jobs or the query change. */
export function useRows(): Rows {
  const all = useLab((lab) => lab.jobs)
  const { state, search, submissionId, sort, select } = useQueue()
  const scope = useMemo(() => inScope(all.values(), { search, submissionId }), [all, search, submissionId])
  const counts = useMemo(() => countFilters(scope), [scope])
  const jobs = useMemo(() => sortJobs(ofState(scope, state), sort), [scope, state, sort])
  const order = useMemo(() => jobs.map((job) => job.id), [jobs])
  // A row that left the list must not stay selected behind the user's back.
  useEffect(() => {
    const shown = new Set(order)
    select((selection) => keepExisting(selection, (id) => shown.has(id)))
  }, [order, select])
  return { jobs, order, counts }
}
