import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { type Config, type ConfigChange, type ConfigOptions, openConfig } from './open-config.ts'
import { lookMs, quietMs } from './watch-file.ts'

let dataDir: string
let clock: FakeClock
let open: Config[]
let warnings: string[]

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'microtome-config-'))
  clock = new FakeClock()
  open = []
  warnings = []
})
afterEach(async () => {
  for (const config of open) await config.close()
  expect(clock.pendingTimers).toBe(0)
  rmSync(dataDir, { recursive: true })
})

const path = () => join(dataDir, 'config.json')
const machine = { hostName: 'path-07', homeDir: '/home/a', threads: 8, memoryBytes: 2 ** 34 }

async function start(options: Partial<ConfigOptions> = {}): Promise<Config> {
  const log = { warn: (message: string) => void warnings.push(message) }
  const config = await openConfig({ dataDir, environment: {}, commandLine: {}, machine, clock, log, ...options })
  open.push(config)
  return config
}

/** The change that `act` on the real file brings by an event of the folder: the clock moves only while such an event waits. */
async function changeAfter(config: Config, act: () => void): Promise<ConfigChange> {
  const changes: ConfigChange[] = []
  const stop = config.onChange((change) => changes.push(change))
  act()
  await vi.waitFor(
    () => {
      if (clock.pendingTimers > 1) clock.advance(quietMs)
      if (changes.length === 0) throw new Error('the change was not noticed')
    },
    { timeout: 30_000, interval: 10 }
  )
  stop()
  expect(clock.monotonicMs()).toBeLessThan(lookMs)
  return changes[0] as ConfigChange
}

describe('the settings in force', () => {
  it('are the defaults of this machine where nothing is said', async () => {
    const config = await start()
    expect(config.current()).toMatchObject({ name: 'path-07', slots: 3, threads: 8, port: 47800, peers: [] })
    expect(config.current().destination).toBe(join('/home/a', 'Microtome'))
    expect(config.origins().slots).toBe('default')
    expect(existsSync(path())).toBe(false)
  })

  it('are those of the file, over it the environment, over that the command line', async () => {
    writeFileSync(path(), '{"slots": 4, "threads": 4, "port": 4}')
    const environment = { MICROTOME_THREADS: '5', MICROTOME_PORT: '5' }
    const config = await start({ environment, commandLine: { port: '6', host: undefined } })
    expect(config.current()).toMatchObject({ slots: 4, threads: 5, port: 6 })
    expect(config.origins()).toMatchObject({
      slots: 'file',
      threads: 'environment',
      port: 'command-line',
      host: 'default'
    })
  })

  it('have the home folder in place of ~', async () => {
    writeFileSync(path(), '{"destination": "~/Results"}')
    expect((await start()).current().destination).toBe(join('/home/a', 'Results'))
  })

  it('come from a file elsewhere with --config, which must exist', async () => {
    const file = join(dataDir, 'lab.json')
    await expect(start({ file })).rejects.toMatchObject({ code: 'config-unreadable' })
    writeFileSync(file, '{"slots": 9}')
    expect((await start({ file })).current().slots).toBe(9)
  })

  it('are refused at the start where variable or flag is wrong', async () => {
    await expect(start({ environment: { MICROTOME_SLOTS: '0' } })).rejects.toThrow('MICROTOME_SLOTS is "0"')
    await expect(start({ commandLine: { uiPort: 'x' } })).rejects.toThrow('--ui-port is "x"')
  })
})

describe('a wrong file', () => {
  it('leaves the last good one in force, also over a restart, until it is mended', async () => {
    writeFileSync(path(), '{"slots": 4}')
    await (await start()).close()
    writeFileSync(path(), '{\n  "slots": 0\n}')
    const config = await start()
    expect(config.current().slots).toBe(4)
    expect(config.error()?.message).toMatch(/^"slots" in config.json, line 2, is 0: .*\.$/)

    const { changed, error } = await changeAfter(config, () => writeFileSync(path(), '{"slots": 5}'))
    expect(changed).toEqual(['slots'])
    expect(error).toBeUndefined()
    expect(config.current().slots).toBe(5)
  })

  it('is survived for this run alone where the last good one could not be kept', async () => {
    mkdirSync(join(dataDir, 'config.last-good.json'))
    writeFileSync(path(), '{"slots": 4}')
    const config = await start()
    expect(warnings).toEqual(['the last good configuration could not be kept'])
    await changeAfter(config, () => writeFileSync(path(), '{"slots": '))
    expect(config.current().slots).toBe(4)
  })

  it('leaves the defaults in force where there never was a good one', async () => {
    writeFileSync(path(), '{"slots": 4,}')
    const config = await start()
    expect(config.current().slots).toBe(3)
    expect(config.error()?.code).toBe('config-syntax')
  })

  it('is refused while the node runs, and said so', async () => {
    writeFileSync(path(), '{"slots": 4}')
    const config = await start()
    const { changed, error } = await changeAfter(config, () => writeFileSync(path(), '{"slot": 5}'))
    expect(changed).toEqual([])
    expect(error?.hint).toBe('Did you mean "slots"?')
    expect(config.current().slots).toBe(4)
  })

  it('that is a folder is told apart from an absent one', async () => {
    writeFileSync(path(), '{"slots": 4}')
    await (await start()).close()
    rmSync(path())
    mkdirSync(path())
    const config = await start()
    expect(config.error()?.message).toContain('(EISDIR)')
    expect(config.current().slots).toBe(4)
  })

  it('never stops the node, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        writeFileSync(path(), text)
        const config = await start()
        expect(config.current().port).toBe(47800)
        await config.close()
      }),
      { numRuns: 50 }
    )
  })
})

describe('a change of the file', () => {
  it('acts while the node runs, also when an editor puts a new file in its place', async () => {
    writeFileSync(path(), '{"slots": 4}')
    const config = await start()
    const { changed } = await changeAfter(config, () => {
      writeFileSync(`${path()}.swp`, '{"slots": 6, "logLevel": "debug"}')
      renameSync(`${path()}.swp`, path())
    })
    expect(changed).toEqual(['slots', 'logLevel'])
  })

  it('back to nothing brings the defaults back', async () => {
    writeFileSync(path(), '{"slots": 4}')
    const config = await start()
    await changeAfter(config, () => rmSync(path()))
    expect(config.current().slots).toBe(3)
  })

  it('is found by looking where the folder raises no event', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'microtome-config-'))
    writeFileSync(join(elsewhere, 'lab.json'), '{"slots": 4}')
    symlinkSync(join(elsewhere, 'lab.json'), path())
    const config = await start()
    const changes: ConfigChange[] = []
    config.onChange((change) => changes.push(change))
    await vi.waitFor(() => {
      clock.advance(lookMs)
      writeFileSync(join(elsewhere, 'lab.json'), '{"slots": 7}')
      if (changes.length === 0) throw new Error('the change was not noticed')
    })
    expect(config.current().slots).toBe(7)
    rmSync(elsewhere, { recursive: true })
  })

  it('tells which keys wait for a restart', async () => {
    writeFileSync(path(), '{"port": 4, "slots": 1}')
    const config = await start()
    expect(config.pendingRestart()).toEqual([])
    await changeAfter(config, () => writeFileSync(path(), '{"port": 5, "slots": 2}'))
    expect(config.pendingRestart()).toEqual(['port'])
  })
})

describe('setting keys', () => {
  it('writes them into the file, acts at once, and keeps what people wrote', async () => {
    writeFileSync(path(), '{\n    "threads": 2,\n    "slots": 4\n}\n', { mode: 0o640 })
    const config = await start()
    const changes: ConfigChange[] = []
    config.onChange((change) => changes.push(change))
    const { values, restart } = await config.set({ slots: 5, uiPort: 8080, threads: null })
    expect(values).toMatchObject({ slots: 5, threads: 8, uiPort: 8080 })
    expect(restart).toEqual(['uiPort'])
    expect(readFileSync(path(), 'utf8')).toBe('{\n    "slots": 5,\n    "uiPort": 8080\n}\n')
    expect(statSync(path()).mode & 0o777).toBe(0o640)
    expect(changes).toHaveLength(1)
  })

  it('refuses a wrong value and writes nothing', async () => {
    writeFileSync(path(), '{"slots": 4}')
    const config = await start()
    await expect(config.set({ slots: 99 })).rejects.toMatchObject({ code: 'bad-setting' })
    await expect(config.set({ slot: 1 })).rejects.toMatchObject({ code: 'unknown-setting' })
    expect(readFileSync(path(), 'utf8')).toBe('{"slots": 4}')
    expect(config.error()).toBeUndefined()
  })

  it('mends the wrong key of a wrong file, and leaves a file that is no JSON to people', async () => {
    writeFileSync(path(), '{"slots": 0}')
    const config = await start()
    await config.set({ slots: 2 })
    expect(config.error()).toBeUndefined()
    writeFileSync(path(), '{"slots": 0')
    await expect(config.set({ slots: 2 })).rejects.toMatchObject({ code: 'config-syntax' })
    expect(readFileSync(path(), 'utf8')).toBe('{"slots": 0')
  })

  it('twice at the same time loses neither', async () => {
    const config = await start()
    await Promise.all([config.set({ slots: 2 }), config.set({ threads: 4 }), config.set({ name: 'A' })])
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toEqual({ slots: 2, threads: 4, name: 'A' })
  })

  it('follows a link to the file', async () => {
    writeFileSync(join(dataDir, 'real.json'), '{}')
    symlinkSync(join(dataDir, 'real.json'), path())
    await (await start()).set({ slots: 2 })
    expect(JSON.parse(readFileSync(join(dataDir, 'real.json'), 'utf8'))).toEqual({ slots: 2 })
  })
})
