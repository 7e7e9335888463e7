import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { openStorage } from '../storage/index.ts'
import { temporaryFolder } from '../storage/testing/temporary-folder.ts'
import { Keys } from './index.ts'

const minuteMs = 60_000

/** The keys of a database, as a start of the engine finds them; `end` is its end. */
async function start(path: string, clock = new FakeClock()) {
  const storage = openStorage(path, clock)
  const bugs: unknown[] = []
  const keys = await Keys.open({ store: storage.keys, clock, onBug: (bug) => bugs.push(bug) })
  const end = async () => {
    await keys.close()
    storage.close()
  }
  onTestFinished(() => storage.close())
  return { keys, storage, clock, bugs, end }
}

const databasePath = () => join(temporaryFolder(), 'microtome.db')

it('knows a key again that it made, also after a restart, and nothing that only looks like one', async () => {
  const path = databasePath()
  const first = await start(path)
  const made = await first.keys.create({ scopes: ['read', 'submit'], label: '  the scanner ' })
  expect(made.key).toMatch(/^mt_[A-Za-z0-9_-]{43}$/)
  expect(made).toMatchObject({ label: 'the scanner', scopes: ['submit', 'read'] })
  expect(first.keys.check(made.key)).toMatchObject({ id: made.id })
  await first.end()

  const { keys, bugs } = await start(path)
  expect(keys.check(made.key)).toMatchObject({ id: made.id, scopes: ['submit', 'read'] })
  const flipped = `${made.key.slice(0, -2)}${made.key.at(-2) === 'A' ? 'B' : 'A'}${made.key.at(-1)}`
  for (const wrong of [flipped, '', 'mt_', `${made.key}\n`, `${made.key} `, made.key.slice(3), 'x'.repeat(10_000)])
    expect(keys.check(wrong), JSON.stringify(wrong.slice(0, 60))).toBeUndefined()
  expect(bugs).toEqual([])
})

it('writes no key down, and lets nobody else read the file', async () => {
  const path = databasePath()
  const { keys, end } = await start(path)
  const { key } = await keys.create({ scopes: ['admin'] })
  expect(JSON.stringify([await keys.list(), keys.check(key)])).not.toContain(key)
  await end()
  expect(readFileSync(path).includes(key)).toBe(false)
  expect(readFileSync(path).includes(key.slice(3))).toBe(false)
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
})

it('makes every key another one', async () => {
  const { keys } = await start(databasePath())
  const made = await Promise.all(Array.from({ length: 50 }, () => keys.create({ scopes: ['read'] })))
  expect(new Set(made.map(({ key }) => key)).size).toBe(50)
  expect(new Set(made.map(({ id }) => id)).size).toBe(50)
  expect(await keys.list()).toHaveLength(50)
})

it('tells of each key that is revoked, once it is refused, until nobody listens', async () => {
  const { keys } = await start(databasePath())
  const [first, second] = [await keys.create({ scopes: ['read'] }), await keys.create({ scopes: ['read'] })]
  const told: unknown[] = []
  const stop = keys.onRevoke((id) => told.push(id, keys.check(first.key)))
  await keys.revoke(first.id)
  await keys.revoke(first.id)
  stop()
  await keys.revoke(second.id)
  expect(told).toEqual([first.id, undefined])
})

it('refuses a revoked key from the next check on, also after a restart, and leaves the others', async () => {
  const path = databasePath()
  const first = await start(path)
  const gone = await first.keys.create({ scopes: ['read'] })
  const kept = await first.keys.create({ scopes: ['read'] })
  first.keys.check(gone.key)
  expect(await first.keys.revoke(gone.id)).toBe(true)
  expect(first.keys.check(gone.key)).toBeUndefined()
  expect(await first.keys.revoke(gone.id)).toBe(false)
  await first.end()
  const { keys } = await start(path)
  expect(keys.check(gone.key)).toBeUndefined()
  expect(keys.check(kept.key)).toBeDefined()
  expect((await keys.list()).map(({ id }) => id)).toEqual([kept.id])
})

it('notes the minute of the last use, and writes it once a minute and at the end', async () => {
  const path = databasePath()
  const { keys, storage, clock, end } = await start(path, new FakeClock(10 * minuteMs))
  const { id, key } = await keys.create({ scopes: ['read'] })
  const stored = async () => (await storage.keys.all()).find((known) => known.id === id)?.lastUsedAtMs
  clock.advance(59_000)
  keys.check(key)
  expect((await keys.list())[0]?.lastUsedAtMs).toBe(10 * minuteMs)
  expect(await stored()).toBeUndefined()
  clock.advance(1000)
  expect(await stored()).toBe(10 * minuteMs)
  keys.check(key)
  await end()
  const again = await start(path)
  expect((await again.keys.list())[0]?.lastUsedAtMs).toBe(11 * minuteMs)
})

it('refuses a key that may do nothing, and a label that is no label', async () => {
  const { keys } = await start(databasePath())
  await expect(keys.create({ scopes: [] })).rejects.toMatchObject({ code: 'bad-key', class: 'input' })
  await expect(keys.create({ scopes: ['read'], label: 'x'.repeat(81) })).rejects.toMatchObject({ code: 'bad-key' })
  expect(await keys.list()).toEqual([])
})
