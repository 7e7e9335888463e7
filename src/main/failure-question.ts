import type { MessageBoxOptions } from 'electron'
import type { JobError } from '../shared/errors.ts'

/** What to do about an engine that does not start. */
export type FailureAnswer = 'try-again' | 'open-log-folder' | 'quit' | 'leave-it'

const buttons = ['Try again', 'Open log folder', 'Quit']

/** The question after the engine was given up. */
export function failureQuestion({ message, hint }: JobError, logDir: string): MessageBoxOptions {
  return {
    type: 'error',
    message: "Microtome's engine does not start.",
    detail: [message, hint, `The log lies in ${logDir}.`].filter(Boolean).join('\n\n'),
    buttons,
    defaultId: 0,
    // No button: closing the box leaves the tray, which offers to try again.
    cancelId: buttons.length,
    noLink: true
  }
}

/** What the number of the button means. */
export function failureAnswer(response: number): FailureAnswer {
  return (['try-again', 'open-log-folder', 'quit'] as const)[response] ?? 'leave-it'
}
