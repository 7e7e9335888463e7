import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { ContractRouterClient } from '@orpc/contract'
import type { PeerContract } from '../../shared/contract/peer.ts'

export interface PeerRequest {
  method: 'GET' | 'PUT' | 'HEAD'
  /** Such as `/blobs/<id>`. */
  path: string
  headers?: Record<string, string>
  body?: Readable
  signal?: AbortSignal
}

/**
 * One live, authenticated connection to a member of the lab. There is at most one per node; both sides may call.
 * A link that broke is never revived: a new one is announced.
 */
export interface PeerLink {
  readonly nodeId: string
  readonly name: string
  /** host:port as seen from here. */
  readonly address: string
  /** This side opened the connection, so it opens those for bytes too: whoever can dial, dials. */
  readonly dialled: boolean
  /** False where the protocol majors differ: shown, given no work. */
  readonly compatible: boolean
  readonly client: ContractRouterClient<PeerContract>
  /** An HTTPS request to the other side, its key pinned. Throws `cannot-dial` unless `dialled`. */
  request(request: PeerRequest): Promise<IncomingMessage>
  readonly closed: Promise<void>
}
