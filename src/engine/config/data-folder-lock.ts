import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { MicrotomeError } from '../../shared/errors.ts'
import { readRunFile } from './run-file.ts'

export const lockFileName = 'engine.lock'
const sqliteBusy = 5

/**
 * Locks a data folder for this process. The lock is SQLite's on an empty database: the system drops it when the process
 * ends, however it ends, so nothing stale is left behind. Throws `already-running` with the holder's pid where it is known.
 */
export function lockDataFolder(dir: string): { release(): void } {
  const database = new DatabaseSync(join(dir, lockFileName), { timeout: 0 })
  try {
    // A journal in memory: the lock leaves no second file behind.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (thrown) {
    database.close()
    throw isBusy(thrown) ? alreadyRunning(dir, thrown) : thrown
  }
  return { release: () => database.close() }
}

function isBusy(thrown: unknown): boolean {
  return thrown instanceof Error && 'errcode' in thrown && thrown.errcode === sqliteBusy
}

function alreadyRunning(dir: string, cause: unknown): MicrotomeError {
  const pid = readRunFile(dir)?.pid
  return new MicrotomeError(
    {
      code: 'already-running',
      class: 'input',
      message: `A Microtome engine ${pid === undefined ? 'is starting' : `(process ${pid}) runs`} on the data folder ${dir}.`,
      hint: 'Use that one, stop it, or choose another folder with --data.'
    },
    { cause }
  )
}
