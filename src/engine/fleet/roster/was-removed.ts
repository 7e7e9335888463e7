import type { Identity } from '../../identity/index.ts'
import { isAuthentic } from './entry.ts'
import { resolveMembership } from './membership.ts'
import { readRoster } from './roster-file.ts'

/** Whether the lab removed the key in this data folder for ever: then it is of no more use and may be retired. Throws `damaged-roster`. */
export function wasRemoved(dataDir: string, { nodeId }: Identity): boolean {
  return resolveMembership(nodeId, readRoster(dataDir).filter(isAuthentic)).removals.has(nodeId)
}
