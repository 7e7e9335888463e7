import { MicrotomeError } from '../../shared/errors.ts'

/** Where received bytes go. One caller at a time; after a rejection only `discard` may follow. */
export interface ByteSink {
  /** Takes the next bytes; resolves when it can take more (back-pressure). */
  write(chunk: Buffer): Promise<void>
  /** Resolves when all is written and complete in itself; rejects where something is missing. */
  finish(): Promise<void>
  /** Removes all that was written. */
  discard(): Promise<void>
}

/** A failed write in words; the class is `node`, since another computer may have the room. */
export function writeError(cause: unknown): MicrotomeError {
  if (cause instanceof MicrotomeError) return cause
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new MicrotomeError(
      {
        code: 'disk-full',
        class: 'node',
        message: 'The disk ran full while a file was being received.',
        hint: 'Free some space or choose another folder.'
      },
      { cause }
    )
  return new MicrotomeError(
    {
      code: 'cannot-write',
      class: 'node',
      message: `Received bytes could not be written (${code}).`,
      hint: 'Check the rights and the state of the disk.'
    },
    { cause }
  )
}
