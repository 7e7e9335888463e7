import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { FakeClock } from '../fake-clock.ts'
import { openStorage } from './open-storage.ts'
import { newJob, newSubmission } from './testing/sample-jobs.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const open = (path: string) => {
  const storage = openStorage(path, new FakeClock())
  onTestFinished(() => storage.close())
  return storage
}
const databasePath = () => join(temporaryFolder(), 'node', 'microtome.db')

describe('opening the storage', () => {
  it('makes the file and its folder, and finds everything again', async () => {
    const path = databasePath()
    const first = open(path)
    const [added] = await first.jobs.addSubmission(newSubmission('s'), [newJob('a', 's')])
    first.close()
    expect(await open(path).jobs.get('a')).toEqual(added)
  })

  it.skipIf(process.platform === 'win32')('lets only the owner read the file, for it holds file names', () => {
    const path = databasePath()
    open(path)
    expect(statSync(path).mode & 0o077).toBe(0)
    expect(statSync(`${path}-wal`).mode & 0o077).toBe(0)
  })

  it('refuses a file that is not a database and leaves it as it is', () => {
    const path = join(temporaryFolder(), 'microtome.db')
    const text = 'These are notes, not a database. '.repeat(100)
    writeFileSync(path, text)
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'storage-damaged', hint: expect.any(String) }))
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  it('refuses a damaged database and leaves it as it is', async () => {
    const path = databasePath()
    const storage = open(path)
    await storage.jobs.addSubmission(
      newSubmission('s'),
      Array.from({ length: 500 }, (_, i) => newJob(`job-${i}`, 's'))
    )
    storage.close()
    const bytes = readFileSync(path)
    bytes.fill(0x5a, 8 * 4096, 40 * 4096)
    writeFileSync(path, bytes)
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'storage-damaged' }))
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  it('refuses a database of another program', () => {
    const path = join(temporaryFolder(), 'microtome.db')
    const other = new DatabaseSync(path)
    other.exec('CREATE TABLE cookies (name TEXT)')
    other.close()
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'storage-foreign' }))
  })

  it('refuses tables of a newer version', () => {
    const path = databasePath()
    open(path).close()
    const newer = new DatabaseSync(path)
    newer.exec('PRAGMA user_version = 99')
    newer.close()
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'storage-too-new' }))
  })

  it('refuses a file that another engine has open, and opens it once that one ended', () => {
    const path = databasePath()
    const first = open(path)
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'storage-in-use' }))
    first.close()
    expect(() => open(path)).not.toThrow()
  })

  it('says which path it can not make', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    expect(() => open(join(folder, 'file', 'microtome.db'))).toThrow(
      expect.objectContaining({ code: 'storage-not-writable', message: expect.stringContaining(folder) })
    )
  })

  it('says so where a row can not be read, instead of trusting it', async () => {
    const path = databasePath()
    const storage = open(path)
    await storage.jobs.addSubmission(newSubmission('s'), [newJob('a', 's')])
    storage.close()
    const meddler = new DatabaseSync(path)
    meddler.exec(`UPDATE jobs SET profile = '{"name":"tarot","options":{}}'`)
    meddler.close()
    await expect(open(path).jobs.get('a')).rejects.toMatchObject({ code: 'damaged-record', class: 'node' })
  })

  it('keeps small documents, and does without one that no longer fits', async () => {
    const path = databasePath()
    const storage = open(path)
    await storage.documents.put('rates', { a: 1 })
    await storage.documents.put('rates', { a: 2 })
    storage.close()
    const { documents } = open(path)
    expect(await documents.get('rates', z.object({ a: z.number() }))).toEqual({ a: 2 })
    expect(await documents.get('rates', z.object({ a: z.string() }))).toBeUndefined()
    expect(await documents.get('nothing', z.unknown())).toBeUndefined()
  })
})
