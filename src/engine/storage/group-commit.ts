/** What a group commit needs of a database. `exec` throws what the disk says. */
export interface Transactional {
  exec(sql: string): void
  /** False once SQLite has rolled back by itself, as it does when the disk is full. */
  readonly isTransaction: boolean
}

interface Waiting {
  /** Does the work and answers how to tell whoever asked. */
  run: () => () => void
  reject: (reason: unknown) => void
}

/**
 * Many small transactions in one that is flushed to the disk once. What is asked for in one turn of the event loop is committed
 * together when that turn ends: alone, each would wait for the disk by itself. Each is all or nothing (a savepoint), is done in
 * the order in which they were asked, and is told only after the commit; if that fails, all are told so.
 */
export class GroupCommit {
  readonly #database: Transactional
  #waiting: Waiting[] = []

  constructor(database: Transactional) {
    this.#database = database
  }

  /** `work` runs later and synchronously; what it throws undoes it alone. */
  run<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.flush())
      this.#waiting.push({
        run: () => {
          const value = work()
          return () => resolve(value)
        },
        reject
      })
    })
  }

  /** Commits what waits, now. */
  flush(): void {
    const group = this.#waiting
    if (group.length === 0) return
    this.#waiting = []
    const ends: (() => void)[] = []
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      for (const one of group) ends.push(this.#alone(one))
      this.#database.exec('COMMIT')
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      for (const { reject } of group) reject(error)
      return
    }
    for (const end of ends) end()
  }

  #alone({ run, reject }: Waiting): () => void {
    this.#database.exec('SAVEPOINT alone')
    try {
      const end = run()
      this.#database.exec('RELEASE alone')
      return end
    } catch (error) {
      if (!this.#database.isTransaction) throw error
      this.#database.exec('ROLLBACK TO alone')
      this.#database.exec('RELEASE alone')
      return () => reject(error)
    }
  }
}
