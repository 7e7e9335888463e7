import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { openStorage } from '../storage/index.ts'
import { callersProgram } from './testing/dispatch-until-killed.ts'

/** Lets many callers go on until they were answered `lines` times, kills their process there, and tells what they were answered. */
async function callAndKill(database: string, lines: number): Promise<string[][]> {
  const callers = spawn(process.execPath, [callersProgram, database], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void callers.kill('SIGKILL'))
  const closed = once(callers, 'close')
  const said: string[][] = []
  for await (const line of createInterface({ input: callers.stdout })) {
    said.push(line.split(' '))
    if (said.length === lines) callers.kill('SIGKILL')
  }
  await closed
  return said
}

it('keeps all that callers were answered, whole, when it is killed again and again amid them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'microtome-dispatch-crash-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const database = join(folder, 'microtome.db')
  const said: string[][] = []
  for (const lines of [1, 33, 150, 700]) {
    said.push(...(await callAndKill(database, lines)))
    const storage = openStorage(database, new FakeClock())
    const byId = new Map((await storage.dispatch.all()).map((record) => [record.id, record]))
    for (const [what, id = '', engine] of said) {
      const record = byId.get(id)
      expect(what).toMatch(/^(submitted|assigned|completed)$/)
      expect(record).toBeDefined()
      if (what === 'assigned') expect(record?.ranOnName).toBe(engine)
      if (what === 'completed')
        expect(record).toMatchObject({ state: 'completed', facts: { outputUrl: `http://out/${id}` } })
    }
    // What was written together is there together.
    for (const { id, state, workerId, epoch } of byId.values()) {
      expect(workerId !== undefined).toBe(state === 'running')
      const outcomes = (await storage.jobs.attempts(id)).map(({ outcome }) => outcome)
      expect(outcomes).toEqual(epoch === 0 ? [] : [state])
    }
    storage.close()
  }
  const assigned = said.filter(([what]) => what === 'assigned').map(([, id]) => id)
  expect(new Set(assigned).size).toBe(assigned.length)
  expect(assigned.length).toBeGreaterThan(100)
}, 60_000)
