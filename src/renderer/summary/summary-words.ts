import type { Submission } from '../../shared/domain/jobs.ts'
import { formatCount } from '../format/quantity.ts'

/** `284 done, 12 failed, 4 skipped`: only what there is, `done` always; none counts twice. */
export function summaryOf(submission: Submission): string {
  const { completed, failed, skipped, cancelled } = submission
  const parts = [`${formatCount(completed - skipped)} done`]
  if (failed > 0) parts.push(`${formatCount(failed)} failed`)
  if (skipped > 0) parts.push(`${formatCount(skipped)} skipped`)
  if (cancelled > 0) parts.push(`${formatCount(cancelled)} cancelled`)
  const open = submission.total - completed - failed - cancelled
  if (open > 0) parts.push(`${formatCount(open)} to go`)
  return parts.join(', ')
}
