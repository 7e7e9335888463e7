import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What Linux tells of a running process and of those that it started. */
export interface ProcessFacts {
  residentMb: number
  /** Since its start; of children that ended too. */
  cpuMs: number
  /** How many processes those are. */
  processes: number
}

/** Reads them from /proc: Linux only. */
export function factsOf(pid: number): ProcessFacts {
  const tree = [pid, ...descendants(pid)]
  return {
    residentMb: tree.reduce((sum, one) => sum + residentKiB(one) * 1.024e-3, 0),
    cpuMs: tree.reduce((sum, one) => sum + ticks(one) * tickMs, 0),
    processes: tree.length
  }
}

const tickMs =
  process.platform === 'linux' ? 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) : Number.NaN

function descendants(pid: number): number[] {
  const own = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  return own.flatMap((child) => [child, ...descendants(child)])
}

function residentKiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

/** User and system time of it and of its ended children: fields 14 to 17 of `stat`, counted behind the name's last bracket. */
function ticks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return fields.slice(11, 15).reduce((sum, one) => sum + Number(one), 0)
}
