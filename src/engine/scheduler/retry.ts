import type { ErrorClass, JobError } from '../../shared/errors.ts'
import { backoffMs } from './backoff.ts'

/**
 * Tries that a job gets when one ends with an error of this class. The file's own fault is final; a bug of ours gets one more try
 * elsewhere. Links and computers come and go without saying anything about the job: only a job that takes its worker down every
 * time is to be stopped by their number.
 */
export const maxAttempts: Record<ErrorClass, number> = { input: 1, node: 3, transport: 10, bug: 2 }

export type NextStep = { type: 'retry'; delayMs: number } | { type: 'fail' }

/**
 * What follows a failed try. `attempts` are those that count, this one included; `random` is 0 <= x < 1. `maxRetries` and
 * `retryDelayMs`, where whoever took the submission chose them, stand instead of the usual number and the usual first pause; the
 * file's own fault stays final.
 */
export function afterFailure(failure: {
  error: JobError
  attempts: number
  random: number
  maxRetries?: number | undefined
  retryDelayMs?: number | undefined
}): NextStep {
  const { error, attempts, random, maxRetries, retryDelayMs } = failure
  const most = error.class === 'input' || maxRetries === undefined ? maxAttempts[error.class] : maxRetries + 1
  return attempts < most ? { type: 'retry', delayMs: backoffMs(attempts, random, retryDelayMs) } : { type: 'fail' }
}
