import { createHash } from 'node:crypto'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** A node's id: lower-case base32 (RFC 4648, no padding) of the SHA-256 of its public key (SPKI, DER); 52 characters. */
export function nodeIdOf(publicKeyDer: Uint8Array): string {
  return base32(createHash('sha256').update(publicKeyDer).digest())
}

function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => ALPHABET[Number.parseInt(group.padEnd(5, '0'), 2)]).join('')
}
