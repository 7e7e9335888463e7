import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { openDataFolder } from './data-folder.ts'
import { readRunFile } from './run-file.ts'

let parent: string
let dir: string
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'microtome-data-'))
  dir = join(parent, 'node one')
})
afterEach(() => rmSync(parent, { recursive: true }))

const info = { pid: process.pid, uiPort: 4000, token: 'secret', nodeId: 'abc', startedAtMs: 1 }
const modeOf = (path: string) => statSync(path).mode & 0o777

describe('a data folder', () => {
  it('is made for this user only', () => {
    openDataFolder(dir, systemClock).close()
    expect(modeOf(dir)).toBe(0o700)
  })

  it("is closed to others where it is empty, and left alone where it is somebody's", () => {
    mkdirSync(dir, { mode: 0o755 })
    openDataFolder(dir, systemClock).close()
    expect(modeOf(dir)).toBe(0o700)
    const shared = join(parent, 'shared')
    mkdirSync(shared, { mode: 0o755 })
    writeFileSync(join(shared, 'thesis.txt'), '')
    openDataFolder(shared, systemClock).close()
    expect(modeOf(shared)).toBe(0o755)
  })

  it("can't be a file", () => {
    writeFileSync(dir, '')
    expect(() => openDataFolder(dir, systemClock)).toThrow(`The data folder ${dir} can't be used (EEXIST).`)
  })

  it('announces its engine to this user only, and takes it back', async () => {
    const folder = openDataFolder(dir, systemClock)
    expect(readRunFile(dir)).toBeUndefined()
    await folder.announce(info)
    expect(readRunFile(dir)).toEqual(info)
    expect(modeOf(join(dir, 'run.json'))).toBe(0o600)
    folder.close()
    expect(existsSync(join(dir, 'run.json'))).toBe(false)
  })

  it('has one engine at a time, and says which', async () => {
    const folder = openDataFolder(dir, systemClock)
    expect(() => openDataFolder(dir, systemClock)).toThrow('A Microtome engine is starting on the data folder')
    await folder.announce(info)
    expect(() => openDataFolder(dir, systemClock)).toThrow(`A Microtome engine (process ${process.pid}) runs`)
    folder.close()
    openDataFolder(dir, systemClock).close()
  })

  it('is free at once after its engine was killed', async () => {
    const engine = await engineOn(dir)
    expect(() => openDataFolder(dir, systemClock)).toThrow(`(process ${engine.pid}) runs`)
    engine.kill('SIGKILL')
    await once(engine, 'exit')
    expect(readRunFile(dir)?.pid).toBe(engine.pid)
    const folder = openDataFolder(dir, systemClock)
    expect(readRunFile(dir)).toBeUndefined()
    folder.close()
  })
})

/** A process that holds the folder until it is killed. */
async function engineOn(folder: string): Promise<ChildProcess> {
  const script = `
    import { openDataFolder } from ${JSON.stringify(new URL('./data-folder.ts', import.meta.url).href)}
    import { systemClock } from ${JSON.stringify(new URL('../clock.ts', import.meta.url).href)}
    const folder = openDataFolder(process.argv[1], systemClock)
    await folder.announce({ pid: process.pid, uiPort: 1, token: 't', nodeId: 'n', startedAtMs: 1 })
    console.log('held')
    setInterval(() => folder, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  await once(child.stdout, 'data')
  return child
}
