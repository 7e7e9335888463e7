import type { Clock } from '../../clock.ts'
import type { Log } from '../../log/index.ts'
import type { LeaseDesk } from '../../scheduler/worker-port.ts'
import type { Blobs, Carrier } from '../../transfer/index.ts'
import type { PeerLink } from '../peer-link.ts'

/** What the master's side of paired workers is made of. */
export interface PeerParts {
  desk: LeaseDesk
  blobs: Blobs
  carrier: Carrier
  linkOf: (nodeId: string) => PeerLink | undefined
  clock: Clock
  log: Log
  /** Whether workers learn the names of files; read at every offer. */
  shareFileNames: () => boolean
}
