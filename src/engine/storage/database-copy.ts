import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { MicrotomeError } from '../../shared/errors.ts'

/**
 * Writes a database as it is now into a new file, readable by its owner only. Nobody else could: the node holds its file exclusively, and
 * a copy of the file lacks what still stands in its log. Throws `backup-exists` or `backup-not-written`, and leaves nothing half done.
 */
export function writeCopy(sqlite: DatabaseSync, path: string): void {
  claim(path)
  try {
    sqlite.prepare('VACUUM INTO ?').run(path)
    toDisk(path)
  } catch (cause) {
    rmSync(path, { force: true })
    throw notWritten(path, cause)
  }
}

/** SQLite fills an empty file and refuses any other. */
function claim(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') throw exists(path)
    throw notWritten(path, cause)
  }
}

function toDisk(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function exists(path: string): MicrotomeError {
  return new MicrotomeError({
    code: 'backup-exists',
    class: 'input',
    message: `${path} is there already and is left as it is.`,
    hint: 'Name a file that is not there yet.'
  })
}

function notWritten(path: string, cause: unknown): MicrotomeError {
  return new MicrotomeError(
    {
      code: 'backup-not-written',
      class: 'node',
      message: `The copy ${path} could not be written.`,
      hint: 'Name a folder that is there, that the node may write to, and that has room for it.'
    },
    { cause }
  )
}
