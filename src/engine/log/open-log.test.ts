import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../fake-clock.ts'
import { type EngineLog, type LogOptions, openLog } from './open-log.ts'

let dir: string
let clock: FakeClock
let log: EngineLog | undefined
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'microtome-log-'))
  clock = new FakeClock()
})
afterEach(() => {
  log?.close()
  log = undefined
  rmSync(dir, { recursive: true })
})

function open(options: Partial<LogOptions> = {}): EngineLog {
  log = openLog({ dir, level: 'info', clock, ...options })
  return log
}
const text = (name = 'microtome.log') => readFileSync(join(dir, name), 'utf8')
const lines = (): Record<string, unknown>[] =>
  text()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('the log', () => {
  it('fits the smaller interfaces that parts declare for themselves', () => {
    interface Small {
      warn(message: string, fields?: Record<string, string | number | boolean | undefined>): void
    }
    interface Loose {
      warn(message: string, fields?: Record<string, unknown>): void
    }
    const parts: [Small, Loose] = [open().part('a'), open().part('b')]
    for (const part of parts) part.warn('a part speaks', { jobId: 'j1', name: 'Maria' })
    expect(text()).not.toContain('Maria')
    expect(lines()).toHaveLength(2)
  })

  it('is lines of JSON with time, level and fields, without the name of the machine', () => {
    open().part('fleet').info('a node came', { nodeId: 'abc', port: 47800 })
    expect(lines()).toEqual([
      { level: 'info', time: '2023-11-14T22:13:20.000Z', part: 'fleet', nodeId: 'abc', port: 47800, msg: 'a node came' }
    ])
    expect(statSync(join(dir, 'microtome.log')).mode & 0o777).toBe(0o600)
  })

  it('names files at debug only, on a line of their own', () => {
    const quiet = open()
    quiet.warn('the source is gone', { jobId: 'j1', path: '/in/Maria.svs' }, new Error('ENOENT /in/Maria.svs'))
    expect(text()).not.toContain('Maria')
    quiet.setLevel('debug')
    quiet.warn('the source is gone', { jobId: 'j2', path: '/in/Maria.svs' })
    expect(lines().slice(1)).toMatchObject([
      { level: 'warn', jobId: 'j2', msg: 'the source is gone' },
      { level: 'debug', jobId: 'j2', path: '/in/Maria.svs' }
    ])
    expect(text().match(/Maria/g)).toHaveLength(1)
  })

  it('changes its level while it is open, for every part', () => {
    const part = open().part('jobs')
    part.debug('hidden')
    log?.setLevel('debug')
    part.debug('shown')
    log?.setLevel('error')
    part.warn('hidden')
    expect(lines().map(({ msg }) => msg)).toEqual(['shown'])
  })

  it('is readable on a terminal', () => {
    const terminal = new PassThrough()
    const both = open({ terminal })
    both.warn('the disk is nearly full', { freeBytes: 7 })
    expect(String(terminal.read())).toMatch(/^\[\d\d:\d\d:\d\d\] WARN: the disk is nearly full \{"freeBytes":7\}\n$/)
  })

  it('survives a terminal whose other end was closed, in a real process', async () => {
    const script = `
      import { openLog } from ${JSON.stringify(new URL('./open-log.ts', import.meta.url).href)}
      import { systemClock } from ${JSON.stringify(new URL('../clock.ts', import.meta.url).href)}
      const log = openLog({ dir: process.argv[1], level: 'info', clock: systemClock, terminal: process.stderr })
      process.stdin.once('data', () => { for (let i = 0; i < 3; i++) setTimeout(() => log.info('after'), i * 20) })
      process.stdin.once('end', () => setTimeout(() => log.close(), 100))
      log.info('before')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, dir], { stdio: 'pipe' })
    const stdout: string[] = []
    child.stdout.on('data', (chunk) => stdout.push(String(chunk)))
    await once(child.stderr, 'data')
    child.stderr.destroy()
    child.stdin.end('go')
    expect(await once(child, 'close')).toEqual([0, null])
    expect(lines().map(({ msg }) => msg)).toEqual(['before', 'after', 'after', 'after'])
    expect(stdout).toEqual([])
  })

  it('has every line on disk when the process kills itself right after it', () => {
    const script = `
      import { openLog } from ${JSON.stringify(new URL('./open-log.ts', import.meta.url).href)}
      import { systemClock } from ${JSON.stringify(new URL('../clock.ts', import.meta.url).href)}
      const log = openLog({ dir: process.argv[1], level: 'info', clock: systemClock })
      for (let i = 0; i < 500; i++) log.info('line')
      process.kill(process.pid, 'SIGKILL')`
    expect(spawnSync(process.execPath, ['--input-type=module', '-e', script, dir]).signal).toBe('SIGKILL')
    expect(lines()).toHaveLength(500)
  })
})

describe('the files of the log', () => {
  it('are bounded in size and number, the newest line in the current one', () => {
    const small = open({ maxBytes: 1000, maxFiles: 3 })
    for (let index = 0; index < 100; index++) small.info('line', { attempt: index })
    expect(readdirSync(dir).sort()).toEqual(['microtome.1.log', 'microtome.2.log', 'microtome.log'])
    for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).size).toBeLessThanOrEqual(1000)
    expect(lines().at(-1)).toMatchObject({ attempt: 99 })
    const kept = ['microtome.2.log', 'microtome.1.log', 'microtome.log'].map((name) => text(name)).join('')
    const attempts = kept
      .trimEnd()
      .split('\n')
      .map((line) => Number(JSON.parse(line).attempt))
    expect(attempts).toEqual(attempts.map((_, index) => 100 - attempts.length + index))
  })

  it('go on where the last start ended', () => {
    open().info('first')
    log?.close()
    open().info('second')
    expect(lines()).toHaveLength(2)
  })

  it('are made again when somebody took the folder away between two files', () => {
    const small = open({ maxBytes: 100 })
    small.info('first')
    rmSync(dir, { recursive: true })
    small.info('second')
    clock.advance(1000)
    small.info('third')
    expect(lines().map(({ msg }) => msg)).toContain('third')
  })

  it("that can't be written cost lines, never the engine, and say how many", () => {
    rmSync(dir, { recursive: true })
    writeFileSync(dir, 'a file in the place of the folder')
    const blocked = open()
    for (let index = 0; index < 5; index++) blocked.info('lost')
    expect(blocked.lostLines()).toBe(5)
    rmSync(dir)
    mkdirSync(dir)
    clock.advance(1000)
    blocked.info('back')
    expect(lines()).toMatchObject([{ msg: 'log lines were lost', lostCount: 5, level: 'warn' }, { msg: 'back' }])
    expect(blocked.lostLines()).toBe(0)
  })

  it('on a disk that fills up lose whole lines and go on when there is room', (context) => {
    const disk = join(dir, 'disk')
    mkdirSync(disk)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk])
    if (mounted.status !== 0) context.skip('mounting a small disk needs root')
    try {
      const filled = openLog({ dir: disk, level: 'info', clock })
      for (let index = 0; index < 500; index++) filled.info('line', { attempt: index })
      expect(filled.lostLines()).toBeGreaterThan(0)
      expect(spawnSync('mount', ['-o', 'remount,size=1m', disk]).status).toBe(0)
      clock.advance(1000)
      filled.info('room again')
      filled.close()
      const written = readFileSync(join(disk, 'microtome.log'), 'utf8').trimEnd().split('\n')
      expect(JSON.parse(written.at(-2) ?? '')).toMatchObject({ code: 'ENOSPC', msg: 'log lines were lost' })
      expect(JSON.parse(written.at(-1) ?? '')).toMatchObject({ msg: 'room again' })
      const unreadable = written.filter((line) => !line.endsWith('}'))
      expect(unreadable.length).toBeLessThanOrEqual(1)
    } finally {
      spawnSync('umount', [disk])
    }
  })

  it('take nothing after the log was closed', () => {
    open().close()
    log?.info('too late')
    expect(existsSync(join(dir, 'microtome.log'))).toBe(false)
  })
})
