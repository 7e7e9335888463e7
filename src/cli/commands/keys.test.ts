import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { FakeClock } from '../../engine/fake-clock.ts'
import { Keys } from '../../engine/keys/index.ts'
import { openStorage } from '../../engine/storage/index.ts'
import { parseArguments } from '../arguments/index.ts'
import { runCommand } from '../run-command.ts'
import { captureOutput } from '../testing/captured-output.ts'
import { FixtureNode } from '../testing/fixture-node.ts'

const never = new AbortController().signal

async function run(dataDir: string, json: boolean, ...args: string[]) {
  const captured = captureOutput({ json })
  const places = { cwd: '/in', platform: 'linux', homeDir: '/', env: {} } as const
  const done = runCommand(parseArguments(['keys', ...args, '--data', dataDir], places), captured.output, never)
  return { ok: await done, events: json ? captured.events() : [], text: captured.text() }
}

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'microtome-keys-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** What a node that starts on the folder lets in. */
async function checked(dataDir: string, key: unknown) {
  const clock = new FakeClock()
  const storage = openStorage(join(dataDir, 'microtome.db'), clock)
  try {
    const keys = await Keys.open({ store: storage.keys, clock, onBug: () => {} })
    const known = keys.check(String(key))
    await keys.close()
    return known
  } finally {
    storage.close()
  }
}

test('without a running node a key is made in the folder itself; the node that starts there knows it', async () => {
  const dataDir = join(dataFolder(), 'new')
  const { ok, events } = await run(dataDir, true, 'create')
  expect(ok).toBe(true)
  expect(events).toEqual([
    { id: expect.any(String), key: expect.stringMatching(/^mt_[\w-]{43}$/), scopes: ['submit', 'read'] }
  ])
  expect(await checked(dataDir, events[0]?.key)).toMatchObject({ id: events[0]?.id, scopes: ['submit', 'read'] })
})

test('a key is listed without what it says, and revoked for good', async () => {
  const dataDir = dataFolder()
  const { events } = await run(dataDir, true, 'create', '--scope', 'work', '--scope', 'read')
  const [{ id, key } = {}] = events
  const listed = await run(dataDir, true, 'list')
  expect(listed.events).toEqual([
    { event: 'key', id, label: '', scopes: ['work', 'read'], createdAt: expect.any(String), lastUsedAt: null }
  ])
  expect((await run(dataDir, true, 'revoke', String(id))).events).toEqual([{ event: 'revoked', id }])
  expect((await run(dataDir, true, 'list')).events).toEqual([])
  expect(await checked(dataDir, key)).toBeUndefined()
  await expect(run(dataDir, true, 'revoke', String(id))).rejects.toMatchObject({ code: 'unknown-key' })
})

test('a label says in the list what a key is for', async () => {
  const dataDir = dataFolder()
  const { events } = await run(dataDir, true, 'create', '--label', 'Scanner 3')
  expect(Object.keys(events[0] ?? {})).toEqual(['id', 'key', 'scopes'])
  expect((await run(dataDir, true, 'list')).events).toMatchObject([{ id: events[0]?.id, label: 'Scanner 3' }])
  expect((await run(dataDir, false, 'list')).text).toContain('Scanner 3')
  await expect(run(dataDir, true, 'create', '--label', 'x'.repeat(81))).rejects.toMatchObject({ class: 'input' })
})

test('several that are made at once all count: whoever finds the folder held waits for it', async () => {
  const dataDir = dataFolder()
  const made = await Promise.all([1, 2, 3].map(() => run(dataDir, true, 'create')))
  const ids = made.map(({ events }) => events[0]?.id).sort()
  expect((await run(dataDir, true, 'list')).events.map(({ id }) => id).sort()).toEqual(ids)
})

test('for people the key stands alone on its line', async () => {
  const { text } = await run(dataFolder(), false, 'create', '--scope', 'admin')
  const [key, sentence] = text.split('\n')
  expect(key).toMatch(/^mt_[\w-]{43}$/)
  expect(sentence).toMatch(/only time that the key is shown.* it may admin\./)
  expect((await run(dataFolder(), false, 'list')).text).toBe('No keys.\n')
})

test('while a node runs, it is asked: the folder is its own', async () => {
  const node = await FixtureNode.start()
  const { events } = await run(node.dataDir, true, 'create', '--scope', 'submit,work')
  expect(node.calls).toEqual([{ command: 'keys.create', input: { scopes: ['submit', 'work'], label: '' } }])
  expect(events).toEqual([{ id: 'of-the-node', key: 'mt_of-the-node', scopes: ['submit', 'work'] }])
})
