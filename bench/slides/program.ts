import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { factsOf } from '../nodes/process-facts.ts'
import { environment } from '../nodes/running-node.ts'
import type { Run } from './section.ts'

const lookEveryMs = 50

/** Runs a program to its end; its time includes its start. Throws with what it said when it fails. */
export async function runProgram(command: string, args: readonly string[], tempDir: string): Promise<Run> {
  const startedMs = performance.now()
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...environment(), TMPDIR: tempDir }
  })
  let said = ''
  child.stderr.on('data', (text) => {
    said = `${said}${text}`.slice(-2000)
  })
  let seen = { peakMb: 0, cpuMs: 0 }
  const timer = setInterval(() => {
    seen = (child.pid === undefined ? undefined : lookAt(child.pid)) ?? seen
  }, lookEveryMs)
  const [code] = await once(child, 'exit')
  clearInterval(timer)
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${said}`)
  return { ms: performance.now() - startedMs, ...seen }
}

/**
 * The most that a running process ever had in memory, in MB, and the processor time that it took; undefined where the system
 * doesn't say (only Linux does) or it ended.
 */
export function lookAt(pid: number): { peakMb: number; cpuMs: number } | undefined {
  try {
    const peakKiB = Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
    return Number.isNaN(peakKiB) ? undefined : { peakMb: peakKiB * 1.024e-3, cpuMs: factsOf(pid).cpuMs }
  } catch {
    // It ended between two looks; the one before counts.
    return undefined
  }
}
