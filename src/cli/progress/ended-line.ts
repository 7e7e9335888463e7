import type { Job } from '../../shared/domain/jobs.ts'
import { sentenceOf, spanText } from '../output/index.ts'

/** What there is to say of a job that ended, in one line. */
export function endedLine(job: Job): string {
  switch (job.state) {
    case 'completed':
      return job.skipped
        ? `${job.name}: left as it is, ${job.output} is the same result`
        : `${job.name}: ${job.output}${duration(job)}`
    case 'cancelled':
      return `${job.name}: cancelled`
    case 'failed':
      return `${job.name}: failed. ${job.error ? sentenceOf(job.error) : ''}`.trimEnd()
    case 'queued':
    case 'held':
    case 'running':
    case 'verifying':
      return `${job.name}: ${job.state}`
  }
}

function duration({ startedAtMs, endedAtMs }: Job): string {
  return startedAtMs === undefined || endedAtMs === undefined ? '' : ` (${spanText((endedAtMs - startedAtMs) / 1000)})`
}
