import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { atEnd, endProcess } from '../at-end.ts'
import type { Bench } from '../bench.ts'
import type { Figure, Missing } from '../figure.ts'
import { startPair } from '../nodes/paired-nodes.ts'
import { factsOf } from '../nodes/process-facts.ts'
import { environment, firstLine } from '../nodes/running-node.ts'

const what = 'memory of an idle node, a paired one connected'

/**
 * Two paired nodes that nobody asks for anything. They only need time, which other measures may use: begin it early; the answer
 * waits for the rest of that time and reads them.
 */
export async function beginIdle(bench: Bench): Promise<() => Promise<(Figure | Missing)[]>> {
  if (process.platform !== 'linux')
    return async () => [{ what, missing: 'it is read from /proc, which only Linux has' }]
  const { master, worker } = await startPair(bench)
  const nodes = [master.pid, worker.pid]
  const before = nodes.map((pid) => factsOf(pid).cpuMs)
  const sinceMs = performance.now()
  return async () => {
    await delay(Math.max(0, bench.sizes.idleMs - (performance.now() - sinceMs)))
    const overMs = performance.now() - sinceMs
    const after = nodes.map((pid) => factsOf(pid))
    const empty = await emptyProgram(bench)
    return [
      {
        what: `${what}, after ${Math.round(overMs / 1000)} s`,
        unit: 'MB',
        samples: after.map(({ residentMb }) => residentMb),
        against: { what: 'an empty Node program', samples: [empty] },
        bound: `Node itself, then the engine’s compiled modules; ${after[0]?.processes === 1 ? 'no child is kept' : 'with a child that is kept'}.`
      },
      {
        what: 'processor time of an idle node, share of one core',
        unit: '%',
        samples: after.map(({ cpuMs }, i) => ((cpuMs - (before[i] ?? 0)) * 100) / overMs),
        bound: 'Keep-alives, looks at the machine’s load, the sweep of leases each second.'
      }
    ]
  }
}

async function emptyProgram(bench: Bench): Promise<number> {
  const program = 'process.stdout.write("up\\n"); setInterval(() => undefined, 60_000)'
  const child = spawn(process.execPath, ['--eval', program], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: environment()
  })
  atEnd(bench.undo, () => endProcess(child))
  await firstLine(child)
  return factsOf(child.pid ?? Number.NaN).residentMb
}
