import type { DatabaseSync } from 'node:sqlite'
import { MicrotomeError } from '../../shared/errors.ts'
import { migrations } from './migrations.ts'

/** Checks that the file is ours and sound, switches to WAL, takes the steps that are missing; all in one transaction. */
export function migrate(sqlite: DatabaseSync, path: string): void {
  const version = single(sqlite, 'PRAGMA user_version')
  assertOurs(sqlite, path, Number(version))
  assertSound(sqlite, path)
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864')
  sqlite.exec('BEGIN IMMEDIATE')
  for (const step of migrations.slice(Number(version))) sqlite.exec(step)
  sqlite.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`)
}

function assertOurs(sqlite: DatabaseSync, path: string, version: number): void {
  if (version > migrations.length)
    throw new MicrotomeError({
      code: 'storage-too-new',
      class: 'node',
      message: `${path} was written by a newer Microtome (tables of version ${version}, this one knows ${migrations.length}).`,
      hint: 'Install the newer version again, or start with another data folder.'
    })
  const tables = Number(single(sqlite, 'SELECT count(*) FROM sqlite_schema'))
  if (version === 0 && tables > 0)
    throw new MicrotomeError({
      code: 'storage-foreign',
      class: 'node',
      message: `${path} is a database of another program.`,
      hint: 'Start with another data folder.'
    })
}

function assertSound(sqlite: DatabaseSync, path: string): void {
  const verdict = single(sqlite, 'PRAGMA quick_check(1)')
  if (verdict === 'ok') return
  throw new MicrotomeError({
    code: 'storage-damaged',
    class: 'node',
    message: `${path} is damaged: ${String(verdict)}.`,
    hint: 'Restore it from a backup, or start the node: it sets the file aside and begins with an empty queue.'
  })
}

function single(sqlite: DatabaseSync, sql: string) {
  return Object.values(sqlite.prepare(sql).get() ?? {})[0]
}
