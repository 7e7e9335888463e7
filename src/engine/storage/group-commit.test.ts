import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { GroupCommit } from './group-commit.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

/** A table of names on a real disk, and what was said to the database. */
function table() {
  const path = join(temporaryFolder(), 'test.db')
  const sqlite = new DatabaseSync(path)
  onTestFinished(() => sqlite.close())
  sqlite.exec('PRAGMA journal_mode = WAL; CREATE TABLE names (name TEXT PRIMARY KEY) STRICT')
  const said: string[] = []
  const group = new GroupCommit({
    exec(sql) {
      said.push(sql)
      sqlite.exec(sql)
    },
    get isTransaction() {
      return sqlite.isTransaction
    }
  })
  const add = (name: string) =>
    group.run(() => Number(sqlite.prepare('INSERT INTO names VALUES (?)').run(name).changes))
  const names = () =>
    sqlite
      .prepare('SELECT name FROM names ORDER BY rowid')
      .all()
      .map(({ name }) => name)
  return { path, sqlite, group, said, add, names }
}

describe('a group commit', () => {
  it('commits what was asked for in one turn once, in that order, and answers each', async () => {
    const { add, names, said } = table()
    expect(await Promise.all(['c', 'a', 'b'].map(add))).toEqual([1, 1, 1])
    expect(names()).toEqual(['c', 'a', 'b'])
    expect(said).toEqual(['BEGIN IMMEDIATE', 'COMMIT'])
  })

  it('answers nobody before the commit, and by then another reader sees it', async () => {
    const { add, path } = table()
    const reader = new DatabaseSync(path, { readOnly: true })
    onTestFinished(() => reader.close())
    const count = () => reader.prepare('SELECT count(*) AS count FROM names').get()?.count
    const adding = add('a')
    expect(count()).toBe(0)
    await adding
    expect(count()).toBe(1)
  })

  it('lets one that throws fail alone', async () => {
    const { add, names } = table()
    await add('there')
    const [first, twice, last] = await Promise.allSettled(['a', 'there', 'b'].map(add))
    expect([first?.status, twice?.status, last?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(names()).toEqual(['there', 'a', 'b'])
  })

  it('leaves nothing of one that throws half-way', async () => {
    const { group, sqlite, names } = table()
    const broken = group.run(() => {
      sqlite.exec(`INSERT INTO names VALUES ('half')`)
      throw new Error('the other half')
    })
    await expect(broken).rejects.toThrow('the other half')
    expect(names()).toEqual([])
    expect(sqlite.isTransaction).toBe(false)
  })

  it('tells all where the disk takes nothing', async () => {
    const { add, names, sqlite } = table()
    sqlite.exec('PRAGMA query_only = ON')
    const answers = await Promise.allSettled(['a', 'b'].map(add))
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    sqlite.exec('PRAGMA query_only = OFF')
    await add('c')
    expect(names()).toEqual(['c'])
  })

  it('commits what waits when it is told that the end comes', async () => {
    const { add, group, names } = table()
    const adding = add('a')
    group.flush()
    expect(names()).toEqual(['a'])
    await adding
  })
})
