import type { RosterEntry } from '../../../shared/contract/peer.ts'
import { type Identity, isSignedBy, nodeIdOf, parsePublicKey } from '../../identity/index.ts'

/** What an entry says, without who says it. */
export type Statement = Pick<RosterEntry, 'type' | 'nodeId' | 'publicKey' | 'name' | 'atMs'>

/** The bytes that are signed: a JSON array in a fixed order, so that no field can slide into its neighbour. */
export function canonicalBytes(entry: Omit<RosterEntry, 'signature'>): Buffer {
  const { type, nodeId, publicKey, name, atMs, byNodeId, byPublicKey } = entry
  return Buffer.from(JSON.stringify(['microtome-roster-1', type, nodeId, publicKey, name, atMs, byNodeId, byPublicKey]))
}

/** An entry in this node's own name. */
export function signEntry(identity: Identity, statement: Statement): RosterEntry {
  const unsigned = { ...statement, byNodeId: identity.nodeId, byPublicKey: identity.publicKey }
  return { ...unsigned, signature: identity.sign(canonicalBytes(unsigned)) }
}

/** Whether ids match their keys and the signature is the signer's. It says nothing about who may sign. */
export function isAuthentic(entry: RosterEntry): boolean {
  const isId = (id: string, key: string) => nodeIdOf(Buffer.from(key, 'base64')) === id
  return (
    isId(entry.nodeId, entry.publicKey) &&
    isId(entry.byNodeId, entry.byPublicKey) &&
    parsePublicKey(entry.publicKey) !== undefined &&
    isSignedBy(entry.byPublicKey, canonicalBytes(entry), entry.signature)
  )
}
