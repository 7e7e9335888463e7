import type { Bench } from '../bench.ts'
import { factsOf } from '../nodes/process-facts.ts'
import type { FaceNode } from './face-node.ts'
import type { Generator, Outcome, Request } from './generator/index.ts'
import type { HttpSizes } from './sizes.ts'

/** What a measure is given. */
export interface HttpBench {
  bench: Bench
  sizes: HttpSizes
  generate: Generator
}

/** A kind of request that is measured. */
export interface Load {
  name: string
  title: string
  /** One request, in words. */
  what(sizes: HttpSizes): string
  /** Answers a second that are asked for. */
  goal?: number
  count(sizes: HttpSizes): number
  /** Untimed, before each sample: leaves the node as the requests need it, and answers them. */
  prepare(http: HttpBench, node: FaceNode): Promise<Request[]>
  /** Throws where the answers are not what they should be. */
  check?(outcome: Outcome): void
}

/** Sends `count` requests in turn and throws unless each had success. */
export async function send(
  { generate, sizes }: HttpBench,
  { url, key }: Pick<FaceNode, 'url' | 'key'>,
  requests: Request[],
  count: number
): Promise<Outcome> {
  const outcome = await generate({ url, key, requests, count, connections: sizes.connections })
  const wrong = Object.keys(outcome.statuses).filter((status) => status !== '200' && status !== '201')
  if (wrong.length > 0) throw new Error(`answers that are no success: ${JSON.stringify(outcome.statuses)}`)
  return outcome
}

/** What a node's processor did for a sample. */
export interface Sample extends Outcome {
  /** Of the node, all its threads; undefined where the system does not tell. */
  nodeCpuMs: number | undefined
}

/** Prepares a node, sends a sample and checks what came. */
export async function sample(load: Load, http: HttpBench, node: FaceNode): Promise<Sample> {
  const requests = await load.prepare(http, node)
  const before = cpuMsOf(node)
  const outcome = await send(http, node, requests, load.count(http.sizes))
  const nodeCpuMs = cpuMsOf(node) - before
  load.check?.(outcome)
  return { ...outcome, nodeCpuMs: Number.isNaN(nodeCpuMs) ? undefined : nodeCpuMs }
}

const cpuMsOf = ({ pid }: FaceNode) => (process.platform === 'linux' ? factsOf(pid).cpuMs : Number.NaN)
