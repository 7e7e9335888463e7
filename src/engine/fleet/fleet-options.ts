import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Hello, RosterEntry } from '../../shared/contract/peer.ts'
import type { NearbyNode } from '../../shared/domain/nodes.ts'
import type { Settings } from '../../shared/settings.ts'
import type { Clock } from '../clock.ts'
import type { Identity } from '../identity/index.ts'
import type { Discover } from './discovery-port.ts'
import type { FleetLog } from './fleet-log.ts'
import type { PeerHandlers } from './peer-handlers.ts'
import type { PeerLink } from './peer-link.ts'

export interface FleetOptions {
  dataDir: string
  identity: Identity
  name: string
  /** Of the product, for others to show. */
  version: string
  settings: Pick<Settings, 'host' | 'port' | 'peers' | 'interface'>
  clock: Clock
  log: FleetLog
  handlers: PeerHandlers
  /** Requests for `/blobs/...` of members; answers them itself. */
  onHttp: (request: IncomingMessage, response: ServerResponse, nodeId: string) => void
  discover: Discover
  /** 0..1, for jitter. */
  random?: () => number
  protocol?: Hello['protocol']
}

/** A node of the lab other than this one; `link` while it is connected. */
export interface FleetMember {
  nodeId: string
  name: string
  link?: PeerLink
  /** Where it is, or was last reached. */
  address?: string
  lastSeenAtMs?: number
}

export interface FleetEvents {
  /** A link is up; no call of it was answered before. */
  link: [PeerLink]
  /** A link that was announced is of no more use. A new one to the same node may follow at once. */
  'link-lost': [PeerLink]
  'roster-changed': []
  nearby: [NearbyNode[]]
  /** This node was removed from its lab, and is alone now. */
  removed: [RosterEntry]
}
