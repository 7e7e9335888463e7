import { z } from 'zod'

/**
 * Whose fault an error is; it decides what happens next (see docs/architecture.md, "One job's life").
 * `input`: the file's, final at once, never held against a node. `node`: retried elsewhere, counts against the node.
 * `transport`: retried. `bug`: an invariant of ours broke.
 */
export const errorClass = z.enum(['input', 'node', 'transport', 'bug'])
export type ErrorClass = z.infer<typeof errorClass>

/** An error as it travels and is stored: a stable `code` in kebab-case, one sentence, and what to try. */
export const jobError = z.object({
  code: z.string(),
  class: errorClass,
  message: z.string(),
  hint: z.string().optional()
})
export type JobError = z.infer<typeof jobError>

/** An expected failure. `message` says what failed with which value; `hint` says what to try. */
export class MicrotomeError extends Error {
  readonly code: string
  readonly class: ErrorClass
  readonly hint: string | undefined

  constructor(error: JobError, options?: { cause?: unknown }) {
    super(error.message, options)
    this.name = 'MicrotomeError'
    this.code = error.code
    this.class = error.class
    this.hint = error.hint
  }

  toJSON(): JobError {
    return this.hint === undefined
      ? { code: this.code, class: this.class, message: this.message }
      : { code: this.code, class: this.class, message: this.message, hint: this.hint }
  }
}

/** Any thrown value as a {@link JobError}; what is not a {@link MicrotomeError} is a bug of ours. */
export function toJobError(thrown: unknown): JobError {
  if (thrown instanceof MicrotomeError) return thrown.toJSON()
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return { code: 'internal', class: 'bug', message }
}
