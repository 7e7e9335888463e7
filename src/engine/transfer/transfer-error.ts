import { MicrotomeError } from '../../shared/errors.ts'

/** A cut or stall: worth another try from where it stopped. */
export function cut(what: string, cause?: unknown): MicrotomeError {
  return new MicrotomeError(
    {
      code: 'transfer-cut',
      class: 'transport',
      message: `The transfer stopped: ${what}.`,
      hint: 'It goes on when the connection is back.'
    },
    { cause }
  )
}

/** Not worth another try of the same transfer; the job's next attempt starts a new one. */
export function transferFailed(
  code: 'blob-gone' | 'blob-cancelled' | 'hash-mismatch' | 'size-mismatch' | 'source-changed' | 'transfer-gave-up',
  message: string,
  cause?: unknown
): MicrotomeError {
  return new MicrotomeError({ code, class: 'transport', message, hint: 'The job is tried again by itself.' }, { cause })
}
