import { constants } from 'node:crypto'
import type { SecureContextOptions } from 'node:tls'
import type { Identity } from '../identity/index.ts'

/**
 * The same for both ends: key, certificate, TLS 1.3 and nothing older. Without tickets nobody can resume a session,
 * which would skip the proof of the key.
 */
export function tlsSettings(identity: Identity): SecureContextOptions {
  return {
    key: identity.privateKeyPem,
    cert: identity.certificatePem,
    minVersion: 'TLSv1.3',
    secureOptions: constants.SSL_OP_NO_TICKET
  }
}
