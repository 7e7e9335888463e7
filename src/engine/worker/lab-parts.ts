import type { Clock } from '../clock.ts'
import type { PeerLink } from '../fleet/peer-link.ts'
import type { Log } from '../log/index.ts'
import type { Blobs, Carrier } from '../transfer/index.ts'
import type { Worker } from './worker.ts'

/** The live links of this node, whichever they are by now. */
export interface PeerLinks {
  get(nodeId: string): PeerLink | undefined
  all(): PeerLink[]
}

/** What tasks of the lab are made of. */
export interface LabParts {
  worker: Worker
  blobs: Blobs
  carrier: Carrier
  links: PeerLinks
  clock: Clock
  log: Log
  /** 0..1, for jitter. */
  random: () => number
}
