import type { ProfileName } from '../../shared/domain/profiles.ts'
import type { Clock } from '../clock.ts'
import type { EventHub } from '../events/index.ts'
import type { Edits } from '../jobs/index.ts'
import type { Log } from '../log/index.ts'
import type { LiveTasks, Outputs } from '../scheduler/index.ts'
import type { EndedJob } from '../service-api.ts'
import type { Web } from '../web/index.ts'
import type { DispatchStore } from './dispatch-store.ts'

/** What jobs by URL are made of; start-engine wires it. */
export interface DispatchParts {
  clock: Clock
  /** 0 <= x < 1, for jitter. */
  random: () => number
  log: Log
  events: EventHub
  store: DispatchStore
  live: LiveTasks
  outputs: Pick<Outputs, 'stagingDirOf'>
  /** Ends what nodes of the lab run. */
  edits: Pick<Edits, 'cancel'>
  web: Pick<Web, 'check'> & {
    sources: Pick<Web['sources'], 'pathOf' | 'remove'>
    results: Pick<Web['results'], 'dirOf' | 'find'>
  }
  /** Something waits for a node of the lab, or stopped waiting. */
  poke: () => void
  /** Whether a node could begin a job of this profile at once. */
  anybodyFree: (profiles: readonly ProfileName[]) => boolean
  /** How long an outside engine may be silent. */
  engineTimeoutMs: () => number
  onEnded: (job: EndedJob) => void
  onBug: (thrown: unknown) => void
}
