import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { mostRestingBytes } from '../../src/engine/worker/converters.ts'
import { type Converted, childStart, type FromChild, fromChild } from '../../src/shared/converter-protocol.ts'
import { kindOfProfile, type ProfileName, parseProfile } from '../../src/shared/domain/profiles.ts'
import { atEnd, endProcess } from '../at-end.ts'
import { type Bench, built } from '../bench.ts'
import { median } from '../figure.ts'
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

/** How it went, and what came of it. `restingBytes`: what the child holds when it is done. */
export interface ChildRun extends Run {
  outDir: string
  result: Converted
  restingBytes: number
}

/** Slides after the first: so many, or as many as begin within this time. */
const mostLater = 9
const laterMs = 8000

/**
 * Converts the slide again and again in a converter child of its own, started and kept as the engine does both: `ms` and `cpuMs`
 * are the medians of all but the first, each from the request to the answer, when everything is written and verified. A child
 * that holds more than the engine keeps converts no other: then they are those of the first.
 */
export async function convertInChild(bench: Bench, order: Order): Promise<ChildRun> {
  const forkedMs = performance.now()
  const child = fork(built('converters/child.js'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...environment(), ...childStart.env },
    execArgv: [...childStart.nodeArgs]
  })
  atEnd(bench.undo, () => endProcess(child))
  try {
    await messageOf(child, 'ready')
    const startMs = performance.now() - forkedMs
    const first = await convertOnce(child, order)
    const later: ChildRun[] = []
    const isKept = () => (later.at(-1) ?? first).restingBytes <= mostRestingBytes
    const isTimeLeft = () => later.reduce((sum, { ms }) => sum + ms, 0) < laterMs
    while (later.length < mostLater && isTimeLeft() && isKept()) later.push(await convertAgain(child, order))
    const counted = later.length > 0 ? later : [first]
    const [ms, cpuMs] = [median(counted.map((run) => run.ms)), median(counted.map((run) => run.cpuMs))]
    return { ...first, ...later.at(-1), ms, cpuMs, startMs, firstMs: first.ms }
  } finally {
    if (child.connected) child.disconnect()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
}

function convertAgain(child: ChildProcess, order: Order): Promise<ChildRun> {
  rmSync(order.dir, { recursive: true, force: true, maxRetries: 5 })
  return convertOnce(child, order)
}

async function convertOnce(child: ChildProcess, order: Order): Promise<ChildRun> {
  const [scratchDir, outDir] = [join(order.dir, 'scratch'), join(order.dir, 'out')]
  for (const folder of [scratchDir, outDir]) mkdirSync(folder, { recursive: true })
  const startCpuMs = lookAt(child.pid ?? 0)?.cpuMs ?? 0
  const answered = messageOf(child, 'converted')
  const askedMs = performance.now()
  child.send(request(order, scratchDir, outDir))
  const { result, rssBytes: restingBytes = 0 } = await answered
  const ms = performance.now() - askedMs
  const { peakMb, cpuMs } = lookAt(child.pid ?? 0) ?? { peakMb: 0, cpuMs: 0 }
  return { ms, peakMb, cpuMs: cpuMs - startCpuMs, outDir, result, restingBytes }
}

type Message<Type extends FromChild['type']> = Extract<FromChild, { type: Type }>

/** The next message of that type; throws what the child says instead, or that it ended. */
async function messageOf<Type extends FromChild['type']>(child: ChildProcess, type: Type): Promise<Message<Type>> {
  const found = Promise.withResolvers<Message<Type>>()
  const isFound = (message: FromChild): message is Message<Type> => message.type === type
  const take = (raw: unknown) => {
    const message = fromChild.parse(raw)
    if (isFound(message)) found.resolve(message)
    else if (message.type === 'failed') found.reject(new Error(`${message.error.code}: ${message.error.message}`))
  }
  const lose = () => found.reject(new Error('the converter ended without an answer'))
  child.on('message', take).once('exit', lose)
  try {
    return await found.promise
  } finally {
    child.off('message', take).off('exit', lose)
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
