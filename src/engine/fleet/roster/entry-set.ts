import type { RosterEntry } from '../../../shared/contract/peer.ts'

/**
 * Entries by what they state. Nobody needs to say the same twice: of two such entries the later stands (then the one
 * with the greater signature), so sets merge in any order, any number of times, to the same result.
 */
export type EntrySet = ReadonlyMap<string, RosterEntry>

/** What an entry states and who states it: its key in an {@link EntrySet}. */
export function statementOf(entry: Pick<RosterEntry, 'type' | 'nodeId' | 'byNodeId'>): string {
  return `${entry.type} ${entry.nodeId} ${entry.byNodeId}`
}

/** The set that holds what either holds, and which entries of `added` are news to `known`. */
export function mergeEntries(known: EntrySet, added: Iterable<RosterEntry>): { merged: EntrySet; news: RosterEntry[] } {
  const merged = new Map(known)
  for (const entry of added) {
    const present = merged.get(statementOf(entry))
    if (!present || isLater(entry, present)) merged.set(statementOf(entry), entry)
  }
  return { merged, news: [...merged].filter(([key, entry]) => known.get(key) !== entry).map(([, entry]) => entry) }
}

function isLater(a: RosterEntry, b: RosterEntry): boolean {
  if (a.atMs !== b.atMs) return a.atMs > b.atMs
  return a.signature > b.signature
}
