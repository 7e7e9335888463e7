import { useEffect, useState } from 'react'
import type { Job, JobDetails } from '../../shared/domain/jobs.ts'
import type { JobError } from '../../shared/errors.ts'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { useLab } from '../state/lab-store.ts'

export interface Details {
  /** As the list shows it: moves on while the details are open. */
  job: Job | undefined
  details: JobDetails | undefined
  problem: JobError | undefined
}

/** All there is to say about a job; read again whenever its state or its number of attempts changes. */
export function useDetails(jobId: string | undefined): Details {
  const job = useLab((lab) => (jobId === undefined ? undefined : lab.jobs.get(jobId)))
  const live = useLab((lab) => lab.connection === 'live')
  const [answer, setAnswer] = useState<{ details?: JobDetails; problem?: JobError }>({})
  const version = job && `${job.state} ${job.attempts} ${job.priority} ${job.nodeId ?? ''}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version of the job is the reason to read again
  useEffect(() => {
    if (jobId === undefined || !live) return
    const cancel = new AbortController()
    api.jobs.get({ id: jobId }, { signal: cancel.signal }).then(
      (details) => setAnswer({ details }),
      (error: unknown) => {
        if (!cancel.signal.aborted) setAnswer({ problem: toProblem(error) })
      }
    )
    return () => cancel.abort()
  }, [jobId, version, live])
  const details = answer.details?.id === jobId ? answer.details : undefined
  return { job, details, problem: answer.problem }
}
