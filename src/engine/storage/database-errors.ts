import { type JobError, MicrotomeError } from '../../shared/errors.ts'

/** Result codes of SQLite that users can do something about; the low byte (https://sqlite.org/rescode.html). */
const causes: Record<number, (path: string) => JobError> = {
  5: (path) => ({
    code: 'storage-in-use',
    class: 'node',
    message: `${path} is in use by another Microtome.`,
    hint: 'Stop the other one, or choose another folder with --data.'
  }),
  8: notWritable,
  11: damaged,
  13: (path) => ({
    code: 'storage-full',
    class: 'node',
    message: `No room is left on the disk of ${path}.`,
    hint: 'Free some space on that disk.'
  }),
  14: notWritable,
  26: damaged
}

function damaged(path: string): JobError {
  return {
    code: 'storage-damaged',
    class: 'node',
    message: `${path} is not a database or is damaged.`,
    hint: 'Restore it from a backup, or start the node: it sets the file aside and begins with an empty queue.'
  }
}

function notWritable(path: string): JobError {
  return {
    code: 'storage-not-writable',
    class: 'node',
    message: `${path} can't be opened for writing.`,
    hint: 'Check the rights of the data folder, or choose another one with --data.'
  }
}

/** Any error of SQLite or the file system as a MicrotomeError; what no user can mend is a bug of ours. */
export function storageError(path: string, error: unknown): MicrotomeError {
  if (error instanceof MicrotomeError) return error
  const described = sqliteCause(error)?.(path) ?? (isFileError(error) ? notWritable(path) : undefined)
  const reason = error instanceof Error ? error.message : String(error)
  return new MicrotomeError(
    described ?? { code: 'storage-failed', class: 'bug', message: `The job storage failed: ${reason}.` },
    { cause: error }
  )
}

function sqliteCause(error: unknown) {
  if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) return undefined
  return causes[error.errcode & 0xff]
}

const isFileError = (error: unknown) => error instanceof Error && 'syscall' in error
