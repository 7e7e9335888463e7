import type { Clock } from '../clock.ts'
import type { DispatchStore } from '../dispatch/index.ts'
import type { JobStore } from '../jobs/index.ts'
import type { KeyStore } from '../keys/index.ts'
import type { LeaseStore } from '../leases/index.ts'
import { Database } from './database.ts'
import { type Documents, sqliteDocuments } from './documents.ts'
import { sqliteDispatchStore } from './sqlite-dispatch-store.ts'
import { sqliteJobStore } from './sqlite-job-store.ts'
import { sqliteKeyStore } from './sqlite-key-store.ts'
import { sqliteLeaseStore } from './sqlite-lease-store.ts'

/** All that a node keeps in its database; nothing may be called after `close`. */
export interface Storage {
  jobs: JobStore
  dispatch: DispatchStore
  leases: LeaseStore
  documents: Documents
  keys: KeyStore
  /** Writes all of it into a new database file. Throws `backup-exists`, `backup-not-written`. */
  copyTo(path: string): void
  close(): void
}

/**
 * Opens the database file at `path`, made with its folder where missing.
 * Throws `storage-in-use`, `storage-damaged`, `storage-foreign`, `storage-too-new` or `storage-not-writable`, and leaves such a file as it is.
 */
export function openStorage(path: string, clock: Clock): Storage {
  const database = Database.open(path)
  return {
    jobs: sqliteJobStore(database),
    dispatch: sqliteDispatchStore(database),
    leases: sqliteLeaseStore(database, clock),
    documents: sqliteDocuments(database),
    keys: sqliteKeyStore(database),
    copyTo: (path) => database.copyTo(path),
    close: () => database.close()
  }
}
