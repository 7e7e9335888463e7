import type { RosterEntry } from '../../shared/contract/peer.ts'

/** A node whose key its TLS connection proved. */
export interface Candidate {
  nodeId: string
  publicKey: string
}

/** What pairing needs of the roster; each call lies on disk when it returns. */
export interface LabBook {
  /** Throws where the key (or this node itself) was removed for ever. */
  assertWelcome(nodeId: string): void
  admit(newcomer: Candidate & { name: string }, entries?: RosterEntry[]): unknown
  learn(entries: RosterEntry[], fromNodeId: string): unknown
  entries(): RosterEntry[]
}
