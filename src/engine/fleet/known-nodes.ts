import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { toJobError } from '../../shared/errors.ts'
import type { Clock, Timer } from '../clock.ts'
import { writePrivateFile } from '../identity/index.ts'
import type { FleetLog } from './fleet-log.ts'

const ADDRESSES_PER_NODE = 4
const WRITE_AFTER_MS = 1_000

const knownNode = z.object({
  /** The last good one first. */
  addresses: z.array(z.string().max(300)).max(ADDRESSES_PER_NODE),
  lastSeenAtMs: z.number()
})
export type KnownNode = z.infer<typeof knownNode>
const knownNodesFile = z.object({ version: z.literal(1), nodes: z.record(z.string(), knownNode) })

/** Where members were last reached. A memory, not a truth: a damaged file is reported and begun anew. */
export class KnownNodes {
  readonly #path: string
  readonly #clock: Clock
  readonly #log: FleetLog
  readonly #nodes: Map<string, KnownNode>
  #pending: Timer | undefined

  constructor(dataDir: string, clock: Clock, log: FleetLog) {
    this.#path = join(dataDir, 'known-nodes.json')
    this.#clock = clock
    this.#log = log
    this.#nodes = this.#read()
  }

  get(nodeId: string): KnownNode | undefined {
    return this.#nodes.get(nodeId)
  }

  all(): [string, KnownNode][] {
    return [...this.#nodes]
  }

  /** A new address is on disk at once, a later time soon. */
  seen(nodeId: string, address?: string): void {
    const earlier = this.#nodes.get(nodeId)?.addresses ?? []
    const addresses = address === undefined ? earlier : [address, ...earlier.filter((known) => known !== address)]
    this.#nodes.set(nodeId, {
      addresses: addresses.slice(0, ADDRESSES_PER_NODE),
      lastSeenAtMs: this.#clock.wallMs()
    })
    this.#writeSoon()
    if (addresses[0] !== earlier[0]) this.flush()
  }

  forget(nodeId: string): void {
    if (this.#nodes.delete(nodeId)) this.#writeSoon()
  }

  /** Writes what is not on disk yet. A full disk costs the memory, not the node. */
  flush(): void {
    if (!this.#pending) return
    this.#pending.cancel()
    this.#pending = undefined
    try {
      writePrivateFile(this.#path, JSON.stringify({ version: 1, nodes: Object.fromEntries(this.#nodes) }))
    } catch (error) {
      this.#log.warn({ error: toJobError(error).message }, 'the addresses of paired nodes could not be written')
    }
  }

  #writeSoon(): void {
    this.#pending ??= this.#clock.after(WRITE_AFTER_MS, () => this.flush())
  }

  #read(): Map<string, KnownNode> {
    if (!existsSync(this.#path)) return new Map()
    try {
      return new Map(Object.entries(knownNodesFile.parse(JSON.parse(readFileSync(this.#path, 'utf8'))).nodes))
    } catch {
      this.#log.warn({}, 'the addresses of paired nodes could not be read; they will be learnt again')
      return new Map()
    }
  }
}
