import type { ServiceState } from '../shared/domain/services.ts'
import type { SettingKey } from '../shared/settings.ts'
import type { Log, Terminal } from './log/index.ts'
import type { ServiceApi } from './service-api.ts'

/** What a node is started with; the rest is in its configuration. */
export interface EngineOptions {
  dataDir: string
  /** Settings from the command line. */
  overrides: Partial<Record<SettingKey, unknown>>
  /** Instead of `<dataDir>/config.json`. */
  configFile?: string | undefined
  /** The program of the converters' children, and the Node binary that runs it. */
  childEntry: string
  nodePath: string
  /** Of the product. */
  version: string
  /** Gets readable log lines. */
  terminal?: Terminal | undefined
}

/** A running node. */
export interface Engine {
  readonly api: ServiceApi
  readonly nodeId: string
  readonly name: string
  readonly peerPort: number
  /** As configured; 0 leaves the choice to the system. */
  readonly uiPort: number
  /** Tells how this node's local door is reached. Call once, when it is open. */
  announce(door: { uiPort: number; uiUrl: string; token: string }): Promise<void>
  /** Says who tells how this node's HTTP faces are; until then the window knows of none. */
  showServices(states: () => Promise<ServiceState[]>): void
  /** Called first when the engine ends, while everything still works: what asks the engine for something ends there. */
  beforeEnd(work: () => Promise<void>): void
  /** For what hosts the HTTP faces. */
  readonly log: Log
  /** Reports what can only be a bug of ours. */
  readonly onBug: (thrown: unknown) => void
  /** Gives leases back, closes every connection, child and file. May be called twice. */
  close(): Promise<void>
  /** Resolves when the engine has ended, however that began. */
  readonly closed: Promise<void>
}
