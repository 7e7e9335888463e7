import type { OnExists, Priority } from '../../shared/domain/jobs.ts'
import type { KeyScope } from '../../shared/domain/keys.ts'
import type { Profile } from '../../shared/domain/profiles.ts'
import type { SettingKey } from '../../shared/settings.ts'

/** What every command takes. `dataDir` is absolute. */
interface Shared {
  dataDir: string
  json: boolean
}

/** Sources and what to do with them; all paths absolute. */
export interface Conversion extends Shared {
  files: string[]
  profile: Profile
  onExists: OnExists
  /** What results are called; the node's setting where absent. */
  namePattern?: string | undefined
  out: string
}

export interface ServeInvocation extends Shared {
  command: 'serve'
  overrides: Partial<Record<SettingKey, unknown>>
  configFile?: string | undefined
  /** Instead of the places where a `servers.config.json` is looked for. */
  servicesFile?: string | undefined
  /** Services that listen without being configured to. */
  listen: { name: string; host: string; port: number }[]
  /** Settings of services by name, over those of the configuration. */
  serviceSettings?: Readonly<Record<string, Record<string, unknown>>> | undefined
  /** A service without which the node is of no use. */
  needs?: string | undefined
  /** Hidden: started by the desktop, ends when its IPC channel closes. */
  supervised: boolean
}
/** `serve` with the dispatch face, for people who know a distconv server. */
export interface DispatchInvocation extends Shared, Pick<ServeInvocation, 'overrides' | 'configFile' | 'servicesFile'> {
  command: 'dispatch'
  /** What a distconv server takes on its command line, unchecked, without the dashes. */
  options: Record<string, string | undefined>
  /** Its `server.conf`. */
  confFile?: string | undefined
  env: Readonly<Record<string, string | undefined>>
  cwd: string
}
export type ConvertInvocation = Conversion & { command: 'convert' }
export type SubmitInvocation = Conversion & { command: 'submit'; priority: Priority }
export type JobEdit = 'cancel' | 'retry' | 'hold' | 'release'
export type JobEditInvocation = Shared & { command: JobEdit; jobs: string[] }
export type PairInvocation = Shared & { command: 'pair'; target: 'open' | { address: string; code: string } }
export type KeysInvocation = Shared & { command: 'keys' } & KeysAction
/** `file` is absolute. */
export type BackupInvocation = Shared & { command: 'backup'; file: string }
export type KeysAction =
  | { action: 'create'; scopes: readonly KeyScope[]; label?: string | undefined }
  | { action: 'list' }
  | { action: 'revoke'; id: string }

/** A command line that was understood. */
export type Invocation =
  | ServeInvocation
  | DispatchInvocation
  | ConvertInvocation
  | SubmitInvocation
  | JobEditInvocation
  | PairInvocation
  | KeysInvocation
  | BackupInvocation
  | (Shared & { command: 'jobs' | 'nodes' | 'status' | 'resume' })
  | (Shared & { command: 'pause'; now: boolean })
  | (Shared & { command: 'remove'; node: string })
  | (Shared & { command: 'doctor'; desktop: boolean })
