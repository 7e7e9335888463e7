import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { ChildRecord, Launcher, processIdentity, wipeScratch } from './index.ts'
import { parseStat, readProc } from './process-identity.ts'
import { quietLog as log } from './testing/quiet-log.ts'
import { soon } from './testing/soon.ts'

const launcher = new Launcher({ clock: systemClock, log, platform: process.platform })
const identity = processIdentity(process.platform, (command, args) => launcher.run(command, args))
const engine = join(import.meta.dirname, 'testing', 'engine-with-children.ts')
let dir: string
let record: ChildRecord

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'microtome-record-'))
  record = new ChildRecord({ dir: join(dir, 'children'), platform: process.platform, identity, log })
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function alive(pid: number): Promise<boolean> {
  const stat = await readProc(`/proc/${pid}/stat`)
  return stat !== undefined && parseStat(stat).state !== 'Z'
}

async function membersOf(group: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const members = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readProc(`/proc/${pid}/stat`)
      return stat !== undefined && parseStat(stat).processGroup === group && parseStat(stat).state !== 'Z'
    })
  )
  return pids.filter((_, index) => members[index])
}

async function killedEngine(mode: string): Promise<number> {
  const parent = fork(engine, [dir, mode], { stdio: 'ignore' })
  const [message] = await once(parent, 'message')
  const pid = Number(message.pid)
  // Not the end of the leader: the engine must die first, or it would clean up itself.
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  return pid
}

test('the next start ends a child that a SIGKILLed engine left behind', async () => {
  const pid = await killedEngine('plain')
  expect(await alive(pid)).toBe(true)
  expect(await record.killOrphans()).toBe(1)
  await soon(() => alive(pid)).toBe(false)
  expect(await readdir(join(dir, 'children'))).toEqual([])
  expect(await record.killOrphans()).toBe(0)
})

test('the next start ends what an orphan had started, though the orphan itself is gone', async () => {
  const pid = await killedEngine('leaderless')
  await soon(() => alive(pid)).toBe(false)
  expect(await membersOf(pid)).toHaveLength(1)
  expect(await record.killOrphans()).toBe(1)
  await soon(() => membersOf(pid)).toEqual([])
})

test('a pid that belongs to another process by now is left alone', async () => {
  const stranger = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
  const pid = stranger.pid ?? 0
  await record.add(pid, 'the-token-of-a-child')
  const path = join(dir, 'children', `${pid}.json`)
  await writeFile(path, JSON.stringify({ pid, identity: 'another boot:17', token: 'the-token-of-a-child' }))
  expect(await record.killOrphans()).toBe(0)
  expect(await alive(pid)).toBe(true)
  stranger.kill('SIGKILL')
  await once(stranger, 'exit')
})

test('a damaged record is cleared away, and a child that ended is forgotten', async () => {
  await mkdir(join(dir, 'children'))
  await writeFile(join(dir, 'children', '77.json'), '{"pid":')
  expect(await record.killOrphans()).toBe(0)
  const registered = new Launcher({ clock: systemClock, log, platform: process.platform, register: record })
  await registered.run('true', [])
  await soon(() => readdir(join(dir, 'children'))).toEqual([])
})

test('macOS and Windows are asked for the start time in their own way', async () => {
  const asked: string[] = []
  const run = async (command: string, args: string[]) => {
    asked.push([command, ...args].join(' '))
    return { code: 0, stdout: ' Thu Nov 19 10:00:00 2026 \n' }
  }
  expect(await processIdentity('darwin', run)(42)).toBe('Thu Nov 19 10:00:00 2026')
  expect(await processIdentity('win32', run)(42)).toBe('Thu Nov 19 10:00:00 2026')
  expect(asked).toEqual([
    'ps -o lstart= -p 42',
    'powershell -NoProfile -Command (Get-Process -Id 42).StartTime.ToFileTimeUtc()'
  ])
  expect(await processIdentity('darwin', async () => ({ code: 1, stdout: '' }))(42)).toBeUndefined()
})

test('scratch is emptied and stays as a folder', async () => {
  await mkdir(join(dir, 'scratch', 'task.3', 'deep'), { recursive: true })
  await writeFile(join(dir, 'scratch', 'task.3', 'deep', 'tile'), 'x')
  await wipeScratch(join(dir, 'scratch'), log)
  expect(await readdir(join(dir, 'scratch'))).toEqual([])
})
