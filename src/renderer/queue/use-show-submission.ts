import { useCallback } from 'react'
import { useQueue } from './queue-store.ts'

/** Narrows the queue to one submission, or to what failed of it. */
export function useShowSubmission(): (submissionId: string, failedOnly: boolean) => void {
  const showSubmission = useQueue((queue) => queue.showSubmission)
  return useCallback(
    (submissionId, failedOnly) => showSubmission(submissionId, failedOnly ? 'failed' : 'all'),
    [showSubmission]
  )
}
