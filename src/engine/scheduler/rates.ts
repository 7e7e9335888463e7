import { z } from 'zod'
import type { ProfileName } from '../../shared/domain/profiles.ts'
import { runOverheadMs, sendOverheadMs } from './default-rates.ts'
import { type WorkName, workName, workNameSchema, workNames } from './work-name.ts'

/** A finished task as it teaches rates. `transfer` is absent where nothing travelled. */
export interface ObservedTask {
  nodeId: string
  profile: ProfileName
  /** Its tiles were copied, not encoded. */
  copied?: boolean | undefined
  sizeBytes: number
  runMs: number
  transfer?: { bytes: number; ms: number } | undefined
}

/** Bytes per second as measured; what was never measured is absent. */
export interface NodeRates {
  runBytesPerS: Partial<Record<WorkName, number>>
  linkBytesPerS?: number | undefined
}

const work = z.object({ bytes: z.number().nonnegative(), ms: z.number().positive() })
type Work = z.infer<typeof work>

/** Rates as they are kept over restarts. */
export const ratesDocument = z.object({
  runs: z.array(z.object({ nodeId: z.string(), profile: workNameSchema, work })),
  links: z.array(z.object({ nodeId: z.string(), work }))
})
export type RatesDocument = z.infer<typeof ratesDocument>

/** What an earlier task still counts when a new one of the same node and profile is added. */
const keep = 0.7
/** A task shorter than its overhead says nothing about bytes; this much of it is taken as work at least. */
const leastWorkShare = 0.1

/**
 * How fast nodes run profiles and how fast bytes reach them. Bytes and milliseconds are each summed with exponentially fading
 * weights and then divided: a rate of the recent past in which a large file says more than a small one.
 */
export class Rates {
  readonly #runs = new Map<string, Map<WorkName, Work>>()
  readonly #links = new Map<string, Work>()

  constructor(document?: RatesDocument) {
    for (const { nodeId, profile, work } of document?.runs ?? []) this.#runsOf(nodeId).set(profile, work)
    for (const { nodeId, work } of document?.links ?? []) this.#links.set(nodeId, work)
  }

  observe(task: ObservedTask): void {
    const runs = this.#runsOf(task.nodeId)
    const run = { bytes: task.sizeBytes, ms: withoutOverhead(task.runMs, runOverheadMs) }
    runs.set(workName(task), blend(runs.get(workName(task)), run))
    if (!task.transfer) return
    const transfer = { bytes: task.transfer.bytes, ms: withoutOverhead(task.transfer.ms, sendOverheadMs) }
    this.#links.set(task.nodeId, blend(this.#links.get(task.nodeId), transfer))
  }

  /** Measured rates of a node; of a profile that it never ran, the mean of the nodes that did. */
  of(nodeId: string): NodeRates {
    const runBytesPerS: NodeRates['runBytesPerS'] = {}
    for (const name of workNames) {
      const rate = perSecond(this.#runs.get(nodeId)?.get(name)) ?? this.#mean(name)
      if (rate !== undefined) runBytesPerS[name] = rate
    }
    return { runBytesPerS, linkBytesPerS: perSecond(this.#links.get(nodeId)) }
  }

  toDocument(): RatesDocument {
    return {
      runs: [...this.#runs].flatMap(([nodeId, runs]) =>
        [...runs].map(([profile, work]) => ({ nodeId, profile, work }))
      ),
      links: [...this.#links].map(([nodeId, work]) => ({ nodeId, work }))
    }
  }

  #runsOf(nodeId: string): Map<WorkName, Work> {
    const known = this.#runs.get(nodeId)
    if (known) return known
    const runs = new Map<WorkName, Work>()
    this.#runs.set(nodeId, runs)
    return runs
  }

  #mean(name: WorkName): number | undefined {
    const rates = [...this.#runs.values()].map((runs) => perSecond(runs.get(name))).filter((rate) => rate !== undefined)
    return rates.length > 0 ? rates.reduce((sum, rate) => sum + rate, 0) / rates.length : undefined
  }
}

function withoutOverhead(ms: number, overheadMs: number): number {
  return Math.max(ms - overheadMs, ms * leastWorkShare, 1)
}

function blend(before: Work | undefined, now: Work): Work {
  if (!before) return now
  return { bytes: before.bytes * keep + now.bytes, ms: before.ms * keep + now.ms }
}

/** Undefined for nothing: no bytes were seen, so nothing is known. */
function perSecond(work: Work | undefined): number | undefined {
  return work && work.bytes > 0 ? (work.bytes * 1000) / work.ms : undefined
}
