import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { openOrBegin, setAsideNotice } from './set-aside.ts'
import { newJob, newSubmission } from './testing/sample-jobs.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const open = (path: string) => {
  const opened = openOrBegin(path, new FakeClock())
  onTestFinished(() => opened.storage.close())
  return opened
}
/** A database with jobs, closed. */
async function stored(): Promise<string> {
  const path = join(temporaryFolder(), 'microtome.db')
  const { storage } = open(path)
  const jobs = Array.from({ length: 300 }, (_, i) => newJob(`job-${i}`, 's'))
  await storage.jobs.addSubmission(newSubmission('s'), jobs)
  storage.close()
  return path
}
const garble = (path: string) => {
  const bytes = readFileSync(path)
  bytes.fill(0x5a, 8 * 4096, 20 * 4096)
  writeFileSync(path, bytes)
  return bytes
}
const beside = (path: string) => readdirSync(dirname(path)).filter((name) => name.includes('.damaged-'))

describe('a database that is damaged', () => {
  it('is set aside whole under a name with the time, and an empty one begins', async () => {
    const path = await stored()
    const bytes = garble(path)
    const { storage, setAside = '' } = open(path)
    expect(setAside).toBe('microtome.db.damaged-20231114T221320000Z')
    expect(readFileSync(join(dirname(path), setAside)).equals(bytes)).toBe(true)
    expect(await storage.jobs.get('job-0')).toBeUndefined()
    await storage.jobs.addSubmission(newSubmission('s'), [newJob('a', 's')])
    storage.close()
    const again = open(path)
    expect(again.setAside).toBeUndefined()
    expect(await again.storage.jobs.get('a')).toMatchObject({ id: 'a' })
  })

  it('is whatever was cut off, overwritten or is no database at all; never what is empty or was never there', async () => {
    const path = await stored()
    const bytes = readFileSync(path)
    const cuts = [512, 1000, 4096, Math.floor(bytes.length / 2), bytes.length - 5000]
    for (const [index, size] of cuts.entries()) {
      writeFileSync(path, bytes)
      truncateSync(path, size)
      open(path).storage.close()
      expect([size, beside(path).length]).toEqual([size, index + 1])
    }
    writeFileSync(path, 'These are notes, not a database. '.repeat(100))
    open(path).storage.close()
    expect(beside(path)).toHaveLength(cuts.length + 1)
    for (const clean of [() => writeFileSync(path, ''), () => writeFileSync(path, 'S'), () => rmSync(path)]) {
      clean()
      const { storage, setAside } = open(path)
      storage.close()
      expect(setAside).toBeUndefined()
    }
    expect(beside(path)).toHaveLength(cuts.length + 1)
  })

  it('keeps what was written last, also where a start was killed while it set it aside, or somebody took the rest', async () => {
    const path = await stored()
    garble(path)
    const { storage, setAside = '' } = open(path)
    storage.close()
    rmSync(path)
    writeFileSync(`${path}-wal`, 'what was written last')
    open(path).storage.close()
    expect(readFileSync(join(dirname(path), `${setAside}-wal`), 'utf8')).toBe('what was written last')

    for (const name of readdirSync(dirname(path))) rmSync(join(dirname(path), name))
    writeFileSync(`${path}-wal`, 'all that is left')
    open(path)
    expect(beside(path)).toEqual(['microtome.db.damaged-20231114T221320000Z-wal'])
    expect(setAsideNotice(path)).toBeUndefined()
  })

  it('is told of as long as it lies there', async () => {
    const path = await stored()
    expect(setAsideNotice(path)).toBeUndefined()
    garble(path)
    const { setAside = '' } = open(path)
    expect(setAsideNotice(path)).toMatchObject({
      code: 'storage-set-aside',
      message: expect.stringContaining(setAside),
      hint: expect.stringContaining('Submit again')
    })
    rmSync(join(dirname(path), setAside))
    expect(setAsideNotice(path)).toBeUndefined()
    expect(setAsideNotice(join(dirname(path), 'none', 'microtome.db'))).toBeUndefined()
  })
})

describe('a database that is sound', () => {
  const refused = (path: string, code: string) => {
    const before = readFileSync(path)
    expect(() => open(path)).toThrow(expect.objectContaining({ code }))
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(beside(path)).toEqual([])
  }

  it('is left where it is and refused: of a newer version, of another program, in use', async () => {
    const path = await stored()
    const { storage } = open(path)
    refused(path, 'storage-in-use')
    storage.close()
    const newer = new DatabaseSync(path)
    newer.exec('PRAGMA user_version = 99')
    newer.close()
    refused(path, 'storage-too-new')
    const other = join(dirname(path), 'other.db')
    const foreign = new DatabaseSync(other)
    foreign.exec('CREATE TABLE cookies (name TEXT)')
    foreign.close()
    refused(other, 'storage-foreign')
    expect(existsSync(path)).toBe(true)
  })
})
