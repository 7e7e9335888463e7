import type { Job } from '../../shared/domain/jobs.ts'

/** A job as `microtome jobs --json` prints it; `node` is a node id, null while none has it. */
export function jobEvent(job: Job) {
  return {
    event: 'job',
    job: job.id,
    file: job.file,
    state: job.state,
    progress: job.progress,
    node: job.nodeId ?? null,
    attempts: job.attempts,
    ...(job.output !== undefined && { output: job.output }),
    ...(job.error !== undefined && { error: job.error })
  }
}
