import { MicrotomeError } from '../../shared/errors.ts'

const mark = 'after:'

/** Where a page of jobs ended, for the caller to bring back: opaque, so that what is in it can change. */
export function cursorAfter(jobId: string): string {
  return Buffer.from(mark + jobId).toString('base64url')
}

/** The job after which the next page begins. Throws `bad-cursor`, class `input`, for what is no cursor of ours. */
export function jobOfCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString()
  if (!text.startsWith(mark) || cursorAfter(text.slice(mark.length)) !== cursor) throw badCursor()
  return text.slice(mark.length)
}

/** What is no cursor, or one of a job that is not there any more. */
export function badCursor(): MicrotomeError {
  return new MicrotomeError({
    code: 'bad-cursor',
    class: 'input',
    message: 'The cursor does not lead to a page.',
    hint: 'Begin with the first page: leave the cursor out.'
  })
}
