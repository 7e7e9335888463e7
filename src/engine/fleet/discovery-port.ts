import type { NearbyNode } from '../../shared/domain/nodes.ts'

/** What the fleet needs of discovery: hints at addresses, never truth. */
export interface DiscoveryPort {
  /** The made-up name that others find; undefined where nothing is announced. */
  readonly instance?: string | undefined
  nearby(): NearbyNode[]
  close(): Promise<void>
}

/** Starts looking on an interface (a name, `all` or `none`); `onChange` is called whenever `nearby()` changed. */
export type Discover = (options: { peerPort: number; interface: string; onChange: () => void }) => DiscoveryPort
