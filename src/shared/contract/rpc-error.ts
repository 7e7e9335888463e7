import { ORPCError } from '@orpc/client'
import { jobError, MicrotomeError, toJobError } from '../errors.ts'

/** What a handler threw, as it crosses a door: status by class, the {@link JobError} as `data`. oRPC's own errors pass. */
export function toRpcError(thrown: unknown): ORPCError<string, unknown> {
  if (thrown instanceof ORPCError) return thrown
  const error = toJobError(thrown)
  const code = error.class === 'bug' ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST'
  return new ORPCError(code, { message: error.message, data: error, cause: thrown })
}

/** The other end: what a call threw, as a {@link MicrotomeError}; a call that never arrived is `unreachable`, class `transport`. */
export function fromRpcError(thrown: unknown): MicrotomeError {
  if (thrown instanceof MicrotomeError) return thrown
  if (!(thrown instanceof ORPCError)) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    return new MicrotomeError(
      { code: 'unreachable', class: 'transport', message: `The node did not answer: ${message}.` },
      { cause: thrown }
    )
  }
  const carried = jobError.safeParse(thrown.data)
  if (carried.success) return new MicrotomeError(carried.data, { cause: thrown })
  return new MicrotomeError(
    { code: thrown.code.toLowerCase(), class: 'bug', message: thrown.message },
    { cause: thrown }
  )
}
