import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { FakeClock } from '../../engine/fake-clock.ts'
import { openStorage } from '../../engine/storage/index.ts'
import { parseArguments } from '../arguments/index.ts'
import { runCommand } from '../run-command.ts'
import { captureOutput } from '../testing/captured-output.ts'

const never = new AbortController().signal

async function run(dataDir: string, ...args: string[]) {
  const captured = captureOutput({ json: true })
  const places = { cwd: dataDir, platform: 'linux', homeDir: '/', env: {} } as const
  await runCommand(parseArguments(['backup', ...args, '--data', dataDir], places), captured.output, never)
  return captured.events()
}

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'microtome-backup-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const isWindows = process.platform === 'win32'

test('without a running node the database is copied as it stands, for its owner only', async () => {
  const dataDir = dataFolder()
  const documents = async (file: string, work: (storage: ReturnType<typeof openStorage>) => Promise<unknown>) => {
    const storage = openStorage(join(dataDir, file), new FakeClock())
    return work(storage).finally(() => storage.close())
  }
  const added = { id: 'a1', label: 'kept', scopes: ['read' as const], createdAtMs: 1, hash: 'a'.repeat(64) }
  await documents('microtome.db', ({ keys }) => keys.add(added))
  const file = join(dataDir, 'copy.db')
  expect(await run(dataDir, 'copy.db')).toEqual([{ event: 'backup', file }])
  expect(await documents('copy.db', ({ keys }) => keys.all())).toMatchObject([{ id: 'a1', label: 'kept' }])
  if (!isWindows) expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
})

test('a file that is there stays as it is', async () => {
  const dataDir = dataFolder()
  writeFileSync(join(dataDir, 'mine.db'), 'mine')
  await expect(run(dataDir, 'mine.db')).rejects.toMatchObject({ code: 'backup-exists', class: 'input' })
  expect(readFileSync(join(dataDir, 'mine.db'), 'utf8')).toBe('mine')
})

test('a folder that is not there is said, and nothing is left', async () => {
  const dataDir = dataFolder()
  await expect(run(dataDir, 'nowhere/copy.db')).rejects.toMatchObject({ code: 'backup-not-written' })
  expect(readdirSync(dataDir)).not.toContain('nowhere')
})
