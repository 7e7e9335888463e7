import type { JobState } from '../../shared/domain/jobs.ts'
import { MicrotomeError } from '../../shared/errors.ts'

/*
 *                         hold
 *         held <----------------------+
 *           |        release          |
 *           +---------------------->  |
 *                                     |   lent              result whole              names given
 *         submitted, retried -----> queued -----> running ----------------> verifying -----------> completed
 *                                     ^              |                          |
 *                                     +--------------+--------------------------+
 *                                      lease lost or given back, to be tried again; crash before names were given
 *
 *   queued -> completed                        skipped: the same result is there already; or an engine that was given up brought it
 *   running -> completed                       an outside engine put its result where it said: there is nothing to verify here
 *   queued | running | verifying -> failed     queued: its source is gone or its destination can't be written
 *   queued | held | running | verifying -> cancelled
 *   failed | cancelled -> queued               retry; completed is final: a new result is a new job
 *
 * verifying -> cancelled is for the time before the commit journal is written; after that the names are given, whatever comes.
 */
const moves: Record<JobState, readonly JobState[]> = {
  queued: ['held', 'running', 'completed', 'failed', 'cancelled'],
  held: ['queued', 'cancelled'],
  running: ['verifying', 'completed', 'queued', 'failed', 'cancelled'],
  verifying: ['completed', 'queued', 'failed', 'cancelled'],
  completed: [],
  failed: ['queued'],
  cancelled: ['queued']
}

/** Whether a job may go from one state to another; staying is not a move. */
export function mayMove(from: JobState, to: JobState): boolean {
  return moves[from].includes(to)
}

/** Throws `forbidden-transition` (class `bug`) for a move that the machine does not draw. */
export function assertMayMove(from: JobState, to: JobState): void {
  if (mayMove(from, to)) return
  throw new MicrotomeError({
    code: 'forbidden-transition',
    class: 'bug',
    message: `A job that is ${from} can't become ${to}.`,
    hint: moves[from].length > 0 ? `From here it may become ${moves[from].join(', ')}.` : `${from} is final.`
  })
}
