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
 * together when that turn ends, in the order in which it was asked; each is told only after the commit. Where one throws, all is
 * undone and each is done again by itself, so that it fails alone: a savepoint for each would cost as much as the work.
 */
export class GroupCommit {
  readonly #database: Transactional
  #waiting: Waiting[] = []

  constructor(database: Transactional) {
    this.#database = database
  }

  /** `work` runs later and synchronously, and perhaps once more. */
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
    this.#waiting = []
    if (group.length > 0) this.#commit(group)
  }

  #commit(group: readonly Waiting[]): void {
    const [only] = group
    let ends: (() => void)[]
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      ends = group.map(({ run }) => run())
      this.#database.exec('COMMIT')
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      if (group.length === 1) only?.reject(error)
      else for (const one of group) this.#commit([one])
      return
    }
    for (const end of ends) end()
  }
}
