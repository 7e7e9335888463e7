import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FixtureDoor } from '../testing/fixture-door.ts'
import { systemTimers } from '../timers.ts'
import { joinEngine } from './join-engine.ts'

describe('joining an engine that runs already', () => {
  let door: FixtureDoor
  let dir = ''

  beforeEach(async () => {
    door = new FixtureDoor()
    await door.open()
    dir = mkdtempSync(join(tmpdir(), 'microtome-join-'))
  })
  afterEach(async () => {
    await door.close()
    rmSync(dir, { recursive: true, force: true })
  })

  function command(script: string) {
    const entry = join(dir, 'cli.mjs')
    writeFileSync(entry, script)
    return { nodePath: process.execPath, entry, dataDir: dir, args: [], env: process.env }
  }

  test('asks the command line where it is, and notices when it goes', async () => {
    const line = JSON.stringify({ event: 'status', name: 'N', uiUrl: door.uiUrl })
    const script = `if (process.argv[2] === 'status') console.log(${JSON.stringify(line)})`
    const engine = await joinEngine(command(script), systemTimers)
    expect(engine.isOurs).toBe(false)
    await expect(engine.ready).resolves.toEqual(door.door)
    door.cut()
    await engine.ended
  })

  test('is refused where the other one does not answer', async () => {
    const joined = joinEngine(command('process.exit(1)'), systemTimers)
    await expect(joined).rejects.toMatchObject({ code: 'already-running' })
  })
})
