import { ORPCError } from '@orpc/client'
import { type JobError, jobError, MicrotomeError, toJobError } from '../../shared/errors.ts'

/**
 * Any failure of a call as one sentence with a hint. The engine's own errors travel as `data` of oRPC's error;
 * an input that the contract refuses names its first issue.
 */
export function toProblem(thrown: unknown): JobError {
  if (!(thrown instanceof ORPCError)) return toJobError(thrown)
  const own = jobError.safeParse(thrown.data)
  if (own.success) return own.data
  return { code: thrown.code.toLowerCase().replaceAll('_', '-'), class: 'bug', message: thrown.message }
}

/** Thrown by calls that are made while the engine can't be reached. */
export function connectionLost(cause?: unknown): MicrotomeError {
  return new MicrotomeError(
    {
      code: 'connection-lost',
      class: 'transport',
      message: 'The connection to Microtome is interrupted.',
      hint: 'It is being restored. Try again in a moment.'
    },
    { cause }
  )
}
