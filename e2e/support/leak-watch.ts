import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { handlesSince, openHandles } from './open-handles.ts'
import { type LeftProcess, processesOf } from './processes.ts'

/** Watches one test file from before its first import until after its last hook. */
export interface LeakWatch {
  /** Throws an error that names everything that is left; kills and removes it, so that it harms no other test. */
  close(): Promise<void>
}

const variables = ['TMPDIR', 'TMP', 'TEMP'] as const

/** Requests under way and the streams that every process has; all else keeps a process alive until somebody closes it. */
const harmless = new Set([
  'FSReqCallback',
  'FSReqPromise',
  'CloseReq',
  'TTYWrap',
  'Immediate',
  'TickObject',
  'GetAddrInfoReqWrap'
])

/** What is gone `graceMs` after the last hook counts as cleaned up. */
export function openLeakWatch(graceMs: number): LeakWatch {
  const tempDir = mkdtempSync(join(tmpdir(), 'mt-test-'))
  const environment = Object.fromEntries(variables.map((name) => [name, process.env[name]]))
  for (const name of variables) process.env[name] = tempDir
  // Inherited by everything that the tests start, however far removed.
  process.env.LEAK_MARK = tempDir
  // Made when somebody first asks for them (importing node:process does); they belong to the process, not to a test.
  void [process.stdin, process.stdout, process.stderr]
  const resources = countResources()
  const handles = openHandles()

  async function close(): Promise<void> {
    const deadlineMs = performance.now() + graceMs
    let left = findLeft()
    while (left.length > 0 && performance.now() < deadlineMs) {
      await delay(20)
      await nextTurn()
      left = findLeft()
    }
    for (const { pid } of leftProcesses()) kill(pid)
    for (const [name, value] of Object.entries(environment)) restore(name, value)
    rmSync(tempDir, { recursive: true, force: true })
    if (left.length > 0)
      throw new Error(`The tests of this file left behind:\n${left.map((line) => `- ${line}`).join('\n')}`)
  }

  function findLeft(): string[] {
    const grown = grownResources(resources)
    const details = grown.length > 0 ? handlesSince(handles) : []
    const temp = readdirSync(tempDir).map((name) => `temporary file or folder ${name}`)
    return [...grown, ...details, ...leftProcesses().map(describeProcess), ...temp]
  }

  const leftProcesses = () => processesOf(process.pid, `LEAK_MARK=${tempDir}`)
  return { close }
}

function countResources(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const type of process.getActiveResourcesInfo()) counts.set(type, (counts.get(type) ?? 0) + 1)
  return counts
}

function grownResources(before: Map<string, number>): string[] {
  return [...countResources()]
    .map(([type, count]) => ({ type, count: count - (before.get(type) ?? 0) }))
    .filter(({ type, count }) => count > 0 && !harmless.has(type))
    .map(({ type, count }) => `${count} x ${type}`)
}

const describeProcess = ({ pid, command }: LeftProcess) => `process ${pid}: ${command}`

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // It ended by itself in between.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name]
  else process.env[name] = value
}
