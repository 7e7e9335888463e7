import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { openStorage, type Storage } from './open-storage.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { jobsPerSubmission, writerProgram } from './testing/write-until-killed.ts'

/** Lets a process write until it has said `lines` lines, kills it there, and answers all that it said. */
async function writeAndKill(database: string, lines: number): Promise<string[]> {
  const writer = spawn(process.execPath, [writerProgram, database], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void writer.kill('SIGKILL'))
  const closed = once(writer, 'close')
  const said: string[] = []
  for await (const line of createInterface({ input: writer.stdout })) {
    said.push(line)
    if (said.length === lines) writer.kill('SIGKILL')
  }
  await closed
  return said
}

async function expectWhole(storage: Storage, said: string[]): Promise<void> {
  const submissions = await storage.jobs.submissions(100_000)
  expect(submissions.every((one) => one.total === jobsPerSubmission)).toBe(true)
  const known = new Set(submissions.map((one) => one.id))
  for (const line of said) {
    const [what, id = ''] = line.split(' ')
    if (what === 'added') expect(known).toContain(id)
    else if (what === 'claimed') expect(await storage.leases.task(id)).toMatchObject({ epoch: 1, workerId: 'worker' })
    else if (what === 'running') expect(await storage.jobs.get(id)).toMatchObject({ state: 'running', startedAtMs: 1 })
    else if (what === 'settled') expect(await storage.leases.task(id)).toMatchObject({ state: 'done' })
    else throw new Error(`The writer said "${line}".`)
  }
}

it('keeps all that it said was kept, and nothing half, when it is killed again and again while writing', async () => {
  const database = join(temporaryFolder(), 'microtome.db')
  const said: string[] = []
  for (const lines of [1, 17, 60, 133, 250]) {
    said.push(...(await writeAndKill(database, lines)))
    const storage = openStorage(database, new FakeClock())
    await expectWhole(storage, said)
    storage.close()
  }
  expect(said.length).toBeGreaterThanOrEqual(461)
}, 60_000)
