import type { Check, NodeStatus, PairingEvent } from '../../shared/contract/local.ts'
import type { NearbyNode, NodeView } from '../../shared/domain/nodes.ts'
import type { ProfileName } from '../../shared/domain/profiles.ts'
import type { ServiceState } from '../../shared/domain/services.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/index.ts'
import type { EventHub } from '../events/index.ts'
import type { Inspector, Uploads } from '../intake/index.ts'
import type { Edits, JobStore, Submitter } from '../jobs/index.ts'
import type { KeysApi } from '../keys/index.ts'
import type { Dispatcher, WorkerPort } from '../scheduler/index.ts'
import type { JobRows } from './job-rows.ts'

/** What the local door needs of the lab. */
export interface Lab {
  views(): NodeView[]
  nearby(): NearbyNode[]
  /** Full id, unambiguous prefix, or name; throws `unknown-node`, class `input`. */
  find(node: string): string
  port(nodeId: string): WorkerPort | undefined
  remove(nodeId: string): Promise<void>
  /** Leaving the stream takes the code away. */
  openPairing(): AsyncIterableIterator<PairingEvent>
  join(address: string, code: string): Promise<{ nodeId: string; name: string }>
  /** Source bytes per second that all free slots of the lab convert together; undefined before anything was measured. `copied`: tiles as they are. */
  bytesPerSecond(profile: ProfileName, copied: boolean): number | undefined
}

/** All that the local router is made of; start-engine wires it. */
export interface LocalParts {
  clock: Clock
  dataDir: string
  events: EventHub
  config: Config
  jobs: JobStore
  rows: JobRows
  submitter: Submitter
  edits: Edits
  dispatcher: Pick<Dispatcher, 'poke'>
  inspector: Inspector
  uploads: Uploads
  lab: Lab
  keys: KeysApi
  /** How the HTTP faces are; whoever hosts them tells. */
  services: () => Promise<ServiceState[]>
  status: () => Promise<NodeStatus>
  doctor: () => Promise<Check[]>
  /** Writes the node's database into a new file. Throws `backup-exists`, `backup-not-written`. */
  backup: (path: string) => void
  /** Writes the sample slide and answers its path. */
  makeSample: () => Promise<string>
  /** Forgets the tasks of removed jobs; their uploads go with the next tidying. */
  forget: (jobIds: string[]) => Promise<void>
  shutdown: (now: boolean) => void
  onBug: (thrown: unknown) => void
}
