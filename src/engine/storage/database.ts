import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { writeCopy } from './database-copy.ts'
import { storageError } from './database-errors.ts'
import { GroupCommit } from './group-commit.ts'
import { migrate } from './migrate.ts'

export type Row = Record<string, SQLOutputValue>

/** One open SQLite file with its prepared statements. Every error that leaves it is a MicrotomeError. */
export class Database implements Disposable {
  readonly #path: string
  readonly #sqlite: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #group: GroupCommit

  private constructor(path: string, sqlite: DatabaseSync) {
    this.#path = path
    this.#sqlite = sqlite
    this.#group = new GroupCommit({
      exec: (sql) => void this.run(sql),
      get isTransaction() {
        return sqlite.isTransaction
      }
    })
  }

  /**
   * Opens or creates the file, readable by its owner only (it holds file names), and brings its tables up to date.
   * Throws `storage-in-use`, `storage-damaged`, `storage-foreign` or `storage-too-new`; the file is then as it was.
   */
  static open(path: string): Database {
    try {
      mkdirSync(dirname(path), { recursive: true })
      closeSync(openSync(path, 'a', 0o600))
      return new Database(path, prepareFile(path))
    } catch (error) {
      throw storageError(path, error)
    }
  }

  /** The rows of a query, or what a change returns. */
  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#guard(() => this.#statement(sql).all(...values))
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.all(sql, ...values)[0]
  }

  /** Answers the number of changed rows and the id of the last inserted one. */
  run(sql: string, ...values: SQLInputValue[]): { changes: number; lastId: number } {
    const { changes, lastInsertRowid } = this.#guard(() => this.#statement(sql).run(...values))
    return { changes: Number(changes), lastId: Number(lastInsertRowid) }
  }

  /** All of `work` or nothing of it; on the disk when this returns. */
  transaction<T>(work: () => T): T {
    this.#guard(() => this.#sqlite.exec('BEGIN IMMEDIATE'))
    try {
      const result = work()
      this.#guard(() => this.#sqlite.exec('COMMIT'))
      return result
    } catch (error) {
      // A full disk makes SQLite roll back by itself.
      if (this.#sqlite.isTransaction) this.#sqlite.exec('ROLLBACK')
      throw error
    }
  }

  /** The same in one commit with all that is asked for in this turn of the event loop, see {@link GroupCommit}. */
  together<T>(work: () => T): Promise<T> {
    return this.#group.run(work)
  }

  /** Writes all that is committed into a new file; nothing else is answered meanwhile. Throws `backup-exists`, `backup-not-written`. */
  copyTo(path: string): void {
    this.#group.flush()
    writeCopy(this.#sqlite, path)
  }

  /** What waits for its commit is committed first. */
  close(): void {
    if (!this.#sqlite.isOpen) return
    this.#group.flush()
    this.#sqlite.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const prepared = this.#sqlite.prepare(sql)
    this.#statements.set(sql, prepared)
    return prepared
  }

  #guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw storageError(this.#path, error)
    }
  }
}

function prepareFile(path: string): DatabaseSync {
  const sqlite = new DatabaseSync(path, { timeout: 1000, enableForeignKeyConstraints: true })
  try {
    // Exclusive: a second engine on the same data folder is told so instead of sharing leases with the first.
    sqlite.exec('PRAGMA locking_mode = EXCLUSIVE')
    // Asked before anything is written, so that a file that is not ours stays as it is.
    migrate(sqlite, path)
    return sqlite
  } catch (error) {
    sqlite.close()
    throw error
  }
}
