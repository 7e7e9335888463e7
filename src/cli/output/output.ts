import type { Writable } from 'node:stream'
import { type JobError, toJobError } from '../../shared/errors.ts'

/** Where a command speaks: with `json` one object per line on stdout and nothing else, without it words for people. */
export interface Output {
  readonly json: boolean
  readonly stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number }
  /** One JSON line; nothing without `json`. */
  event(event: { event: string } & Record<string, unknown>): void
  /** What was asked for, as one JSON line of its own form; nothing without `json`. */
  answer(answer: Record<string, unknown>): void
  /** One line for people; nothing with `json`. */
  line(text: string): void
  /** A failure, in the form that fits. */
  failure(thrown: unknown): void
  /** Resolves once all that was said has left this process. */
  flush(): Promise<void>
}

export function openOutput(json: boolean, stdout: Output['stdout'], stderr: Writable): Output {
  // `microtome jobs | head`: a reader that went away ends the output, not the program with a stack trace.
  stdout.on('error', () => undefined)
  const event = (value: Record<string, unknown>) => void (json && stdout.write(`${JSON.stringify(value)}\n`))
  return {
    json,
    stdout,
    event,
    answer: event,
    line: (text) => void (json || stdout.write(`${text}\n`)),
    failure(thrown) {
      const error = toJobError(thrown)
      if (json) event({ event: 'error', error })
      else stderr.write(`${sentenceOf(error)}\n`)
    },
    flush: () => Promise.all([emptied(stdout), emptied(stderr)]).then(() => undefined)
  }
}

/** An error as one reads it: what failed, what to try. */
export function sentenceOf(error: JobError): string {
  return error.hint === undefined ? error.message : `${error.message} ${error.hint}`
}

function emptied(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) resolve()
    else stream.write('', () => resolve())
  })
}
