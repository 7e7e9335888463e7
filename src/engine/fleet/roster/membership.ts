import type { RosterEntry } from '../../../shared/contract/peer.ts'

/** A node of the lab as the roster knows it. */
export interface Member {
  nodeId: string
  publicKey: string
  name: string
}

export interface Membership {
  /** All but the own node. */
  members: ReadonlyMap<string, Member>
  /** The removals in force, by the node that they remove; the earliest where there are several. */
  removals: ReadonlyMap<string, RosterEntry>
}

/**
 * Who belongs to the lab, seen from one node; a pure function of the set, so equal sets give equal labs.
 *
 *  - A node trusts itself; whoever a trusted node added is trusted too. (Pairing makes both sides add each other.)
 *  - A removal counts if its signer was ever reached that way, even if the signer was removed itself: a removal wins
 *    for ever, no matter in which order the two are learnt.
 *  - What a removed node added no longer counts, so that a stolen key can't bring others in with an old date. Those
 *    that hang on it alone are vouched for anew by the remover (see {@link ./roster.ts}).
 */
export function resolveMembership(selfId: string, entries: Iterable<RosterEntry>): Membership {
  const all = [...entries]
  const adds = all.filter((entry) => entry.type === 'add')
  const everTrusted = reach(selfId, adds, new Set())
  const removals = removalsBy(
    everTrusted,
    all.filter((entry) => entry.type === 'remove')
  )
  const trusted = removals.has(selfId) ? new Set([selfId]) : reach(selfId, adds, new Set(removals.keys()))
  trusted.delete(selfId)
  return { members: describe(trusted, adds, everTrusted), removals }
}

function reach(selfId: string, adds: RosterEntry[], removed: ReadonlySet<string>): Set<string> {
  const addsBySigner = Map.groupBy(adds, (entry) => entry.byNodeId)
  const reached = new Set([selfId])
  for (const signer of reached)
    for (const { nodeId } of addsBySigner.get(signer) ?? []) if (!removed.has(nodeId)) reached.add(nodeId)
  return reached
}

function removalsBy(everTrusted: ReadonlySet<string>, removals: RosterEntry[]): Map<string, RosterEntry> {
  const counted = removals
    .filter((entry) => everTrusted.has(entry.byNodeId))
    .sort((a, b) => b.atMs - a.atMs || (a.byNodeId < b.byNodeId ? 1 : -1))
  return new Map(counted.map((entry) => [entry.nodeId, entry]))
}

/** A node's own word on its name beats what others called it. */
function describe(ids: ReadonlySet<string>, adds: RosterEntry[], signers: ReadonlySet<string>): Map<string, Member> {
  const rank = (entry: RosterEntry) => (entry.byNodeId === entry.nodeId ? 1 : 0)
  const named = adds
    .filter((entry) => ids.has(entry.nodeId) && signers.has(entry.byNodeId))
    .sort((a, b) => rank(a) - rank(b) || a.atMs - b.atMs || (a.byNodeId < b.byNodeId ? -1 : 1))
  return new Map(named.map(({ nodeId, publicKey, name }) => [nodeId, { nodeId, publicKey, name }]))
}
