import type { TLSSocket } from 'node:tls'
import { nodeIdOf, parsePublicKey } from '../identity/index.ts'

/** Who is at the other end of a TLS connection, as the handshake proved it. */
export interface PeerKey {
  nodeId: string
  /** SPKI, DER, as base64. */
  publicKey: string
}

/**
 * The other end's key. Undefined where it showed none, one that is not P-256, or where it resumed a session: then no
 * signature was made in this handshake.
 */
export function peerKeyOf(socket: TLSSocket): PeerKey | undefined {
  const certificate = socket.getPeerX509Certificate()
  if (!certificate || socket.isSessionReused()) return undefined
  const der = certificate.publicKey.export({ format: 'der', type: 'spki' })
  const publicKey = der.toString('base64')
  return parsePublicKey(publicKey) ? { nodeId: nodeIdOf(der), publicKey } : undefined
}
