import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { type Converted, childStart, fromChild } from '../../src/shared/converter-protocol.ts'
import { kindOfProfile, type ProfileName, parseProfile } from '../../src/shared/domain/profiles.ts'
import { atEnd, endProcess } from '../at-end.ts'
import { type Bench, built } from '../bench.ts'
import { environment } from '../nodes/running-node.ts'
import { lookAt } from './program.ts'
import type { Run } from './section.ts'

/** A conversion to measure; `dir` is new or empty. */
export interface Order {
  path: string
  profile: ProfileName
  options?: Record<string, unknown>
  dir: string
}

/** How it went, and what came of it. */
export interface ChildRun extends Run {
  outDir: string
  result: Converted
}

/**
 * Converts in a converter child of its own, as the engine starts it: `ms` is from the request to the answer, when
 * everything is written and verified.
 */
export async function convertInChild(bench: Bench, order: Order): Promise<ChildRun> {
  const forkedMs = performance.now()
  const child = fork(built('converters/child.js'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...environment(), ...childStart.env },
    execArgv: [...childStart.nodeArgs]
  })
  atEnd(bench.undo, () => endProcess(child))
  const [scratchDir, outDir] = [join(order.dir, 'scratch'), join(order.dir, 'out')]
  for (const folder of [scratchDir, outDir]) mkdirSync(folder, { recursive: true })
  const answer = Promise.withResolvers<ChildRun>()
  let [askedMs, startCpuMs] = [0, 0]
  child.on('exit', () => answer.reject(new Error('the converter ended without an answer')))
  child.on('message', (raw) => {
    const nowMs = performance.now()
    const message = fromChild.parse(raw)
    if (message.type === 'ready') {
      askedMs = nowMs
      startCpuMs = lookAt(child.pid ?? 0)?.cpuMs ?? 0
      child.send(request(order, scratchDir, outDir))
    } else if (message.type === 'failed') answer.reject(new Error(`${message.error.code}: ${message.error.message}`))
    else if (message.type === 'converted') {
      const [ms, startMs] = [nowMs - askedMs, askedMs - forkedMs]
      const { peakMb, cpuMs } = lookAt(child.pid ?? 0) ?? { peakMb: 0, cpuMs: 0 }
      answer.resolve({ ms, startMs, peakMb, cpuMs: cpuMs - startCpuMs, outDir, result: message.result })
    }
  })
  try {
    return await answer.promise
  } finally {
    if (child.connected) child.disconnect()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
}

function request({ path, profile, options = {} }: Order, scratchDir: string, outDir: string) {
  return {
    type: 'convert',
    id: 'bench',
    kind: kindOfProfile(profile),
    profile: parseProfile(profile, options),
    sourcePath: path,
    scratchDir,
    output: { type: 'folder', dir: outDir },
    tools: { threads: cpus().length }
  }
}
