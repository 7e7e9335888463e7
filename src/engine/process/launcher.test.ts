import { execFileSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { constants, getPriority } from 'node:os'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { FakeClock } from '../fake-clock.ts'
import type { Log } from '../log/index.ts'
import { Launcher, shellCommand } from './index.ts'
import { killTree } from './kill-tree.ts'
import { parseStat, readProc } from './process-identity.ts'
import { quietLog } from './testing/quiet-log.ts'
import { soon } from './testing/soon.ts'

const lines: string[] = []
const log: Log = { ...quietLog, debug: (_message, fields) => void lines.push(String(fields?.path)) }
const launcher = new Launcher({ clock: systemClock, log, platform: process.platform })
const node = process.execPath

/** Processes of a group that are not yet dead, from /proc. */
async function groupMembers(group: number): Promise<number> {
  let count = 0
  for (const name of (await readdir('/proc')).filter((n) => /^\d+$/.test(n))) {
    const stat = await readProc(`/proc/${name}/stat`)
    if (stat && parseStat(stat).processGroup === group && parseStat(stat).state !== 'Z') count++
  }
  return count
}

test('a program runs to its end and its output is captured', async () => {
  const end = await launcher.start({
    command: node,
    args: ['-e', 'console.log("out"); console.error("err"); process.exitCode = 3']
  }).ended
  expect(end).toEqual({ type: 'exited', code: 3, stdout: 'out\n', stderr: 'err\n' })
})

test('output is kept up to the cap, the end of it', async () => {
  const args = ['-e', 'process.stdout.write("a".repeat(300000) + "the end")']
  const end = await launcher.start({ command: node, args, maxOutputBytes: 1000 }).ended
  expect(end.stdout).toHaveLength(1000)
  expect(end.stdout.endsWith('the end')).toBe(true)
})

test('a program that does not exist, or an argument that no system takes, is an end and not an exception', async () => {
  expect((await launcher.start({ command: '/no/such/program', args: [] }).ended).type).toBe('not-started')
  expect((await launcher.start({ command: node, args: ['\0'] }).ended).type).toBe('not-started')
  expect(await launcher.run('/no/such/program', [])).toMatchObject({ code: undefined })
})

test('a program that ignores SIGTERM is killed after the grace, with the children it started', async () => {
  const clock = new FakeClock()
  const stubborn = new Launcher({ clock, log, platform: process.platform })
  const script = 'trap "" TERM; (trap "" TERM; sleep 600) & echo ready; while true; do sleep 0.1; done'
  const running = stubborn.start({ command: 'sh', args: ['-c', script], timeoutMs: 5000, graceMs: 700, ipc: false })
  const pid = running.pid ?? 0
  await soon(() => groupMembers(pid)).toBeGreaterThan(1)
  clock.advance(5000)
  expect(await groupMembers(pid)).toBeGreaterThan(0)
  clock.advance(700)
  expect((await running.ended).type).toBe('timed-out')
  await soon(() => groupMembers(pid)).toBe(0)
  expect(clock.pendingTimers).toBe(0)
})

test('a cancelled signal ends the program, before or after its start', async () => {
  const abort = new AbortController()
  const running = launcher.start({ command: 'sleep', args: ['600'], signal: abort.signal })
  abort.abort()
  expect((await running.ended).type).toBe('cancelled')
  expect((await launcher.start({ command: 'sleep', args: ['600'], signal: abort.signal }).ended).type).toBe('cancelled')
})

test('what a killed program had started is killed too', async () => {
  const running = launcher.start({ command: 'sh', args: ['-c', 'sleep 600 & wait'] })
  const pid = running.pid ?? 0
  await soon(() => groupMembers(pid)).toBe(2)
  process.kill(pid, 'SIGKILL')
  expect(await running.ended).toMatchObject({ type: 'signalled', signal: 'SIGKILL' })
  await soon(() => groupMembers(pid)).toBe(0)
  expect(await running.kill()).toMatchObject({ type: 'signalled' })
})

test('children run below normal priority and carry the mark', async () => {
  const running = launcher.start({ command: 'sleep', args: ['600'] })
  const pid = running.pid ?? 0
  expect(getPriority(pid)).toBe(constants.priority.PRIORITY_BELOW_NORMAL)
  expect(await readFile(`/proc/${pid}/environ`, 'utf8')).toContain('MICROTOME_CHILD=')
  await running.kill(0)
})

test('messages go both ways, and sending to a child that left is refused quietly', async () => {
  const running = launcher.start({
    command: node,
    args: ['-e', 'process.on("message", (m) => { process.send({ got: m }); process.disconnect() })'],
    ipc: true
  })
  const got = new Promise((resolve) => running.onMessage(resolve))
  expect(running.send({ hello: 1 })).toBe(true)
  expect(await got).toEqual({ got: { hello: 1 } })
  await running.ended
  expect(running.send({ hello: 2 })).toBe(false)
})

test('the logged command does exactly the same when pasted into a shell', async () => {
  await launcher.run('printf', ['%s', "it's $HOME"])
  expect(lines.at(-1)).toBe(`printf %s 'it'\\''s $HOME'`)
  const word = fc.string({ unit: 'binary' }).map((s) => s.replaceAll('\0', ''))
  fc.assert(
    fc.property(
      fc.array(
        word.filter((w) => w.isWellFormed()),
        { minLength: 1, maxLength: 4 }
      ),
      (words) => {
        const printed = execFileSync('sh', ['-c', shellCommand('linux', 'printf', ['%s\\0', ...words])], {
          encoding: 'utf8'
        })
        expect(printed.split('\0').slice(0, -1)).toEqual(words)
      }
    ),
    { numRuns: 60 }
  )
})

test('on Windows a command is quoted for cmd and a tree is ended by taskkill', async () => {
  expect(shellCommand('win32', 'C:\\Program Files\\f.exe', ['a b\\', 'say "x"', '50%', 'plain'])).toBe(
    '"C:\\Program Files\\f.exe" "a b\\\\" "say \\"x\\"" "50"^%"" plain'
  )
  const calls: string[][] = []
  const system = { signal: () => {}, taskkill: async (args: string[]) => void calls.push(args) }
  await killTree('win32', 4242, 'SIGTERM', system)
  expect(calls).toEqual([['/PID', '4242', '/T', '/F']])
})

test('a process that vanished before the signal is no error, any other failure is', async () => {
  const failing = (code: string) => ({
    signal: () => {
      throw Object.assign(new Error(code), { code })
    },
    taskkill: async () => {}
  })
  await killTree('linux', 4242, 'SIGKILL', failing('ESRCH'))
  await expect(killTree('linux', 4242, 'SIGKILL', failing('EINVAL'))).rejects.toThrow('EINVAL')
})
