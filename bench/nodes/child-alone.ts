import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { childStart, fromChild } from '../../src/shared/converter-protocol.ts'
import { kindOfProfile, type ProfileName, parseProfile } from '../../src/shared/domain/profiles.ts'
import { atEnd, endProcess } from '../at-end.ts'
import { type Bench, built } from '../bench.ts'
import { environment } from './running-node.ts'

/** When a converter child that nobody manages said what, in milliseconds from its start. */
export interface ChildTimes {
  readyMs: number
  firstProgressMs: number
  endMs: number
}

/** Runs one conversion in a converter child without an engine: what its part of a job takes. */
export async function childAlone(
  bench: Bench,
  order: { path: string; profile: ProfileName; threads: number; dir: string }
): Promise<ChildTimes> {
  const startedMs = performance.now()
  const child = fork(built('converters/child.js'), {
    stdio: 'ignore',
    env: { ...environment(), ...childStart.env },
    execArgv: [...childStart.nodeArgs]
  })
  atEnd(bench.undo, () => endProcess(child))
  const times: Partial<ChildTimes> = {}
  child.on('message', (raw) => {
    const message = fromChild.parse(raw)
    const nowMs = performance.now() - startedMs
    if (message.type === 'ready') {
      times.readyMs = nowMs
      child.send(requestOf(order))
    }
    if (message.type === 'progress' && message.progress.progress > 0) times.firstProgressMs ??= nowMs
    if (message.type === 'converted') times.endMs = nowMs
    if (message.type === 'converted' || message.type === 'failed') child.disconnect()
  })
  await exited(child)
  const { readyMs, firstProgressMs, endMs } = times
  if (readyMs === undefined || endMs === undefined) throw new Error('a converter on its own failed')
  return { readyMs, firstProgressMs: firstProgressMs ?? endMs, endMs }
}

function requestOf({
  path,
  profile,
  threads,
  dir
}: {
  path: string
  profile: ProfileName
  threads: number
  dir: string
}) {
  const [scratchDir, out] = [join(dir, 'scratch'), join(dir, 'out')]
  for (const folder of [scratchDir, out]) mkdirSync(folder, { recursive: true })
  return {
    type: 'convert',
    id: 'bench',
    kind: kindOfProfile(profile),
    profile: parseProfile(profile),
    sourcePath: path,
    scratchDir,
    output: { type: 'folder', dir: out },
    tools: { threads }
  }
}

async function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}
